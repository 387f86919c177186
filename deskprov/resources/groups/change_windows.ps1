# Removes a local group, but none that Windows brought: those have a SID of their own, whatever they are called.

[CmdletBinding(SupportsShouldProcess)]
param([string]$Name)

$Ansible.Changed = $false
$group = Get-LocalGroup -ErrorAction Stop | Where-Object { $_.Name -eq $Name }
if (-not $group) { return }
if ("$($group.SID)" -like 'S-1-5-32-*') {
    throw "The group $Name is part of Windows and stays. Take it out of the profile."
}
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }
Remove-LocalGroup -SID $group.SID -ErrorAction Stop
