# Runs on the machine: changes nothing, and fails where Chocolatey is not installed.
#
# Ansible's module would fetch a script from the Internet and run it, which nobody has reviewed.
[CmdletBinding(SupportsShouldProcess)]
param()

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

$root = if ($env:ChocolateyInstall) { $env:ChocolateyInstall } else { Join-Path -Path $env:ProgramData -ChildPath 'chocolatey' }
if (-not (Test-Path -LiteralPath (Join-Path -Path $root -ChildPath 'choco.exe'))) {
    throw 'Chocolatey is not installed on this computer, and deskprov does not let it come from the Internet unchecked. Put an entry `chocolatey` into the profile, with url, sha256 and product of its .msi.'
}
