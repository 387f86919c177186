# Runs on the machine: what it is and what it has, as raw as CIM and the registry say it.
#
# For Windows PowerShell 5.1, in ConstrainedLanguage mode too. Each check survives its own failure: what it would have
# said is empty, and `failed` says why. Nothing slow: no Win32_Product, no Get-ComputerInfo, no Get-LocalGroupMember,
# which ends at the first member that no longer exists.

#include deskprov.formats/failures_windows.ps1
#include deskprov.formats.windows_accounts/members_windows.ps1
#include deskprov.formats.windows_registry/left_over_windows.ps1

$Seconds = 10
$OfSystem = @('Name', 'Manufacturer', 'Model', 'TotalPhysicalMemory', 'PartOfDomain', 'Domain', 'Workgroup')
$Machine = 'HKLM:\SOFTWARE\Microsoft'
$Control = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager'
$SecureBoot = 'HKLM:\SYSTEM\CurrentControlSet\Control\SecureBoot\State'
$Printers = 'HKLM:\SYSTEM\CurrentControlSet\Control\Print\Printers'
$Tenants = 'HKLM:\SYSTEM\CurrentControlSet\Control\CloudDomainJoin\TenantInfo'
$OfVolume = @('DriveLetter', 'ProtectionStatus', 'ConversionStatus')
$Bootstrap = 'HKLM:\SOFTWARE\deskprov-bootstrap'
$Uninstall = 'Microsoft\Windows\CurrentVersion\Uninstall'
$Administrators = 'S-1-5-32-544'
$Windows = 'ApplicationID="55c92734-d682-4d71-983e-d6ec3f16059f" AND PartialProductKey IS NOT NULL'
$Security = 'root/cimv2/Security'
$Networks = 'Microsoft\Wlansvc\Profiles\Interfaces'

