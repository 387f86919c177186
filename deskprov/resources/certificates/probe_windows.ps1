# Runs on the machine: the thumbprints of the certificates that it trusts, by store.
#
# By the registry, where the stores of the computer are kept, and not by Cert:, which shows those of policies as well.

$Stores = 'HKLM:\SOFTWARE\Microsoft\SystemCertificates'

function look($argument) {
    $found = @{}
    foreach ($store in 'ROOT', 'CA', 'TrustedPublisher') { $found[$store] = @(Get-Thumbprint $store) }
    $found
}

function Get-Thumbprint($store) {
    $path = "$Stores\$store\Certificates"
    if (-not (Test-Path -LiteralPath $path)) { return }
    foreach ($key in Get-ChildItem -LiteralPath $path -ErrorAction Stop) { "$($key.PSChildName)" }
}
