# Runs on the machine: what it is and what it has, as raw as CIM and the registry say it.
#
# For Windows PowerShell 5.1, in ConstrainedLanguage mode too. Each check survives its own failure: what it would have
# said is empty, and `failed` says why. Nothing slow: no Win32_Product, no Get-ComputerInfo, no Get-LocalGroupMember,
# which ends at the first member that no longer exists.

$Seconds = 10
$MessageLength = 200
$Machine = 'HKLM:\SOFTWARE\Microsoft'
$Control = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager'
$Uninstall = 'Microsoft\Windows\CurrentVersion\Uninstall'
$Administrators = 'S-1-5-32-544'

function look($argument) {
    $failed = @{}
    @{
        system = @(Get-Row $failed 'Win32_ComputerSystem' @('Name', 'Manufacturer', 'Model', 'TotalPhysicalMemory'))
        product = @(Get-Row $failed 'Win32_ComputerSystemProduct' @('UUID', 'Version'))
        bios = @(Get-Row $failed 'Win32_BIOS' @('SerialNumber'))
        windows = @(Get-Row $failed 'Win32_OperatingSystem' @('Caption', 'Version'))
        release = Get-Value $failed "$Machine\Windows NT\CurrentVersion" @('DisplayVersion', 'CurrentBuild', 'UBR', 'EditionID')
        machine_guid = (Get-Value $failed "$Machine\Cryptography" @('MachineGuid')).MachineGuid
        boot_id = (Get-Value $failed "$Control\Memory Management\PrefetchParameters" @('BootId')).BootId
        architecture = (Get-Value $failed "$Control\Environment" @('PROCESSOR_ARCHITECTURE')).PROCESSOR_ARCHITECTURE
        processors = @(Get-Row $failed 'Win32_Processor' @('Name', 'NumberOfLogicalProcessors'))
        disks = @(Get-Row $failed 'Win32_LogicalDisk' @('DeviceID', 'FileSystem', 'Size', 'FreeSpace') 'DriveType=3')
        adapters = @(Get-Row $failed 'Win32_NetworkAdapter' @('MACAddress', 'PNPDeviceID') 'PhysicalAdapter=TRUE')
        batteries = @(Get-Row $failed 'Win32_Battery' @('EstimatedChargeRemaining'))
        battery_designed = @(Get-Row $failed 'BatteryStaticData' @('DesignedCapacity') '' 'root/wmi')
        battery_full = @(Get-Row $failed 'BatteryFullChargedCapacity' @('FullChargedCapacity') '' 'root/wmi')
        software = @(Get-Software $failed)
        users = @(Get-User $failed)
        administrators = @(Get-Administrator $failed)
        failed = $failed
    }
}

function Get-Row($failed, $class, $names, $filter, $namespace) {
    $asked = @{ ClassName = $class; Property = $names; OperationTimeoutSec = $Seconds; ErrorAction = 'Stop' }
    if ($filter) { $asked.Filter = $filter }
    if ($namespace) { $asked.Namespace = $namespace }
    try {
        foreach ($found in Get-CimInstance @asked) {
            $row = @{}
            foreach ($name in $names) { $row[$name] = $found.$name }
            $row
        }
    }
    catch { Add-Failure $failed $class $_ }
}

function Get-Value($failed, $path, $names) {
    $values = @{}
    try {
        $found = Get-ItemProperty -LiteralPath $path -ErrorAction Stop
        foreach ($name in $names) { $values[$name] = $found.$name }
    }
    catch { Add-Failure $failed $path $_ }
    $values
}

# One entry that cannot be read, for values of a wrong type are met there, does not hide the others.
function Get-Software($failed) {
    foreach ($view in 'HKLM:\SOFTWARE', 'HKLM:\SOFTWARE\WOW6432Node') {
        $path = "$view\$Uninstall"
        try {
            if (-not (Test-Path -LiteralPath $path)) { continue }
            $keys = Get-ChildItem -LiteralPath $path -ErrorAction Stop
        }
        catch {
            Add-Failure $failed $path $_
            continue
        }
        foreach ($key in $keys) {
            try {
                $about = Get-ItemProperty -LiteralPath $key.PSPath -ErrorAction Stop
                if ($about.DisplayName) {
                    , @("$($about.DisplayName)", "$($about.DisplayVersion)", "$($about.SystemComponent)", "$($about.ParentKeyName)")
                }
            }
            catch { Add-Failure $failed "$path\$($key.PSChildName)" $_ }
        }
    }
}

function Get-User($failed) {
    try {
        foreach ($user in Get-LocalUser -ErrorAction Stop) {
            , @("$($user.Name)", "$($user.FullName)", "$($user.SID)", [bool]$user.Enabled)
        }
    }
    catch { Add-Failure $failed 'Get-LocalUser' $_ }
}

# Asked by SID, for the group's name is translated; a member that no longer exists is just not among them.
function Get-Administrator($failed) {
    try {
        $group = Get-LocalGroup -SID $Administrators -ErrorAction Stop
        $where = 'GroupComponent="Win32_Group.Domain=\"{0}\",Name=\"{1}\""' -f $env:COMPUTERNAME, $group.Name
        $asked = @{ ClassName = 'Win32_GroupUser'; Filter = $where; OperationTimeoutSec = $Seconds; ErrorAction = 'Stop' }
        foreach ($membership in Get-CimInstance @asked) {
            $member = $membership.PartComponent
            if ("$($member.Domain)" -eq $env:COMPUTERNAME) { "$($member.Name)" }
        }
    }
    catch { Add-Failure $failed 'Win32_GroupUser' $_ }
}

function Add-Failure($failed, $check, $problem) {
    $message = "$($problem.Exception.Message)"
    if ($message.Length -gt $MessageLength) { $message = $message.Substring(0, $MessageLength) }
    $failed[$check] = $message
}