function look($argument) {
    $failed = @{}
    if ($ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage') { Clear-Registry $failed }
    @{
        system = @(Get-Row $failed 'Win32_ComputerSystem' $OfSystem)
        product = @(Get-Row $failed 'Win32_ComputerSystemProduct' @('UUID', 'Version'))
        bios = @(Get-Row $failed 'Win32_BIOS' @('SerialNumber'))
        windows = @(Get-Row $failed 'Win32_OperatingSystem' @('Caption', 'Version', 'SystemDrive'))
        release = Get-Value $failed "$Machine\Windows NT\CurrentVersion" @('DisplayVersion', 'CurrentBuild', 'UBR', 'EditionID')
        machine_guid = (Get-Value $failed "$Machine\Cryptography" @('MachineGuid')).MachineGuid
        boot_id = (Get-Value $failed "$Control\Memory Management\PrefetchParameters" @('BootId')).BootId
        architecture = (Get-Value $failed "$Control\Environment" @('PROCESSOR_ARCHITECTURE')).PROCESSOR_ARCHITECTURE
        processors = @(Get-Row $failed 'Win32_Processor' @('Name', 'NumberOfLogicalProcessors'))
        disks = @(Get-Row $failed 'Win32_LogicalDisk' @('DeviceID', 'FileSystem', 'Size', 'FreeSpace') 'DriveType=3')
        adapters = @(Get-Row $failed 'Win32_NetworkAdapter' @('MACAddress', 'PNPDeviceID') 'PhysicalAdapter=TRUE')
        batteries = @(Get-Row $failed 'Win32_Battery' @('EstimatedChargeRemaining', 'BatteryStatus'))
        battery_designed = @(Get-Row $failed 'BatteryStaticData' @('DesignedCapacity') '' 'root/wmi')
        battery_full = @(Get-Row $failed 'BatteryFullChargedCapacity' @('FullChargedCapacity') '' 'root/wmi')
        kept_awake = Test-KeptAwake $failed
        elevated = Test-Elevated $failed
        tpm = @(Get-Row $failed 'Win32_Tpm' @('SpecVersion') '' "$Security/MicrosoftTpm")
        volumes = @(Get-Row $failed 'Win32_EncryptableVolume' $OfVolume '' "$Security/MicrosoftVolumeEncryption")
        licences = @(Get-Row $failed 'SoftwareLicensingProduct' @('LicenseStatus') $Windows)
        secure_boot = Get-SecureBoot $failed
        directories = @(Get-Directory $failed)
        printers = @(Get-KeyName $failed $Printers)
        store = @(Get-KeyName $failed "$Machine\Windows\CurrentVersion\Appx\AppxAllUserStore\Applications")
        wifi = @(Get-Network $failed)
        software = @(Get-Software $failed)
        users = @(Get-User $failed)
        computer = "$env:COMPUTERNAME"
        administrators = @(Get-Administrator $failed)
        failed = $failed
    }
}

# Every run begins with this look, so that no registry of a person waits for another profile that has values in it.
function Clear-Registry($failed) {
    try {
        foreach ($name in Clear-LeftOver $SecondsToUnloadCopy) {
            $failed["HKU\$name"] = 'left loaded by an earlier run, which may give its owner a temporary profile'
        }
    }
    catch { Add-Failure $failed 'HKU' $_ }
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

# What the bootstrap script keeps in mind, until the first verified setup.
function Test-KeptAwake($failed) {
    if (Test-Path -LiteralPath $Bootstrap) {
        $null -ne (Get-Value $failed $Bootstrap @('SleepPluggedIn')).SleepPluggedIn
    }
}

# Over SSH whoever has an account is let in. Of an administrator without the rights the group only denies, and the level
# is medium; those of other groups have a high level, too.
function Test-Elevated($failed) {
    try { $groups = (whoami.exe /groups /fo csv /nh) -join ' ' }
    catch {
        Add-Failure $failed 'whoami.exe' $_
        return
    }
    if ($groups -match 'S-1-16-') { $groups -match '"S-1-5-32-544"' -and $groups -match '"S-1-16-(12288|16384)"' }
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
    foreach ($view in @('HKLM:\SOFTWARE', 'HKLM:\SOFTWARE\WOW6432Node') + @(Get-Hive $failed)) {
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

# The settings of those who are logged on, whose hives Windows has loaded; nobody's is loaded for this.
function Get-Hive($failed) {
    foreach ($sid in Get-KeyName $failed 'Registry::HKEY_USERS') {
        if ($sid -match '^S-1-(5-21|12-1)-[0-9-]+$') { "Registry::HKEY_USERS\$sid\SOFTWARE" }
    }
}

# A computer that started by way of a BIOS has no such key.
function Get-SecureBoot($failed) {
    if (Test-Path -LiteralPath $SecureBoot) {
        (Get-Value $failed $SecureBoot @('UEFISecureBootEnabled')).UEFISecureBootEnabled
    }
}

function Get-KeyName($failed, $path) {
    try {
        if (-not (Test-Path -LiteralPath $path)) { return }
        foreach ($key in Get-ChildItem -LiteralPath $path -ErrorAction Stop) { "$($key.PSChildName)" }
    }
    catch { Add-Failure $failed $path $_ }
}

# Entra: one key for each directory, named by its id.
function Get-Directory($failed) {
    foreach ($id in Get-KeyName $failed $Tenants) {
        $name = (Get-Value $failed "$Tenants\$id" @('DisplayName')).DisplayName
        , @($id, "$name")
    }
}

# Only the name of each network: the key stands in the same file, encrypted.
function Get-Network($failed) {
    $folder = "$env:ProgramData\$Networks"
    try {
        if (-not (Test-Path -LiteralPath $folder)) { return }
        foreach ($file in Get-ChildItem -LiteralPath $folder -Filter '*.xml' -Recurse -File -ErrorAction Stop) {
            foreach ($line in Get-Content -LiteralPath $file.FullName -Encoding UTF8 -ErrorAction Stop) {
                if ($line -match '^\t<name>(.*)</name>\s*$') { $Matches[1] }
            }
        }
    }
    catch { Add-Failure $failed $Networks $_ }
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
        foreach ($member in Get-Membership $group.Name) {
            if ($member.Name) { , @("$($member.Domain)", "$($member.Name)") }
        }
    }
    catch { Add-Failure $failed 'Win32_GroupUser' $_ }
}
