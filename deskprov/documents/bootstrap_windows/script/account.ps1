# The account of deskprov: an administrator with a random password that nobody has seen.

$Administrators = 'S-1-5-32-544'

# Gives the password sealed to the site's key; in the clear it is in this function only, and no cmdlet is given it as text:
# PowerShell's log of modules (event 4103) holds the values of parameters.
function Set-Account {
    $there = @(Get-LocalUser | Where-Object { $_.Name -eq $order.user }).Count
    if ($there -and (Get-Before 'Account') -ne 'made') { throw ($say.account_there -f $order.user) }
    $password = New-Password
    $secure = New-Object System.Security.SecureString
    foreach ($sign in $password.ToCharArray()) { $secure.AppendChar($sign) }
    if ($there) {
        Set-LocalUser -Name $order.user -Password $secure
        Enable-LocalUser -Name $order.user
    }
    else {
        Save-Before 'Account' 'made'
        New-LocalUser -Name $order.user -Password $secure -PasswordNeverExpires -AccountNeverExpires -Description 'deskprov' | Out-Null
    }
    Add-ToAdministrators
    Write-Host ($say.account_made -f $order.user)
    if ($order.seal_certificate) { Protect-Text $password $order.seal_certificate }
}

# By SID, because the group's name is translated.
function Add-ToAdministrators {
    try { Add-LocalGroupMember -SID $Administrators -Member $order.user }
    catch {
        if ($_.FullyQualifiedErrorId -notlike 'MemberExists*') { throw }
    }
}

function Undo-Account {
    if ((Get-Before 'Account') -ne 'made') { return }
    if (-not @(Get-LocalUser | Where-Object { $_.Name -eq $order.user }).Count) { return }
    Remove-LocalUser -Name $order.user
    Write-Host ($say.undo_account -f $order.user)
}

# 192 random bits, and one of each kind that the rules for passwords ask for.
function New-Password {
    $bytes = New-Object byte[] 24
    $source = [System.Security.Cryptography.RandomNumberGenerator]::Create()
    $source.GetBytes($bytes)
    $source.Dispose()
    [Convert]::ToBase64String($bytes) + 'aA1-'
}

# RSA-OAEP with SHA-256, for the holder of this certificate's key alone.
function Protect-Text($text, $certificate) {
    $holder = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2 (, [Convert]::FromBase64String($certificate))
    $key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($holder)
    $padding = [System.Security.Cryptography.RSAEncryptionPadding]::OaepSHA256
    [Convert]::ToBase64String($key.Encrypt([System.Text.Encoding]::UTF8.GetBytes($text), $padding))
}
