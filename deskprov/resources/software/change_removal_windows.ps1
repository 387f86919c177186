# Runs on the machine: removes a program, as a package of Chocolatey or by its own uninstaller, and tells how it ended.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)][string]$Package,
    [string]$Product,
    [string]$Arguments,
    [int]$Minutes = 30
)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

# Error codes of Windows Installer: https://learn.microsoft.com/windows/win32/msi/error-codes
$Ends = @{
    1602 = 'it was cancelled'
    1603 = 'a fatal error in the uninstaller; the log of applications (Event Viewer) says more'
    1618 = 'another installation is running; wait until it has finished, then run this again'
}
$Gone = 0, 1605, 1614, 1641, 3010  # 1605 and 1614: it is not installed any more

#include deskprov.resources.software/programs_windows.ps1

function Invoke-Uninstaller($file, $with) {
    $program = @{ FilePath = $file; PassThru = $true }
    if ($with) { $program.ArgumentList = $with }
    $process = Start-Process @program
    $null = $process.Handle  # without it the exit code is lost
    if (-not $process.WaitForExit($Minutes * 60000)) {
        $process.Kill()
        throw "The uninstaller did not end within $Minutes minutes and was stopped. It may wait for somebody to press a button: state under `removal` what makes it silent."
    }
    $code = $process.ExitCode
    if ($Gone -contains $code) { return }
    $why = if ($Ends.ContainsKey($code)) { $Ends[$code] } else { 'the vendor knows what that means' }
    throw "The uninstaller ended with ${code}: $why."
}

function Remove-Program($key) {
    if ($key.PSChildName -match '^\{[0-9A-Fa-f-]{36}\}$') {
        Invoke-Uninstaller "$env:SystemRoot\System32\msiexec.exe" "/x $($key.PSChildName) /qn /norestart"
        return
    }
    $way = if ($Arguments) { 'UninstallString' } else { 'QuietUninstallString' }
    $line = "$($key.GetValue($way))"
    if (-not $line) {
        throw "'$($key.GetValue('DisplayName'))' does not say how it is removed without asking anybody. State under ``removal`` what makes its uninstaller silent, such as /S."
    }
    if ($line -match '^\s*"([^"]+)"\s*(.*)$' -or $line -match '^\s*(.+?\.exe)\s*(.*)$') {
        Invoke-Uninstaller $Matches[1] "$($Matches[2]) $Arguments".Trim()
        return
    }
    throw "'$line' is no program that removes '$($key.GetValue('DisplayName'))'."
}

$root = if ($env:ChocolateyInstall) { $env:ChocolateyInstall } else { Join-Path -Path $env:ProgramData -ChildPath 'chocolatey' }
$kept = Test-Path -LiteralPath (Join-Path -Path (Join-Path -Path $root -ChildPath 'lib') -ChildPath $Package)
$programs = @(Get-Program $Product)
if (-not $kept -and -not $programs.Count) { return }
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }

if ($kept) {
    Invoke-Uninstaller (Join-Path -Path $root -ChildPath 'choco.exe') "uninstall $Package --yes --no-progress --limit-output"
}
foreach ($key in Get-Program $Product) { Remove-Program $key }

# some uninstallers go on after they have ended, in a copy of themselves
for ($left = 30; $left -gt 0 -and @(Get-Program $Product).Count; $left--) { Start-Sleep -Seconds 2 }
if (@(Get-Program $Product).Count) { throw "The uninstaller ended, and '$Product' is still there a minute later." }
