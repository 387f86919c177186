# Runs on the machine: saves what our way in is made of, and has Windows take it back later; nothing else changes.
#
# Fails, and leaves nothing armed, when anything cannot be saved. What is saved is for the system and administrators only.

$ErrorActionPreference = 'Stop'

#include deskprov.formats.windows_accounts/members_windows.ps1

$Root = Join-Path -Path $env:SystemRoot -ChildPath 'deskprov'
$Folder = Join-Path -Path $Root -ChildPath 'undo'
$Saved = Join-Path -Path $Folder -ChildPath 'saved.json'
$Firewall = Join-Path -Path $Folder -ChildPath 'firewall.wfw'
$Profiles = Join-Path -Path $Folder -ChildPath 'networks'
$Task = 'deskprov undo'
$Boot = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters'
$System, $Administrators = 'S-1-5-18', 'S-1-5-32-544'
$Kinds = 'String', 'ExpandString', 'Binary', 'DWord', 'MultiString', 'QWord'
$Seconds = 15

function look($argument) {
    $token, $delay, $undo, $login, $reboots, $changes, $places, $services, $networks = $argument
    if (Test-Path -LiteralPath $Saved) { return @{ problem = 'another change of the way in is not confirmed yet' } }
    try {
        New-Folder
        $kept = @{
            token = $token
            seconds = $delay
            reboots = $reboots
            changes = @($changes)
            life = "$((Get-ItemProperty -LiteralPath $Boot).BootId)"
            registry = @(foreach ($place in $places) { Get-Place $place })
            services = @(foreach ($name in $services) { Get-Start $name })
            account = Get-Account (Get-LocalName $login)
            domain = Get-Domain
        }
        Save-Firewall
        Save-Network @($networks)
        Save-Text (Join-Path -Path $Folder -ChildPath 'undo.ps1') $undo
        Save-Text $Saved (ConvertTo-Json -InputObject $kept -Depth 9 -Compress)
        Start-Undo $delay
    }
    catch {
        $why = "$($_.Exception.Message)"
        Clear-All
        return @{ problem = $why }
    }
    @{ problem = '' }
}

# Nobody but administrators can make anything in the folder of Windows, so that none stands there before.
function New-Folder {
    if (Test-Path -LiteralPath $Folder) { Remove-Item -LiteralPath $Folder -Recurse -Force }
    $null = New-Item -Path $Folder -ItemType Directory -Force
    $null = icacls.exe $Folder /inheritance:r /grant:r "*${System}:(OI)(CI)F" "*${Administrators}:(OI)(CI)F"
    if ($LASTEXITCODE -ne 0) { throw "icacls ended with $LASTEXITCODE, so that others could read what is saved." }
}

# A key with all that is below it, a key alone, or one value of a key.
function Get-Place($place) {
    $path, $extent, $name = $place
    @{ path = $path; extent = $extent; name = "$name"; keys = @(Get-Key $path $extent "$name") }
}

function Get-Key($path, $extent, $name) {
    if (-not (Test-Path -LiteralPath $path)) { return }
    $key = Get-Item -LiteralPath $path
    $names = @($key.GetValueNames() | Where-Object { $extent -ne 'value' -or $_ -eq $name })
    @{ path = $path; values = @(foreach ($each in $names) { Get-Value $key $path $each }) }
    if ($extent -ne 'tree') { return }
    foreach ($below in Get-ChildItem -LiteralPath $path) { Get-Key "$path\$($below.PSChildName)" $extent $name }
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

# Whole or not at all, and on the disk before anything is changed.
function Save-Text($path, $text) {
    $bytes = (New-Object System.Text.UTF8Encoding $false).GetBytes($text)
    $file = New-Object System.IO.FileStream "$path.new", 'Create', 'Write', 'None'
    $file.Write($bytes, 0, $bytes.Length)
    $file.Flush($true)
    $file.Dispose()
    Move-Item -LiteralPath "$path.new" -Destination $path -Force
}

# As the system, after that many seconds, and that long after each start, should it have been off by then. The policy for
# scripts is for files, not for what is read from one.
function Start-Undo($delay) {
    $file = Join-Path -Path $Folder -ChildPath 'undo.ps1'
    $text = "& ([scriptblock]::Create([System.IO.File]::ReadAllText('$file')))"
    $program = "$env:SystemRoot\System32\WindowsPowerShell\v1.0\powershell.exe"
    $action = New-ScheduledTaskAction -Execute $program -Argument "-NoProfile -NonInteractive -Command `"$text`""
    $once = New-ScheduledTaskTrigger -Once -At (Get-Date).AddSeconds($delay)
    $start = New-ScheduledTaskTrigger -AtStartup
    $start.Delay = "PT${delay}S"
    $principal = New-ScheduledTaskPrincipal -UserId $System -LogonType ServiceAccount -RunLevel Highest
    $settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
    $null = Register-ScheduledTask -TaskName $Task -Action $action -Trigger $once, $start -Principal $principal -Settings $settings -Force
    if ("$((Get-ScheduledTask -TaskName $Task).State)" -ne 'Ready') { throw 'Windows does not start the task of the undo.' }
    if (-not (Get-ScheduledTaskInfo -TaskName $Task).NextRunTime) { throw 'Windows has no time for the task of the undo.' }
}

function Clear-All {
    if (Get-ScheduledTask | Where-Object { $_.TaskName -eq $Task }) { Unregister-ScheduledTask -TaskName $Task -Confirm:$false }
    if (Test-Path -LiteralPath $Folder) { Remove-Item -LiteralPath $Folder -Recurse -Force }
    if ((Test-Path -LiteralPath $Root) -and -not @(Get-ChildItem -LiteralPath $Root -Force).Count) { Remove-Item -LiteralPath $Root -Force }
}
