# The door: WinRM over HTTPS with a certificate of the PC's own, for the site's control addresses and nobody else.

$Policies = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System'
$TokenFilter = 'LocalAccountTokenFilterPolicy'
$Listener = 'winrm/config/Listener'
$HttpRules = 'WINRM-HTTP-In-TCP*'
$WinRmRule = 'deskprov-winrm'
$WinRmPort = 5986
$Years = 6

# What an enrolment states of this way in.
function Open-WinRm($final) {
    Start-WinRm
    $certificate = Get-OwnCertificate $final
    Set-Listener $certificate
    Set-TokenFilter
    Set-Rule $WinRmRule 'deskprov (WinRM over HTTPS)' $WinRmPort
    @{
        port = $WinRmPort
        certificate = [Convert]::ToBase64String($certificate.RawData)
        one_time = Set-Account
        signer = Get-CertificateSigner $certificate
        fingerprint = Get-Fingerprint $certificate
    }
}

# Enable-PSRemoting makes what PowerShell needs, and opens plain HTTP as well: that is closed again.
function Start-WinRm {
    $service = Get-CimInstance -ClassName Win32_Service -Filter "Name='WinRM'"
    Save-Before 'WinRm' "$($service.StartMode) $($service.State)"
    $filter = (Get-ItemProperty -LiteralPath $Policies).$TokenFilter
    Save-Before 'TokenFilter' $(if ($null -eq $filter) { 'none' } else { $filter })
    Set-Service -Name WinRM -StartupType Automatic
    Start-Service -Name WinRM
    Save-Before 'Http' $(if (@(Get-Listener 'HTTP').Count) { 'there' } else { 'none' })
    $own = Get-Before 'Certificate'
    if (@(Get-Listener 'HTTPS' | Where-Object { (Get-Thumbprint $_) -ne $own }).Count) { throw $say.https_there }
    Save-Before 'Rules' ((Get-EnabledRule $HttpRules) -join ' ')
    Enable-PSRemoting -Force -SkipNetworkProfileCheck -WarningAction SilentlyContinue | Out-Null
    Close-Http
    Write-Host $(if ((Get-Before 'Http') -eq 'there') { $say.http_stays } else { $say.http_closed })
}

function Get-Listener($transport) {
    Get-WSManInstance -ResourceURI $Listener -Enumerate | Where-Object { $_.Transport -eq $transport }
}

function Get-Thumbprint($found) {
    "$($found.CertificateThumbprint)" -replace ' '
}

function Get-EnabledRule($pattern) {
    Get-NetFirewallRule -Name $pattern | Where-Object { "$($_.Enabled)" -eq 'True' } | ForEach-Object { $_.Name }
}

# Those that were on before belong to somebody else.
function Disable-NewRule($pattern, $before) {
    foreach ($rule in @(Get-EnabledRule $pattern)) {
        if (@("$before" -split ' ') -notcontains $rule) { Disable-NetFirewallRule -Name $rule }
    }
}

# Good from two days ago, because the clock of a new PC may be wrong; deskprov pins the certificate and heeds no dates.
function Get-OwnCertificate($final) {
    $known = Get-Before 'Certificate'
    $found = @(Get-ChildItem -LiteralPath 'Cert:\LocalMachine\My' | Where-Object { $known -and $_.Thumbprint -eq $known -and $_.HasPrivateKey })
    if ($found.Count) { return $found[0] }
    $wanted = @{
        Type = 'SSLServerAuthentication'
        Subject = "CN=$final"
        DnsName = $final
        CertStoreLocation = 'Cert:\LocalMachine\My'
        KeyAlgorithm = 'RSA'
        KeyLength = 3072
        HashAlgorithm = 'SHA256'
        KeyExportPolicy = 'NonExportable'
        KeyUsage = 'DigitalSignature', 'KeyEncipherment'
        NotBefore = (Get-Date).AddDays(-2)
        NotAfter = (Get-Date).AddYears($Years)
        FriendlyName = 'deskprov WinRM'
    }
    $made = New-SelfSignedCertificate @wanted
    Set-Memory 'Certificate' $made.Thumbprint
    $made
}

