# Runs on the machine: how a service starts, what it does now and what it is called, or nothing when there is none.

function look($name) {
    # the name is letters, digits and ._- only, which mean nothing in a filter
    $asked = @{
        ClassName = 'Win32_Service'
        Filter = "Name='$name'"
        Property = @('StartMode', 'DelayedAutoStart', 'State', 'PathName', 'DisplayName', 'Description')
        OperationTimeoutSec = 15
        ErrorAction = 'Stop'
    }
    foreach ($service in Get-CimInstance @asked) {
        return @{
            start_mode = "$($service.StartMode)"
            delayed = [bool]$service.DelayedAutoStart
            state = "$($service.State)"
            path = "$($service.PathName)"
            title = "$($service.DisplayName)"
            description = "$($service.Description)"
        }
    }
}
