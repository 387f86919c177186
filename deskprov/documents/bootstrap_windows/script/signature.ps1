# Signatures as `ssh-keygen -Y sign` makes them: PROTOCOL.sshsig of OpenSSH, RFC 4251 (data types), 5656 and 8332 (keys).

$LineLength = 70

# `signer` is a table: the key, the public one as bytes, and the name of the algorithm.
function New-Signature($text, $namespace, $signer) {
    $sha = [System.Security.Cryptography.SHA512]::Create()
    $hash = $sha.ComputeHash([System.Text.Encoding]::UTF8.GetBytes($text))
    $magic = [System.Text.Encoding]::ASCII.GetBytes('SSHSIG')
    $parts = (ConvertTo-Text $namespace) + (ConvertTo-Text '') + (ConvertTo-Text 'sha512')
    $signed = $magic + $parts + (ConvertTo-Field $hash)
    $value = (ConvertTo-Text $signer.algorithm) + (ConvertTo-Field (Get-RawSignature $signer ([byte[]]$signed)))
    $blob = $magic + (ConvertTo-Count 1) + (ConvertTo-Field $signer.public) + $parts + (ConvertTo-Field $value)
    $encoded = [Convert]::ToBase64String([byte[]]$blob)
    $lines = for ($at = 0; $at -lt $encoded.Length; $at += $LineLength) {
        $encoded.Substring($at, [Math]::Min($LineLength, $encoded.Length - $at))
    }
    "-----BEGIN SSH SIGNATURE-----`n" + ($lines -join "`n") + "`n-----END SSH SIGNATURE-----`n"
}

# With the key of the batch: numbers D, X and Y of a key on P-256.
function Get-BatchSigner {
    $d, $x, $y = $order.batch_key -split ' ' | ForEach-Object { , [Convert]::FromBase64String($_) }
    $point = New-Object System.Security.Cryptography.ECPoint
    $point.X = $x
    $point.Y = $y
    $numbers = New-Object System.Security.Cryptography.ECParameters
    $numbers.Curve = [System.Security.Cryptography.ECCurve+NamedCurves]::nistP256
    $numbers.D = $d
    $numbers.Q = $point
    $key = [System.Security.Cryptography.ECDsa]::Create()
    $key.ImportParameters($numbers)
    $kind = ConvertTo-Text 'ecdsa-sha2-nistp256'
    @{
        public = $kind + (ConvertTo-Text 'nistp256') + (ConvertTo-Field (@([byte]4) + $x + $y))
        algorithm = 'ecdsa-sha2-nistp256'
        key = $key
    }
}

# With the key of the PC's own certificate.
function Get-CertificateSigner($certificate) {
    $key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
    $numbers = $key.ExportParameters($false)
    @{
        public = (ConvertTo-Text 'ssh-rsa') + (ConvertTo-Number $numbers.Exponent) + (ConvertTo-Number $numbers.Modulus)
        algorithm = 'rsa-sha2-512'
        key = $key
    }
}

function Get-RawSignature($signer, $bytes) {
    if ($signer.algorithm -eq 'rsa-sha2-512') {
        $padding = [System.Security.Cryptography.RSASignaturePadding]::Pkcs1
        return $signer.key.SignData($bytes, [System.Security.Cryptography.HashAlgorithmName]::SHA512, $padding)
    }
    $pair = $signer.key.SignData($bytes, [System.Security.Cryptography.HashAlgorithmName]::SHA256)
    (ConvertTo-Number $pair[0..31]) + (ConvertTo-Number $pair[32..63])
}

function Get-Fingerprint($certificate) {
    $sha = [System.Security.Cryptography.SHA256]::Create()
    'SHA256:' + ([BitConverter]::ToString($sha.ComputeHash($certificate.RawData)) -replace '-')
}

function ConvertTo-Text($text) {
    ConvertTo-Field ([System.Text.Encoding]::UTF8.GetBytes($text))
}

function ConvertTo-Field($bytes) {
    (ConvertTo-Count @($bytes).Count) + @($bytes)
}

# A number without a sign: no zeros before it, but one if it would look negative.
function ConvertTo-Number($bytes) {
    $at = 0
    while ($at -lt $bytes.Count - 1 -and $bytes[$at] -eq 0) { $at++ }
    $plain = @($bytes[$at..($bytes.Count - 1)])
    if ($plain[0] -ge 128) { $plain = @([byte]0) + $plain }
    ConvertTo-Field $plain
}

function ConvertTo-Count($number) {
    $bytes = [BitConverter]::GetBytes([uint32]$number)
    [Array]::Reverse($bytes)
    $bytes
}
