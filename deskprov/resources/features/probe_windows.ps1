# Runs on the machine: the state of every optional feature, as a number, by its name.

function look($argument) {
    $asked = @{
        ClassName = 'Win32_OptionalFeature'
        Property = @('Name', 'InstallState')
        OperationTimeoutSec = 60
        ErrorAction = 'Stop'
    }
    $found = @{}
    foreach ($feature in Get-CimInstance @asked) { $found["$($feature.Name)"] = $feature.InstallState }
    $found
}
