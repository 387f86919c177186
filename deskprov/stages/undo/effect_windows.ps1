# Runs on the machine: has Windows take in what was changed of our way in, where it would not at once.
#
# A computer goes on with the Wi-Fi connection that it has, whatever became of its network, until that ends.

$ErrorActionPreference = 'Stop'
$Wireless = 'the Wi-Fi network'

function look($touched) {
    if (@($touched) -contains $Wireless) { Restart-Service -Name WlanSvc -Force }
    @{ problem = '' }
}
