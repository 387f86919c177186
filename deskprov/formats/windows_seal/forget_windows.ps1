# Runs on the machine: throws the key away to which a secret was sealed.

function look($argument) {
    Remove-SealingKey
    $true
}
