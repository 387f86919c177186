# Runs on the machine: which life it is in, what it wants a reboot for, and what it is still at after one.
#
# Where Windows keeps that: resource PendingReboot of github.com/dsccommunity/ComputerManagementDsc, and, for what it
# does not ask, adamtheautomator.com/pending-reboot-registry-windows. Each check survives its own failure.

$MessageLength = 200
$Control = 'HKLM:\SYSTEM\CurrentControlSet\Control'
$Boot = "$Control\Session Manager\Memory Management\PrefetchParameters"
$Windows = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
$Components = "$Windows\Component Based Servicing"
$Updates = "$Windows\WindowsUpdate\Auto Update"
$Netlogon = 'HKLM:\SYSTEM\CurrentControlSet\Services\Netlogon'

function look($argument) {
    $failed = @{}
    @{
        boot = "$(Get-Data $failed $Boot 'BootId')"
        wanted = @(Get-Wanted $failed)
        busy = @(Get-Busy $failed)
        failed = $failed
    }
}

function Get-Wanted($failed) {
    if (Test-Path -LiteralPath "$Components\RebootPending") { 'components' }
    if (Test-Path -LiteralPath "$Updates\RebootRequired") { 'updates' }
    if (Test-Replacing (Get-Data $failed "$Control\Session Manager" 'PendingFileRenameOperations')) { 'files' }
    $active = Get-Data $failed "$Control\ComputerName\ActiveComputerName" 'ComputerName'
    $next = Get-Data $failed "$Control\ComputerName\ComputerName" 'ComputerName'
    if ($active -and $next -and "$active" -ne "$next") { 'name' }
    if ((Get-Data $failed $Netlogon 'JoinDomain') -or (Get-Data $failed $Netlogon 'AvoidSpnSet')) { 'domain' }
}

# What Windows works on while it starts after updates, and while it is set up anew by a larger one.
function Get-Busy($failed) {
    if (Test-Path -LiteralPath "$Components\RebootInProgress") { 'components' }
    if ((Get-Data $failed 'HKLM:\SYSTEM\Setup' 'SystemSetupInProgress') -eq 1) { 'setup' }
}

# Pairs of a file and what takes its place (MoveFileEx); nothing is what most of them have there: those are only to go.
function Test-Replacing($pairs) {
    $all = @($pairs)
    for ($number = 1; $number -lt $all.Count; $number += 2) {
        if ($all[$number]) { return $true }
    }
    $false
}

function Get-Data($failed, $path, $name) {
    try {
        if (-not (Test-Path -LiteralPath $path)) { return }
        (Get-ItemProperty -LiteralPath $path -ErrorAction Stop).$name
    }
    catch {
        $message = "$($_.Exception.Message)"
        if ($message.Length -gt $MessageLength) { $message = $message.Substring(0, $MessageLength) }
        $failed["$path $name"] = $message
    }
}
