# Runs on the machine: puts another password in force for the account that deskprov logs in with.

function look($argument) {
    $user, $thumbprint, $sealed = $argument
    Set-LocalUser -Name $user -Password (Open-Sealed $thumbprint $sealed)
    @{ in_force = $true }
}
