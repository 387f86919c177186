# Runs on the machine: its name after the next start, what people read about it, its time zone, and where it belongs.

$Control = 'HKLM:\SYSTEM\CurrentControlSet\Control'

function look($argument) {
    $system = Get-One 'Win32_ComputerSystem' @('PartOfDomain', 'Domain', 'Workgroup')
    $zone = (Get-ItemProperty -LiteralPath "$Control\TimeZoneInformation" -ErrorAction Stop).TimeZoneKeyName
    @{
        name = "$((Get-ItemProperty -LiteralPath "$Control\ComputerName\ComputerName" -ErrorAction Stop).ComputerName)"
        description = "$((Get-One 'Win32_OperatingSystem' @('Description')).Description)"
        zone = ("$zone" -split "`0")[0]
        in_domain = [bool]$system.PartOfDomain
        domain = "$($system.Domain)"
        workgroup = "$($system.Workgroup)"
    }
}

function Get-One($class, $names) {
    $asked = @{ ClassName = $class; Property = $names; OperationTimeoutSec = 15; ErrorAction = 'Stop' }
    foreach ($found in Get-CimInstance @asked) { return $found }
}
