# Runs on the machine: a key to which one secret is sealed, and its certificate, in base64.

function look($argument) {
    Remove-SealingKey
    $wanted = @{
        Subject = $SealingName
        CertStoreLocation = $SealingStore
        KeyAlgorithm = 'RSA'
        KeyLength = 2048
        HashAlgorithm = 'SHA256'
        KeyExportPolicy = 'NonExportable'
        KeyUsage = 'KeyEncipherment', 'DataEncipherment'
        NotBefore = (Get-Date).AddDays(-2)
        NotAfter = (Get-Date).AddDays(2)
    }
    [Convert]::ToBase64String((New-SelfSignedCertificate @wanted).RawData)
}
