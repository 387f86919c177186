# Runs on the machine: has winget install a package for everyone, or bring it to another version, and tells how it ended.
#
# winget belongs to whoever is logged in, and over the network nobody is. So a task that runs once starts its program as
# SYSTEM (S-1-5-18). That task never stays: it is taken away however this ends, and the next run takes a killed one's.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)][ValidatePattern('\A[A-Za-z0-9][A-Za-z0-9+._-]*\z')][string]$Id,
    [Parameter(Mandatory)][string]$Product,
    [ValidatePattern('\A([0-9][A-Za-z0-9.+~:-]*)?\z')][string]$Version,
    [bool]$Replace,
    [int]$Minutes = 45
)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

$Mark = 'deskprov-winget-'
$Stays = "It is there in another way than winget can change. Take it out (state: absent), then set up again"
# https://github.com/microsoft/winget-cli/blob/cad9fe304938d994b3aef2e8549ee7ba988afeea/doc/windows/package-manager/winget/returnCodes.md
$Ends = @{
    '0x8A150002' = 'it does not know what it was told: it is too old. Bring App Installer up to date in the Microsoft Store'
    '0x8A150006' = 'the installer that it started failed. Its log in C:\Windows\Temp\WinGet says more'
    '0x8A150008' = 'it could not download the installer. Look at the network of this computer'
    '0x8A15000F' = 'its list of packages is not there or damaged. Look at the network of this computer, then run this again'
    '0x8A150010' = 'it has no installer of that for all users of this kind of computer, only for one person or another system. Use url and sha256 of an .msi or .exe'
    '0x8A150011' = 'the installer is not the one that winget has reviewed (another hash), and was not started. The vendor may have just put a new one there: try again in a day'
    '0x8A150014' = "it has no package $Id, or does not know what is there as that. Capital letters count: ``winget search $Id`` shows them"
    '0x8A150017' = "it has no such version of ${Id}: ``winget show $Id --versions`` shows those that it has"
    '0x8A15002B' = "it has nothing newer than what is there. If nothing called '$Product' is in Settings > Apps, ``product`` is misspelt or only one person has it"
    '0x8A15002D' = 'the protection of this computer (SmartScreen or antivirus) does not let the installer run'
    '0x8A15003A' = 'a policy of this computer forbids winget'
    '0x8A150045' = 'it could not open its list of packages. Look at the network of this computer, then run this again'
    '0x8A150049' = 'the .msi that it started failed. Its log in C:\Windows\Temp\WinGet says more'
    '0x8A15004B' = 'it could not open its list of packages. Look at the network of this computer, then run this again'
    '0x8A15004F' = "what is there is newer than the profile states, and winget does not go back. $Stays"
    '0x8A150050' = "it cannot tell the version of what is there. $Stays"
    '0x8A150056' = 'its installer does not want to be started by an administrator: it is for one person only. Use another program, or url and sha256 of an .msi'
    '0x8A150061' = "it says that it is there. If nothing called '$Product' is in Settings > Apps, ``product`` is misspelt or only one person has it"
    '0x8A150068' = 'somebody has pinned it on this computer (`winget pin list`)'
    '0x8A150086' = 'what it downloaded is empty. Look at the network of this computer'
    '0x8A150101' = 'the program is running. Close it, then run this again'
    '0x8A150102' = 'another installation is running. Wait until it has finished, then run this again'
    '0x8A150103' = 'a file of it is in use. Close the program, then run this again'
    '0x8A150105' = 'there is not enough space on the disk'
    '0x8A150107' = 'its installer needs the Internet, and this computer has none'
    '0x8A15010A' = 'it must be restarted first. Restart the computer, then run this again'
    '0x8A15010C' = 'it was cancelled'
    '0x8A15010D' = "another version of it is installed already. $Stays"
    '0x8A15010E' = "a newer version of it is installed already. $Stays"
    '0x8A15010F' = 'a policy of this computer forbids it'
    '0x8A150110' = 'what it needs could not be installed'
    '0x8A150111' = 'another program uses it. Close that, then run this again'
    '0x8A150113' = 'it is not for this kind of computer'
    '0x8A150114' = "its installer cannot replace what is there. $Stays"
    # the task's own: learn.microsoft.com/windows/win32/taskschd/task-scheduler-error-and-success-constants
    '0x00041306' = 'somebody ended it'
    '0x80070002' = 'its program is not where App Installer is. Bring App Installer up to date in the Microsoft Store, or log on once'
    '0x80070005' = 'Windows did not let SYSTEM start its program'
    # https://github.com/microsoft/winget-cli/issues/2748
    '0xC0000135' = 'SYSTEM lacks a file (DLL) that it needs. Install the Microsoft Visual C++ Redistributable by its own installer first'
}
$Filling = '(\.0+)+$'  # 25.01.00.0 is 25.01
$AtWork = 'Queued', 'Running'
$Unfinished = '0x00041301', '0x00041303', '0x00041325'  # runs, has not run, is queued

