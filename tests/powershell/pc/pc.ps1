# A PC for the bootstrap script: stand-ins that keep state, from the start of a test to its end, in the file $PcFile.
# Parameters, objects and errors are those of the public pages for Windows PowerShell 5.1 (tests/powershell/commands.yml).

$Pc = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($env:PC_FILE))

function Save-Pc { [System.IO.File]::WriteAllText($env:PC_FILE, (ConvertTo-Json -InputObject $Pc -Depth 8)) }

function Add-Told($line) {
    $Pc.told = @($Pc.told) + $line
    Save-Pc
}

function Assert-Allowed($what) {
    if (@($Pc.denied) -contains $what) { throw [System.UnauthorizedAccessException]'Access is denied.' }
}

# Prints SIDs after names in the language of the PC: "Mandatory Label\High Mandatory Level","Label","S-1-16-12288",""
function whoami.exe { $Pc.whoami }

# The subgroup's settings, the last two numbers being those of the setting asked for: AC and DC.
function powercfg.exe {
    $words = @($args | ForEach-Object { $_ })
    if ($words[0] -eq '/query') {
        "    $($Pc.words.ac): 0x{0:x8}" -f [int]$Pc.sleep[0]
        "    $($Pc.words.dc): 0x{0:x8}" -f [int]$Pc.sleep[1]
    }
    $global:LASTEXITCODE = [int]($words[0] -like '/set?cvalueindex' -and [bool]$Pc.sleep_policy)
    if ($global:LASTEXITCODE) { return 'Group policy override settings exist for this power scheme or power setting.' }
    if ($words[0] -eq '/setacvalueindex') { $Pc.sleep[0] = [int]$words[-1] }
    if ($words[0] -eq '/setdcvalueindex') { $Pc.sleep[1] = [int]$words[-1] }
    Save-Pc
}

function Read-Host {
    param([string]$Prompt)
    Add-Told "asked: $Prompt"
    $Pc.typed
}

function Get-CimInstance {
    [CmdletBinding()]
    param([string]$ClassName, [string]$Filter)
    if ($ClassName -eq 'Win32_Service') { return $Pc.services.($Filter -replace "^Name='|'$") }
    foreach ($row in $Pc.cim.$ClassName) { $row }
}

# The name is pending until the next start.
function Rename-Computer {
    [CmdletBinding()]
    param([string]$NewName, [switch]$Force)
    Set-ItemProperty -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName' -Name ComputerName -Value $NewName
    Write-Warning "The changes will take effect after you restart the computer $env:COMPUTERNAME."
}

# The folder of certificates; everything else is the engine's own.
function Get-ChildItem {
    [CmdletBinding()]
    param([string]$LiteralPath)
    foreach ($kept in @($Pc.certificates)) { Get-Pfx $kept }
}

function Get-Pfx($kept) {
    $certificate = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2 ([Convert]::FromBase64String($kept)), 'x', 'Exportable'
    $certificate
}

function Test-Path {
    [CmdletBinding()]
    param([string]$LiteralPath)
    if ($LiteralPath -like 'Cert:*') { return $true }
    & (Get-Command -Name Test-Path -CommandType Cmdlet) -LiteralPath $LiteralPath
}

