# Stand-ins for programs of Windows. What they were called with is kept in the engine's registry, below HKLM:\Stub.

# https://learn.microsoft.com/windows-server/administration/windows-commands/shutdown
function shutdown.exe {
    $null = New-Item -Path 'HKLM:\Stub\shutdown.exe' -Force
    $null = New-ItemProperty -LiteralPath 'HKLM:\Stub\shutdown.exe' -Name 'Arguments' -PropertyType MultiString -Value $args
    $global:LASTEXITCODE = [int]$StubData.'shutdown.exe'
}
