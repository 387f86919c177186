# Runs on the machine: writes down what it must reboot for, and in which life it is; none removes it.
#
# The registry keeps it over a reboot, so that the life says whether it still counts.

$Note = 'HKLM:\SOFTWARE\deskprov\Reboot'
$Boot = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters'

function look($reasons) {
    if (Test-Path -LiteralPath $Note) { Remove-Item -LiteralPath $Note -Recurse -ErrorAction Stop }
    if (-not $reasons) { return $true }
    $life = (Get-ItemProperty -LiteralPath $Boot -ErrorAction Stop).BootId
    $null = New-Item -Path $Note -Force -ErrorAction Stop
    Add-Text 'String' 'BootId' "$life"
    Add-Text 'MultiString' 'Reasons' @($reasons)
    $true
}

function Add-Text($kind, $name, $value) {
    $null = New-ItemProperty -LiteralPath $Note -Name $name -PropertyType $kind -Value $value -ErrorAction Stop
}
