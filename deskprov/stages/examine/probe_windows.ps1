# Runs on the machine: what could stand in the way of setting it up. Only looks.
#
# For Windows PowerShell 5.1, in ConstrainedLanguage mode too. What cannot be asked is left empty.

$Seconds = 10
$Windows = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
$Control = 'HKLM:\SYSTEM\CurrentControlSet\Control'

# Keys that are there as long as a restart is waited for, by what waits for it.
$Waiting = @{
    'parts of Windows' = "$Windows\Component Based Servicing\RebootPending"
    'updates' = "$Windows\WindowsUpdate\Auto Update\RebootRequired"
}

function look($argument) {
    @{
        ticks = (Get-Date).ToUniversalTime().Ticks
        zone = (Get-Value "$Control\TimeZoneInformation" 'TimeZoneKeyName')
        powershell = "$($PSVersionTable.PSVersion)"
        language_mode = "$($ExecutionContext.SessionState.LanguageMode)"
        disks = @(Get-Row 'Win32_LogicalDisk' @('DeviceID', 'Size', 'FreeSpace') 'DriveType=3')
        system_drive = "$env:SystemDrive"
        waiting = @(Get-Waiting)
        installing = (Test-Path -LiteralPath "$Windows\Installer\InProgress")
        batteries = @(Get-Row 'Win32_Battery' @('EstimatedChargeRemaining', 'BatteryStatus'))
        token_filter = (Get-Value "$Windows\Policies\System" 'LocalAccountTokenFilterPolicy')
    }
}

function Get-Waiting {
    foreach ($reason in $Waiting.Keys) {
        if (Test-Path -LiteralPath $Waiting[$reason]) { $reason }
    }
    if (Get-Value "$Control\Session Manager" 'PendingFileRenameOperations') { 'files that are in use' }
    $name = Get-Value "$Control\ComputerName\ComputerName" 'ComputerName'
    $active = Get-Value "$Control\ComputerName\ActiveComputerName" 'ComputerName'
    if ($name -and $active -and $name -ne $active) { 'its new name' }
}

function Get-Row($class, $names, $filter) {
    $asked = @{ ClassName = $class; Property = $names; OperationTimeoutSec = $Seconds; ErrorAction = 'Stop' }
    if ($filter) { $asked.Filter = $filter }
    try {
        foreach ($found in Get-CimInstance @asked) {
            $row = @{}
            foreach ($name in $names) { $row[$name] = $found.$name }
            $row
        }
    }
    catch { return }
}

function Get-Value($path, $name) {
    try { (Get-ItemProperty -LiteralPath $path -ErrorAction Stop).$name }
    catch { return }
}
