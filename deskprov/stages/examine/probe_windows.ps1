# Runs on the machine: what could stand in the way of setting it up. Only looks.
#
# For Windows PowerShell 5.1, in ConstrainedLanguage mode too. What cannot be asked is left
# empty, and `failed` says of which answer, and why.

#include deskprov.formats/failures_windows.ps1

$Seconds = 10
$Windows = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
$Control = 'HKLM:\SYSTEM\CurrentControlSet\Control'

function look($argument) {
    $failed = @{}
    @{
        ticks = (Get-Date).ToUniversalTime().Ticks
        zone = (Get-Value $failed 'zone' "$Control\TimeZoneInformation" 'TimeZoneKeyName')
        powershell = "$($PSVersionTable.PSVersion)"
        language_mode = "$($ExecutionContext.SessionState.LanguageMode)"
        disks = @(Get-Row $failed 'disks' 'Win32_LogicalDisk' @('DeviceID', 'Size', 'FreeSpace') 'DriveType=3')
        system_drive = "$env:SystemDrive"
        installing = (Test-Key $failed 'installing' "$Windows\Installer\InProgress")
        batteries = @(Get-Row $failed 'batteries' 'Win32_Battery' @('EstimatedChargeRemaining', 'BatteryStatus'))
        token_filter = (Get-Value $failed 'token_filter' "$Windows\Policies\System" 'LocalAccountTokenFilterPolicy')
        failed = $failed
    }
}

function Get-Row($failed, $check, $class, $names, $filter) {
    $asked = @{ ClassName = $class; Property = $names; OperationTimeoutSec = $Seconds; ErrorAction = 'Stop' }
    if ($filter) { $asked.Filter = $filter }
    try {
        foreach ($found in Get-CimInstance @asked) {
            $row = @{}
            foreach ($name in $names) { $row[$name] = $found.$name }
            $row
        }
    }
    catch { Add-Failure $failed $check $_ }
}

function Get-Value($failed, $check, $path, $name) {
    try { (Get-ItemProperty -LiteralPath $path -ErrorAction Stop).$name }
    catch { Add-Failure $failed $check $_ }
}

function Test-Key($failed, $check, $path) {
    try { Test-Path -LiteralPath $path -ErrorAction Stop }
    catch { Add-Failure $failed $check $_ }
}