#include deskprov.resources.software/programs_windows.ps1

function Test-Installed {
    foreach ($key in @(Get-Program $Product)) {
        $there = "$($key.GetValue('DisplayVersion'))" -replace $Filling
        if (-not $Version -or $there -eq ($Version -replace $Filling)) { return $true }
    }
    $false
}

function Get-Winget {
    $newest = Get-AppxPackage -AllUsers -Name 'Microsoft.DesktopAppInstaller' |
        Sort-Object -Property { [version]$_.Version } | Select-Object -Last 1
    if (-not $newest) {
        throw 'winget is not on this computer. It is a part of App Installer, which Windows Server and LTSC editions lack, and which a new Windows 11 has when somebody has logged on. Install App Installer for all users (https://aka.ms/getwinget), or use url and sha256 of an .msi or .exe.'
    }
    # from a path without its start SYSTEM would run what anybody has put into the root of a drive
    if ("$($newest.InstallLocation)" -notmatch '\A[A-Za-z]:\\[^\\]') {
        throw 'Windows does not say where App Installer is, so winget is not started. Repair App Installer, or install it for all users (https://aka.ms/getwinget), or use url and sha256 of an .msi or .exe.'
    }
    "$($newest.InstallLocation)\winget.exe"
}

function Remove-Leftover {
    foreach ($task in Get-ScheduledTask -TaskPath '\' -TaskName "$Mark*") {
        if ($AtWork -contains "$($task.State)") {
            throw 'winget is still at work for an earlier run on this computer. Wait until it has finished, then run this again.'
        }
        Unregister-ScheduledTask -TaskName $task.TaskName -Confirm:$false
    }
}

function Add-Task($name, $program) {
    $verb = if ($Replace) { 'upgrade' } else { 'install' }
    $words = "$verb --id $Id --exact --source winget --scope machine --silent --disable-interactivity --accept-package-agreements --accept-source-agreements"
    if ($Version) { $words = "$words --version $Version" }
    $task = @{
        TaskName = $name
        Action = New-ScheduledTaskAction -Execute $program -Argument $words
        Principal = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
        # on a battery too, and Windows ends it when nobody waits for it any more
        Settings = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -ExecutionTimeLimit (New-TimeSpan -Minutes ($Minutes + 5))
    }
    try { $null = Register-ScheduledTask @task }
    catch { throw "Windows did not take the task that starts winget: $_" }
}

function Get-End($name) {
    for ($left = $Minutes * 20; $left -gt 0; $left--) {
        Start-Sleep -Seconds 3
        if ($AtWork -contains "$((Get-ScheduledTask -TaskName $name).State)") { continue }
        $result = '0x{0:X8}' -f (Get-ScheduledTaskInfo -TaskName $name).LastTaskResult
        if ($Unfinished -notcontains $result) { return $result }
    }
    Stop-ScheduledTask -TaskName $name
    throw "winget did not end within $Minutes minutes and was stopped. What it began may still go on there: its installer may wait for somebody to press a button."
}

if ((-not $Replace -or $Version) -and (Test-Installed)) { return }
$program = Get-Winget
if ($Ansible.CheckMode) {
    $Ansible.Changed = $true
    return
}
Remove-Leftover
$name = "$Mark$(New-Guid)"
Add-Task $name $program
try {
    Start-ScheduledTask -TaskName $name
    $Ansible.Changed = $true
    $end = Get-End $name
}
finally { Unregister-ScheduledTask -TaskName $name -Confirm:$false }

switch ($end) {
    '0x00000000' { return }
    { '0x00000BC2', '0x8A150109' -contains $_ } { return "It is installed, and complete when the computer has restarted ($end)." }
    { '0x00000669', '0x8A15010B' -contains $_ } { return "It is installed, and the installer restarts the computer ($end)." }
}
$why = if ($Ends.ContainsKey($end)) { $Ends[$end] } else { 'learn.microsoft.com/windows/package-manager/winget/returncodes says what that means' }
throw "winget ended with ${end}: $why."
