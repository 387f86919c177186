# Has the password of an account changed at its first log-in: once somebody has logged in, nothing is asked any more.

[CmdletBinding(SupportsShouldProcess)]
param([string]$Name)

$Ansible.Changed = $false
$account = Get-LocalUser -ErrorAction Stop | Where-Object { $_.Name -eq $Name }
if (-not $account) { throw "There is no account $Name." }
# without a day, the password must be changed already
if ($account.LastLogon -or -not $account.PasswordLastSet) { return }
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }
$entry = New-Object -TypeName System.DirectoryServices.DirectoryEntry -ArgumentList "WinNT://$env:COMPUTERNAME/$Name,user"
$entry.Put('PasswordExpired', 1)
$entry.SetInfo()
