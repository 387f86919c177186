# Adds accounts and groups of a domain to a local group, which is known by its SID if Windows brought it. Other members,
# and such as no longer exist, are left alone.

[CmdletBinding(SupportsShouldProcess)]
param([string]$Name, [string]$Sid, [string[]]$Members)

#include deskprov.formats.windows_accounts/members_windows.ps1

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false
$group = Get-LocalGroup | Where-Object { if ($Sid) { "$($_.SID)" -eq $Sid } else { $_.Name -eq $Name } }
if (-not $group) {
    if (-not $Ansible.CheckMode) { throw "There is no group $Name." }
    $Ansible.Changed = $true
    return
}
$there = @(Get-Membership $group.Name | ForEach-Object { "$($_.Domain)\$($_.Name)" })
$missing = @($Members | Where-Object { $there -notcontains $_ })
$Ansible.Changed = [bool]$missing.Count
if ($Ansible.CheckMode) { return }
foreach ($member in $missing) {
    try { Add-LocalGroupMember -SID $group.SID -Member $member }
    catch {
        if ("$($_.FullyQualifiedErrorId)" -notlike 'PrincipalNotFound*') { throw }
        throw "Windows knows no $member. Is this computer in that domain, and does it reach it now?"
    }
}