function Set-Listener($certificate) {
    $found = @(Get-Listener 'HTTPS')
    if ($found.Count -and (Get-Thumbprint $found[0]) -eq $certificate.Thumbprint) {
        Write-Host $say.winrm_there
        return
    }
    foreach ($one in $found) { Remove-Listener $one }
    New-Listener $certificate.Thumbprint $certificate.Subject.Substring(3)
    Write-Host ($say.winrm_open -f $WinRmPort)
}

function New-Listener($thumbprint, $hostname) {
    $selector = @{ Address = '*'; Transport = 'HTTPS' }
    $values = @{ Hostname = $hostname; CertificateThumbprint = $thumbprint }
    New-WSManInstance -ResourceURI $Listener -SelectorSet $selector -ValueSet $values | Out-Null
}

function Remove-Listener($found) {
    Remove-WSManInstance -ResourceURI $Listener -SelectorSet @{ Address = $found.Address; Transport = $found.Transport }
}

# A listener and rules that were there before belong to somebody else.
function Close-Http {
    if ((Get-Before 'Http') -ne 'there') {
        foreach ($one in @(Get-Listener 'HTTP')) { Remove-Listener $one }
    }
    Disable-NewRule $HttpRules (Get-Before 'Rules')
}

# Without it local administrators, but the built-in one, are no administrators over the network:
# learn.microsoft.com/troubleshoot/windows-server/windows-security/user-account-control-and-remote-restriction
function Set-TokenFilter {
    New-ItemProperty -LiteralPath $Policies -Name $TokenFilter -Value 1 -PropertyType DWord -Force | Out-Null
    Write-Host ($say.token_filter -f $TokenFilter)
}

# For every network profile, Public too, because a new PC calls every network that.
function Set-Rule($rule, $title, $port) {
    Remove-Rule $rule
    $wanted = @{
        Name = $rule
        DisplayName = $title
        Direction = 'Inbound'
        Action = 'Allow'
        Profile = 'Any'
        Protocol = 'TCP'
        LocalPort = $port
        RemoteAddress = @($order.login_from)
    }
    New-NetFirewallRule @wanted | Out-Null
    Write-Host ($say.rule -f $port, ($order.login_from -join ', '))
    $shut = @(Get-NetFirewallProfile -PolicyStore ActiveStore | Where-Object { "$($_.AllowInboundRules)" -eq 'False' -or "$($_.AllowLocalFirewallRules)" -eq 'False' })
    if ($shut.Count) { Write-Host ($say.rule_not_heeded -f (($shut | ForEach-Object { $_.Name }) -join ', ')) }
}

function Remove-Rule($rule) {
    if (@(Get-NetFirewallRule | Where-Object { $_.Name -eq $rule }).Count) { Remove-NetFirewallRule -Name $rule }
}

function Close-WinRm {
    Remove-Rule $WinRmRule
    if (-not (Get-Before 'WinRm')) { return }
    $certificate = Get-Before 'Certificate'
    Start-Service -Name WinRM
    foreach ($one in @(Get-Listener 'HTTPS')) {
        if ($certificate -and (Get-Thumbprint $one) -eq $certificate) { Remove-Listener $one }
    }
    Close-Http
    Undo-TokenFilter
    $mode, $state = (Get-Before 'WinRm') -split ' '
    if ($state -ne 'Running') {
        Disable-PSRemoting -Force -WarningAction SilentlyContinue | Out-Null
        Stop-Service -Name WinRM
    }
    Set-Service -Name WinRM -StartupType $(if ($mode -eq 'Auto') { 'Automatic' } else { $mode })
    $store = "Cert:\LocalMachine\My\$certificate"
    if ($certificate -and (Test-Path -LiteralPath $store)) { Remove-Item -LiteralPath $store }
    Write-Host $say.undo_winrm
}

function Undo-TokenFilter {
    $before = Get-Before 'TokenFilter'
    if ($before -eq 'none') {
        Remove-Value $Policies $TokenFilter
    }
    elseif ($null -ne $before) {
        New-ItemProperty -LiteralPath $Policies -Name $TokenFilter -Value ([int]$before) -PropertyType DWord -Force | Out-Null
    }
}
