# The other door: OpenSSH Server, for the site's key from the site's control addresses and nobody else.

$Capability = 'OpenSSH.Server~~~~0.0.1.0'
$SshFolder = Join-Path -Path $env:ProgramData -ChildPath 'ssh'
$SshKeys = Join-Path -Path $SshFolder -ChildPath 'administrators_authorized_keys'
$SshSettings = Join-Path -Path $SshFolder -ChildPath 'sshd_config'
$SshSettingsBefore = Join-Path -Path $SshFolder -ChildPath 'sshd_config.before-deskprov'
$SshRules = 'OpenSSH-Server-In-TCP*'
$SshRule = 'deskprov-ssh'
$SshPort = 22
$Mark = 'deskprov-bootstrap'
$KeysOnly = 'PasswordAuthentication no', 'KbdInteractiveAuthentication no'

# What an enrolment states of this way in.
function Open-Ssh {
    Install-Ssh
    Set-Service -Name sshd -StartupType Automatic
    Start-Service -Name sshd
    Set-Account
    Set-SiteKey
    Set-KeysOnly
    Set-Rule $SshRule 'deskprov (OpenSSH)' $SshPort
    $file = Get-HostKeyFile
    $kind, $key = (Get-Content -LiteralPath "$file.pub") -split ' '
    @{
        port = $SshPort
        host_key = "$kind $($key[0])"
        shell = Get-LogInShell
        key_file = $file
        fingerprint = ((ssh-keygen.exe -l -f "$file.pub") -split ' ')[1]
    }
}

# The capability brings a rule of its own, which lets everybody in: it is switched off again.
function Install-Ssh {
    $before = Get-CimInstance -ClassName Win32_Service -Filter "Name='sshd'"
    Save-Before 'Ssh' $(if ($before) { "$($before.StartMode) $($before.State)" } else { 'none' })
    Save-Before 'SshRules' ((Get-EnabledRule $SshRules) -join ' ')
    if (-not $before) {
        Write-Host $say.ssh_installing
        Add-WindowsCapability -Online -Name $Capability | Out-Null
    }
    Disable-NewRule $SshRules (Get-Before 'SshRules')
    Write-Host ($say.ssh_open -f $SshPort)
}

# Where sshd looks for the keys of administrators; it heeds the file only if nobody else may write it.
function Set-SiteKey {
    $line = 'restrict,pty,from="{0}" {1} {2}' -f ($order.login_from -join ','), $order.login_key, $Mark
    [System.IO.File]::WriteAllLines($SshKeys, [string[]](@(Get-OtherKey) + $line))
    icacls.exe $SshKeys /reset | Out-Null
    if ($LASTEXITCODE) { throw ($say.key_open -f $SshKeys, $LASTEXITCODE) }
    icacls.exe $SshKeys /inheritance:r /grant '*S-1-5-32-544:F' /grant '*S-1-5-18:F' | Out-Null
    if ($LASTEXITCODE) { throw ($say.key_open -f $SshKeys, $LASTEXITCODE) }
    Write-Host $say.key_set
}

function Get-OtherKey {
    if (Test-Path -LiteralPath $SshKeys) {
        Get-Content -LiteralPath $SshKeys | Where-Object { -not "$_".EndsWith(" $Mark") }
    }
}

# A server that was not there before takes no passwords. What stands first counts: sshd_config(5).
function Set-KeysOnly {
    if ((Get-Before 'Ssh') -ne 'none' -or (Test-Path -LiteralPath $SshSettingsBefore)) { return }
    $text = [System.IO.File]::ReadAllText($SshSettings)
    [System.IO.File]::WriteAllText($SshSettingsBefore, $text)
    [System.IO.File]::WriteAllText($SshSettings, ($KeysOnly -join "`r`n") + "`r`n" + $text)
    Restart-Service -Name sshd
    Write-Host $say.keys_only
}

function Get-HostKeyFile {
    foreach ($kind in 'ed25519', 'ecdsa', 'rsa') {
        $file = Join-Path -Path $SshFolder -ChildPath "ssh_host_${kind}_key"
        if (Test-Path -LiteralPath "$file.pub") { return $file }
    }
    throw $say.no_host_key
}

# Without a word in the registry sshd starts cmd: "DefaultShell" in learn.microsoft.com/windows-server/administration/
# OpenSSH/openssh-server-configuration
function Get-LogInShell {
    $key = 'HKLM:\SOFTWARE\OpenSSH'
    $shell = if (Test-Path -LiteralPath $key) { (Get-ItemProperty -LiteralPath $key).DefaultShell }
    if ($shell -like '*powershell*') { 'powershell' } else { 'cmd' }
}

function New-FileSignature($text, $namespace, $file) {
    $signed = Join-Path -Path $SshFolder -ChildPath "deskprov-$(New-Guid)"
    [System.IO.File]::WriteAllText($signed, $text)
    ssh-keygen.exe -q -Y sign -f $file -n $namespace $signed | Out-Null
    if (-not (Test-Path -LiteralPath "$signed.sig")) { throw $say.no_host_key }
    [System.IO.File]::ReadAllText("$signed.sig")
    foreach ($gone in $signed, "$signed.sig") { Remove-Item -LiteralPath $gone }
}

function Close-Ssh {
    $before = Get-Before 'Ssh'
    Remove-Rule $SshRule
    if (-not $before) { return }
    Undo-SshFiles
    if ($before -eq 'none') {
        Stop-Service -Name sshd
        Remove-WindowsCapability -Online -Name $Capability | Out-Null
    }
    else {
        foreach ($rule in @("$(Get-Before 'SshRules')" -split ' ')) { if ($rule) { Enable-NetFirewallRule -Name $rule } }
        $mode, $state = $before -split ' '
        if ($state -eq 'Running') { Restart-Service -Name sshd } else { Stop-Service -Name sshd }
        Set-Service -Name sshd -StartupType $(if ($mode -eq 'Auto') { 'Automatic' } else { $mode })
    }
    Write-Host $say.undo_ssh
}

function Undo-SshFiles {
    if (Test-Path -LiteralPath $SshKeys) {
        $others = @(Get-OtherKey)
        if ($others.Count) { [System.IO.File]::WriteAllLines($SshKeys, [string[]]$others) }
        else { Remove-Item -LiteralPath $SshKeys }
    }
    if (Test-Path -LiteralPath $SshSettingsBefore) {
        [System.IO.File]::WriteAllText($SshSettings, [System.IO.File]::ReadAllText($SshSettingsBefore))
        Remove-Item -LiteralPath $SshSettingsBefore
    }
}
