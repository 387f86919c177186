# Runs on the machine: for each kind of network whether the firewall is on, as it is in force, group policy included.

function look($argument) {
    $found = @{}
    # "NotConfigured" is on, as Windows comes
    foreach ($one in Get-NetFirewallProfile -PolicyStore ActiveStore -ErrorAction Stop) {
        $found["$($one.Name)".ToLowerInvariant()] = "$($one.Enabled)" -ne 'False'
    }
    $found
}
