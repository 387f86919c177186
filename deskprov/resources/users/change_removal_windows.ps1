# Removes a local account, but none that Windows brought, and with it its profile if that is asked for.

[CmdletBinding(SupportsShouldProcess)]
param([string]$Name, [bool]$RemoveProfile)

$Ansible.Changed = $false
$account = Get-LocalUser -ErrorAction Stop | Where-Object { $_.Name -eq $Name }
if (-not $account) { return }
$sid = "$($account.SID)"
# relative ids below 1000 are those of accounts that come with Windows, whatever they are called
if ([int]($sid -split '-')[-1] -lt 1000) {
    throw "The account $Name is part of Windows and stays. Take it out of the profile."
}
$homes = @()
if ($RemoveProfile) {
    $homes = @(Get-CimInstance -ClassName Win32_UserProfile -ErrorAction Stop | Where-Object { "$($_.SID)" -eq $sid })
    if (@($homes | Where-Object { $_.Loaded }).Count) {
        throw "$Name is logged in. Have them sign out, and run again: their profile is in use."
    }
}
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }
foreach ($each in $homes) { Remove-CimInstance -InputObject $each -ErrorAction Stop }
Remove-LocalUser -SID $account.SID -ErrorAction Stop
