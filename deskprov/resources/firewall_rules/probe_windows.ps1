# Runs on the machine: the texts of the firewall's own rules that have this name, in the form of [MS-GPFAS].

function look($name) {
    $rules = 'HKLM:\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules'
    $kept = Get-ItemProperty -LiteralPath $rules -ErrorAction Stop
    $found = foreach ($one in $kept.PSObject.Properties) {
        if (("$($one.Value)" -split '\|') -eq "Name=$name") { "$($one.Value)" }
    }
    , @($found)
}
