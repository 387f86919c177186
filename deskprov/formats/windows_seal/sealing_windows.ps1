# Common to the questions that carry something sealed. No cmdlet is given what was sealed as text, because the log of
# modules (event 4103) holds the values of parameters.

$SealingName = 'CN=deskprov-sealing'
$SealingStore = 'Cert:\LocalMachine\My'

function Open-Sealed($thumbprint, $sealed) {
    $held = @(Get-ChildItem -LiteralPath $SealingStore | Where-Object { $_.Thumbprint -eq $thumbprint })
    if (-not $held.Count) { throw 'The certificate that it shows is not in its own store.' }
    $key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($held[0])
    $padding = [System.Security.Cryptography.RSAEncryptionPadding]::OaepSHA256
    $plain = [System.Text.Encoding]::UTF8.GetString($key.Decrypt([Convert]::FromBase64String($sealed), $padding))
    $secret = New-Object System.Security.SecureString
    foreach ($sign in $plain.ToCharArray()) { $secret.AppendChar($sign) }
    , $secret
}

# New-SelfSignedCertificate leaves a copy without the key among those of intermediate authorities.
function Remove-SealingKey {
    foreach ($old in Get-ChildItem -LiteralPath $SealingStore | Where-Object { $_.Subject -eq $SealingName }) {
        Remove-Item -LiteralPath "$SealingStore\$($old.Thumbprint)" -DeleteKey
        $copy = "Cert:\LocalMachine\CA\$($old.Thumbprint)"
        if (Test-Path -LiteralPath $copy) { Remove-Item -LiteralPath $copy }
    }
}
