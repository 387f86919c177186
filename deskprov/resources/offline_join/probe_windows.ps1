# Runs on the machine: the domain that it is in.

function look($argument) {
    $asked = @{
        ClassName = 'Win32_ComputerSystem'; Property = @('PartOfDomain', 'Domain')
        OperationTimeoutSec = 15; ErrorAction = 'Stop'
    }
    foreach ($system in Get-CimInstance @asked) {
        return @{ in_domain = [bool]$system.PartOfDomain; domain = "$($system.Domain)" }
    }
}
