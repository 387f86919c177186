# Runs on the machine: starts an installer that lies there, if it is the one that was reviewed, and tells how it ended.
#
# The file is held open from before it is checked until it has ended, so that nobody can put another in its place.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)][string]$Path,
    [Parameter(Mandatory)][string]$Product,
    [string]$Version,
    [string]$Sha256,
    [string]$Signer,
    [string]$Arguments,
    [bool]$Replace,
    [int]$Minutes = 45
)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

# Error codes of Windows Installer, which most other installers follow:
# https://learn.microsoft.com/windows/win32/msi/error-codes
$Ends = @{
    1602 = 'it was cancelled'
    1603 = 'a fatal error in the installer; what it wrote into the log of applications (Event Viewer) says more'
    1618 = 'another installation is running; wait until it has finished, then run this again'
    1620 = 'the file is no package that Windows Installer can open'
    1625 = 'a policy of this computer forbids it'
    1633 = 'it is not for this kind of processor'
    1638 = 'another version of it is installed already; take that one out first, or state its version'
}

#include deskprov.resources.software/programs_windows.ps1

function Test-Installed {
    foreach ($key in @(Get-Program $Product)) {
        if (-not $Version -or "$($key.GetValue('DisplayVersion'))" -eq $Version) { return $true }
    }
    $false
}

function Assert-Reviewed {
    if ($Sha256 -and (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash -ne $Sha256) {
        throw 'The installer is not the one that the profile states (another SHA-256). It was not started.'
    }
    if (-not $Signer) { return }
    $signature = Get-AuthenticodeSignature -LiteralPath $Path
    if ("$($signature.Status)" -ne 'Valid') {
        throw "The installer has no good signature ($($signature.Status)), and the profile states one. It was not started."
    }
    $name = $signature.SignerCertificate.GetNameInfo('SimpleName', $false)
    if ($name -cne $Signer) {
        throw "The installer is signed by '$name', and not by the signer that the profile states. It was not started."
    }
}

function Get-End {
    $program = @{ FilePath = $Path; PassThru = $true }
    if ($Arguments) { $program.ArgumentList = $Arguments }
    if ($Path -like '*.msi') {
        $program.FilePath = "$env:SystemRoot\System32\msiexec.exe"
        $program.ArgumentList = "/i `"$Path`" /qn /norestart $Arguments".Trim()
    }
    $process = Start-Process @program
    $null = $process.Handle  # without it the exit code is lost
    if (-not $process.WaitForExit($Minutes * 60000)) {
        $process.Kill()
        throw "The installer did not end within $Minutes minutes and was stopped. It may wait for somebody to press a button: look for the arguments that make it silent."
    }
    $process.ExitCode
}

if (-not $Replace -and (Test-Installed)) { return }
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }
$held = [System.IO.File]::Open($Path, 'Open', 'Read', 'Read')
try {
    Assert-Reviewed
    $code = Get-End
}
finally { $held.Dispose() }

switch ($code) {
    0 { return }
    3010 { return 'It is installed, and complete when the computer has restarted (3010).' }
    1641 { return 'It is installed, and the installer restarts the computer (1641).' }
}
$why = if ($Ends.ContainsKey($code)) { $Ends[$code] } else { 'the vendor knows what that means' }
throw "The installer ended with ${code}: $why."