function Remove-Item {
    [CmdletBinding()]
    param([string]$LiteralPath, [switch]$Recurse, [switch]$Force, [switch]$DeleteKey)
    if ($LiteralPath -like 'Cert:\LocalMachine\My\*') {
        if ($DeleteKey) { Add-Told 'key deleted' }
        $gone = $LiteralPath.Substring($LiteralPath.LastIndexOf('\') + 1)
        $Pc.certificates = @(@($Pc.certificates) | Where-Object { (Get-Pfx $_).Thumbprint -ne $gone })
        Save-Pc
        return
    }
    if ($LiteralPath -like 'Cert:\LocalMachine\CA\*') { Add-Told 'copy removed'; return }
    & (Get-Command -Name Remove-Item -CommandType Cmdlet) -LiteralPath $LiteralPath -Recurse:$Recurse -Force:$Force
}

# A real certificate with a real key, a shorter one than is asked for, which is found in less time.
function New-SelfSignedCertificate {
    [CmdletBinding()]
    param([string]$Type, [string]$Subject, [string[]]$DnsName, [string]$CertStoreLocation, [string]$KeyAlgorithm, [int]$KeyLength,
        [string]$HashAlgorithm, [string]$KeyExportPolicy, [string[]]$KeyUsage, [datetime]$NotBefore, [datetime]$NotAfter, [string]$FriendlyName)
    Assert-Allowed 'New-SelfSignedCertificate'
    $key = [System.Security.Cryptography.RSA]::Create(2048)
    $hash = New-Object System.Security.Cryptography.HashAlgorithmName $HashAlgorithm
    $padding = [System.Security.Cryptography.RSASignaturePadding]::Pkcs1
    $request = New-Object System.Security.Cryptography.X509Certificates.CertificateRequest $Subject, $key, $hash, $padding
    $certificate = $request.CreateSelfSigned([DateTimeOffset]$NotBefore, [DateTimeOffset]$NotAfter)
    $Pc.certificates = @($Pc.certificates) + [Convert]::ToBase64String($certificate.Export('Pfx', 'x'))
    Add-Told "certificate: $KeyAlgorithm $KeyLength, $Type, $KeyExportPolicy, $($KeyUsage -join '+'), $CertStoreLocation"
    $certificate
}

function Set-Service {
    [CmdletBinding()]
    param([string]$Name, [string]$StartupType)
    $Pc.services.$Name.StartMode = if ($StartupType -eq 'Automatic') { 'Auto' } else { $StartupType }
    Save-Pc
}

# sshd makes its host keys when it is first started.
function Start-Service {
    [CmdletBinding()]
    param([string]$Name)
    $Pc.services.$Name.State = 'Running'
    if ($Name -eq 'sshd') {
        $key = "$env:ProgramData/ssh/ssh_host_ed25519_key"
        if (-not (Test-Path -LiteralPath $key)) { ssh-keygen.exe -q -t ed25519 -N '' -C 'nt authority\system@PC' -f $key }
    }
    Save-Pc
}

function Stop-Service {
    [CmdletBinding()]
    param([string]$Name)
    $Pc.services.$Name.State = 'Stopped'
    Save-Pc
}

function Restart-Service {
    [CmdletBinding()]
    param([string]$Name)
    if ($Pc.services.$Name.State -ne 'Running') { throw "Service $Name is not running." }
    Add-Told "restarted $Name"
}

# The real one: what it signs is read by the real parser.
function ssh-keygen.exe { & '/usr/bin/ssh-keygen' @args }

# Fails with the error code of Windows, 5, where access is denied.
function icacls.exe {
    Add-Told "icacls: $($args[1..($args.Count - 1)] -join ' ')"
    $global:LASTEXITCODE = if (@($Pc.denied) -contains 'icacls.exe') { 5 } else { 0 }
}

# OpenSSH Server as the page of its installation has it: service, settings, and a rule that lets everybody in.
function Add-WindowsCapability {
    [CmdletBinding()]
    param([switch]$Online, [string]$Name)
    Assert-Allowed 'Add-WindowsCapability'
    New-Item -Path "$env:ProgramData/ssh" -ItemType Directory -Force | Out-Null
    [System.IO.File]::WriteAllText("$env:ProgramData/ssh/sshd_config", "#Port 22`r`n")
    $Pc.services | Add-Member -NotePropertyName sshd -NotePropertyValue ([pscustomobject]@{ StartMode = 'Manual'; State = 'Stopped' })
    $Pc.rules = @($Pc.rules) + [pscustomobject]@{ Name = 'OpenSSH-Server-In-TCP'; Enabled = 'True' }
    Add-Told "installed $Name"
}

function Remove-WindowsCapability {
    [CmdletBinding()]
    param([switch]$Online, [string]$Name)
    $Pc.services = [pscustomobject]@{ WinRM = $Pc.services.WinRM }
    $Pc.rules = @(@($Pc.rules) | Where-Object { $_.Name -ne 'OpenSSH-Server-In-TCP' })
    Add-Told "removed $Name"
}

# Without -SkipNetworkProfileCheck it fails on a Public network; it opens plain HTTP and sets the token filter. When it
# is denied something, that is already done.
function Enable-PSRemoting {
    [CmdletBinding()]
    param([switch]$Force, [switch]$SkipNetworkProfileCheck)
    if ($Pc.network -eq 'Public' -and -not $SkipNetworkProfileCheck) { throw 'WinRM firewall exception will not work since one of the network connection types on this machine is set to Public.' }
    if (-not @($Pc.listeners | Where-Object { $_.Transport -eq 'HTTP' }).Count) {
        $Pc.listeners = @($Pc.listeners) + [pscustomobject]@{ Address = '*'; Transport = 'HTTP'; CertificateThumbprint = '' }
    }
    foreach ($rule in $Pc.rules) { if ($rule.Name -like 'WINRM-HTTP-*') { $rule.Enabled = 'True' } }
    New-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System' -Name LocalAccountTokenFilterPolicy -Value 1 -PropertyType DWord -Force | Out-Null
    $Pc.remoting = $true
    Save-Pc
    Assert-Allowed 'Enable-PSRemoting'
}

function Disable-PSRemoting {
    [CmdletBinding()]
    param([switch]$Force)
    $Pc.remoting = $false
    Save-Pc
}

function Get-WSManInstance {
    [CmdletBinding()]
    param([string]$ResourceURI, [switch]$Enumerate)
    if ($Pc.services.WinRM.State -ne 'Running') { throw 'The client cannot connect to the destination specified in the request.' }
    foreach ($one in @($Pc.listeners)) { if ($one) { $one } }
}

# A host name that is not the certificate's is refused, and so is a second listener of the same kind.
function New-WSManInstance {
    [CmdletBinding()]
    param([string]$ResourceURI, [hashtable]$SelectorSet, [hashtable]$ValueSet)
    $held = @($Pc.certificates | ForEach-Object { Get-Pfx $_ } | Where-Object { $_.Thumbprint -eq $ValueSet.CertificateThumbprint })
    if ($held.Count -and $held[0].Subject -ne "CN=$($ValueSet.Hostname)") { throw 'The certificate CN and the hostname that were provided do not match.' }
    if (@($Pc.listeners | Where-Object { $_.Transport -eq $SelectorSet.Transport }).Count) { throw 'The WS-Management service cannot create the resource because it already exists.' }
    $Pc.listeners = @($Pc.listeners) + [pscustomobject]@{ Address = $SelectorSet.Address; Transport = $SelectorSet.Transport; CertificateThumbprint = $ValueSet.CertificateThumbprint }
    Save-Pc
}

function Remove-WSManInstance {
    [CmdletBinding()]
    param([string]$ResourceURI, [hashtable]$SelectorSet)
    $Pc.listeners = @(@($Pc.listeners) | Where-Object { $_.Transport -ne $SelectorSet.Transport })
    Save-Pc
}

function Get-NetFirewallRule {
    [CmdletBinding()]
    param([string]$Name = '*')
    foreach ($rule in @($Pc.rules)) { if ($rule.Name -like $Name) { $rule } }
}

function New-NetFirewallRule {
    [CmdletBinding()]
    param([string]$Name, [string]$DisplayName, [string]$Direction, [string]$Action, [string]$Profile, [string]$Protocol, [string]$LocalPort, [string[]]$RemoteAddress)
    $Pc.rules = @($Pc.rules) + [pscustomobject]@{ Name = $Name; Enabled = 'True'; Direction = $Direction; Action = $Action; Profile = $Profile; LocalPort = $LocalPort; RemoteAddress = $RemoteAddress }
    Save-Pc
}

function Remove-NetFirewallRule {
    [CmdletBinding()]
    param([string]$Name)
    $Pc.rules = @(@($Pc.rules) | Where-Object { $_.Name -ne $Name })
    Save-Pc
}

function Disable-NetFirewallRule {
    [CmdletBinding()]
    param([string]$Name)
    foreach ($rule in $Pc.rules) { if ($rule.Name -eq $Name) { $rule.Enabled = 'False' } }
    Save-Pc
}

function Enable-NetFirewallRule {
    [CmdletBinding()]
    param([string]$Name)
    foreach ($rule in $Pc.rules) { if ($rule.Name -eq $Name) { $rule.Enabled = 'True' } }
    Save-Pc
}

function Get-NetFirewallProfile {
    [CmdletBinding()]
    param([string]$PolicyStore)
    $Pc.profiles
}

function Get-LocalUser { foreach ($user in @($Pc.users)) { if ($user) { $user } } }

# Its parameters would stand in the log of modules.
function ConvertTo-SecureString { throw 'A password was given to a cmdlet as text.' }

function ConvertFrom-Secure($secure) { (New-Object System.Net.NetworkCredential '', $secure).Password }

# A password that breaks the rules of Windows is refused: three kinds of characters, at least eight.
function New-LocalUser {
    [CmdletBinding()]
    param([string]$Name, [securestring]$Password, [switch]$PasswordNeverExpires, [switch]$AccountNeverExpires, [string]$Description)
    Assert-Allowed 'New-LocalUser'
    $plain = ConvertFrom-Secure $Password
    if ($plain.Length -lt 8 -or $plain -cnotmatch '[a-z]' -or $plain -cnotmatch '[A-Z]' -or $plain -notmatch '[0-9]') { throw 'Unable to update the password.' }
    $Pc.users = @($Pc.users) + [pscustomobject]@{ Name = $Name; Enabled = $true; password = $plain }
    Save-Pc
}

function Set-LocalUser {
    [CmdletBinding()]
    param([string]$Name, [securestring]$Password)
    foreach ($user in $Pc.users) { if ($user.Name -eq $Name) { $user.password = ConvertFrom-Secure $Password } }
    Save-Pc
}

function Enable-LocalUser {
    [CmdletBinding()]
    param([string]$Name)
    foreach ($user in $Pc.users) { if ($user.Name -eq $Name) { $user.Enabled = $true } }
    Save-Pc
}

function Remove-LocalUser {
    [CmdletBinding()]
    param([string]$Name)
    $Pc.users = @(@($Pc.users) | Where-Object { $_.Name -ne $Name })
    $Pc.administrators = @(@($Pc.administrators) | Where-Object { $_ -ne $Name })
    Save-Pc
}

# By SID only: no group of this PC has an English name.
function Add-LocalGroupMember {
    [CmdletBinding()]
    param([string]$SID, [string]$Member)
    if ($SID -ne 'S-1-5-32-544') { throw "Group $SID was not found." }
    if (@($Pc.administrators) -contains $Member) {
        $found = New-Object System.Management.Automation.ErrorRecord ([System.Exception]"$Member is already a member of group $($Pc.words.administrators)."), 'MemberExists', 'ResourceExists', $Member
        $PSCmdlet.ThrowTerminatingError($found)
    }
    $Pc.administrators = @($Pc.administrators) + $Member
    Save-Pc
}
