# Runs on the machine: removes an app that came with Windows, for everyone who has it and for new users.
[CmdletBinding(SupportsShouldProcess)]
param([Parameter(Mandatory)][string]$App)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

$waiting = @(Get-AppxProvisionedPackage -Online | Where-Object { $_.DisplayName -eq $App })
$installed = @(Get-AppxPackage -AllUsers -Name $App)
if (-not $waiting.Count -and -not $installed.Count) { return }
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }

# first for new users, or Windows would install it again for the next one who logs in
foreach ($package in $waiting) {
    $null = Remove-AppxProvisionedPackage -Online -PackageName $package.PackageName
}
foreach ($package in $installed) {
    if ($package.NonRemovable) { throw "$App belongs to Windows and cannot be removed." }
    Remove-AppxPackage -AllUsers -Package $package.PackageFullName
}
