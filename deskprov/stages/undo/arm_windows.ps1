# Runs on the machine: saves what our way in is made of, and has Windows take it back later; nothing else changes.
#
# Fails, and leaves nothing armed, when anything cannot be saved. What is saved is for the system and administrators only.
# The lock is the undo's own: none that is at its end meets what is armed here.

$ErrorActionPreference = 'Stop'

#include deskprov.formats.windows_accounts/members_windows.ps1
#include deskprov.stages.undo/shared_windows.ps1
#include deskprov.stages.undo/task_windows.ps1

$Machine = Get-Item -LiteralPath 'Registry::HKEY_LOCAL_MACHINE'
$Administrators = 'S-1-5-32-544'
$Kinds = 'String', 'ExpandString', 'Binary', 'DWord', 'MultiString', 'QWord'
$Seconds = 15

function look($argument) {
    $token = $argument[0]
    New-Root
    $held = Get-Lock
    try {
        if (Test-Path -LiteralPath $Saved) { return @{ problem = 'another change of the way in is not confirmed yet' } }
        try { Save-All $argument }
        catch {
            $why = "$($_.Exception.Message)"
            Remove-Task $token
            if (Test-Path -LiteralPath $Folder) { Remove-Item -LiteralPath $Folder -Recurse -Force }
            return @{ problem = $why }
        }
    }
    finally {
        $held.Dispose()
        Remove-EmptyRoot
    }
    @{ problem = '' }
}

# The task first: one that finds nothing saved ends itself, but what is saved without a task would stay for ever.
function Save-All($argument) {
    $token, $delay, $undo, $login, $reboots, $changes, $places, $services, $networks = $argument
    if (Test-Path -LiteralPath $Folder) { Remove-Item -LiteralPath $Folder -Recurse -Force }
    $null = New-Item -Path $Folder -ItemType Directory
    Save-Text $Program $undo
    Register-Undo $token
    $kept = @{
        token = $token
        seconds = $delay
        reboots = $reboots
        changes = @($changes)
        registry = @(foreach ($place in $places) { Get-Place $place })
        services = @(foreach ($name in $services) { Get-Start $name })
        account = Get-Account (Get-LocalName $login)
        domain = Get-Domain
    }
    Save-Firewall
    Save-Network @($networks)
    Save-Since (Get-Life)
    Save-Json $Saved $kept
}

# Nobody but administrators can make anything in the folder of Windows, so that none stands there before.
function New-Root {
    if (-not (Test-Path -LiteralPath $Root)) { $null = New-Item -Path $Root -ItemType Directory }
    $null = icacls.exe $Root /inheritance:r /grant:r "*${System}:(OI)(CI)F" "*${Administrators}:(OI)(CI)F"
    if ($LASTEXITCODE -ne 0) {
        Remove-EmptyRoot
        throw "icacls ended with $LASTEXITCODE, so that others could read what is saved."
    }
}

# A key with all that is below it, a key alone, or one value of a key.
function Get-Place($place) {
    $path, $extent, $name = $place
    @{ path = $path; extent = $extent; name = "$name"; keys = @(Get-Key $path $extent "$name") }
}

# .NET opens it, because PowerShell's own commands take a / in the name of a key for a \ (PowerShell issue 5536).
function Get-Key($path, $extent, $name) {
    $key = $Machine.OpenSubKey(($path -replace '^HKLM:\\'))
    if ($null -eq $key) { return }
    try {
        $names = @($key.GetValueNames() | Where-Object { $extent -ne 'value' -or $_ -eq $name })
        @{ path = $path; values = @(foreach ($each in $names) { Get-Value $key $path $each }) }
        if ($extent -ne 'tree') { return }
        foreach ($below in $key.GetSubKeyNames()) { Get-Key "$path\$below" $extent $name }
    }
    finally { $key.Close() }
}

function Get-Value($key, $path, $name) {
    $kind = "$($key.GetValueKind($name))"
    if ($Kinds -notcontains $kind) { throw "$path holds a value of the kind $kind, which cannot be saved." }
    @{ name = $name; kind = $kind; data = $key.GetValue($name, $null, 'DoNotExpandEnvironmentNames') }
}

function Get-Start($name) {
    # the name is constant, letters only
    $asked = @{ ClassName = 'Win32_Service'; Filter = "Name='$name'"; OperationTimeoutSec = $Seconds }
    foreach ($service in Get-CimInstance @asked) {
        $mode = "$($service.StartMode)"
        if ($mode -eq 'Auto' -and $service.DelayedAutoStart) { $mode = 'Delayed' }
        @{ name = $name; mode = $mode; running = ("$($service.State)" -eq 'Running') }
    }
}

# The name alone of PC-1\tech, .\tech or tech@pc-1; an account of a domain has no entry here.
function Get-LocalName($login) { (("$login" -split '\\')[-1] -split '@')[0] }

function Get-Account($name) {
    foreach ($account in Get-LocalUser | Where-Object { $_.Name -eq $name }) {
        $groups = foreach ($group in Get-LocalGroup) { if (Test-Member $group.Name $name) { "$($group.SID)" } }
        return @{ name = "$($account.Name)"; enabled = [bool]$account.Enabled; groups = @($groups) }
    }
}

function Test-Member($group, $name) {
    foreach ($member in Get-Membership $group) {
        if ("$($member.Domain)" -eq $env:COMPUTERNAME -and "$($member.Name)" -eq $name) { return $true }
    }
    $false
}

function Get-Domain {
    foreach ($computer in Get-CimInstance -ClassName Win32_ComputerSystem -OperationTimeoutSec $Seconds) {
        if ($computer.PartOfDomain) { return "$($computer.Domain)" }
    }
    ''
}

function Save-Firewall {
    $null = netsh.exe advfirewall export $Firewall
    if ($LASTEXITCODE -ne 0 -or -not (Test-Path -LiteralPath $Firewall)) {
        throw "The rules of the firewall cannot be saved: netsh ended with $LASTEXITCODE."
    }
}

# Without key=clear the password in what netsh writes is encrypted for this computer's own system account:
# learn.microsoft.com/windows/win32/nativewifi/wlan-profileschema-keymaterial-sharedkey-element
function Save-Network($wanted) {
    if (-not $wanted.Count) { return }
    $null = New-Item -Path $Profiles -ItemType Directory
    $null = netsh.exe wlan export profile "folder=$Profiles"
    $found = @()
    foreach ($file in Get-ChildItem -LiteralPath $Profiles -Filter '*.xml' -File) {
        $described = ([xml](Get-Content -LiteralPath $file.FullName -Raw -Encoding UTF8)).WLANProfile
        $shared = $described.MSM.security.sharedKey
        if ($shared -and "$($shared.protected)" -ne 'true') {
            throw "The password of the network '$($described.name)' would lie on the disk in clear."
        }
        if ($wanted -ccontains "$($described.name)") { $found += "$($described.name)" }
        else { Remove-Item -LiteralPath $file.FullName -Force }
    }
    foreach ($name in $wanted) {
        if ($found -cnotcontains $name) { throw "Windows does not give out the profile of the network '$name', so that it cannot be saved." }
    }
}
