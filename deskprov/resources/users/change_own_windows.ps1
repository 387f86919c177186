# Sets up an account that Windows brought. Such a one has another name in each language, and is known by how its SID ends.

[CmdletBinding(SupportsShouldProcess)]
param(
    [string]$Name,
    [string]$End,
    [string]$FullName,
    [bool]$Disabled,
    [bool]$PasswordNeverExpires,
    [bool]$Always,
    [System.Security.SecureString]$Password
)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false
$account = Get-LocalUser | Where-Object { "$($_.SID)" -like "S-1-5-21-*$End" }
if (-not $account) { throw "This computer has no account that is Windows' own $Name." }
$sid = "$($account.SID)"
$ours = $env:USERNAME -eq $account.Name -and $env:USERDOMAIN -eq $env:COMPUTERNAME
if ($ours -and ($Disabled -or $Password)) {
    throw "deskprov is logged in as $($account.Name), and could lock itself out. Let it log in with another account."
}

$set = @{}
if ($PSBoundParameters.ContainsKey('FullName') -and "$($account.FullName)" -cne $FullName) { $set.FullName = $FullName }
if ($Password -and ($Always -or -not $account.PasswordLastSet)) { $set.Password = $Password }
if ($PSBoundParameters.ContainsKey('PasswordNeverExpires')) {
    $flags = Get-CimInstance -ClassName Win32_UserAccount -Filter "LocalAccount=TRUE AND SID='$sid'" -Property SID, PasswordExpires
    if ([bool]$flags.PasswordExpires -eq $PasswordNeverExpires) { $set.PasswordNeverExpires = $PasswordNeverExpires }
}
$switched = $PSBoundParameters.ContainsKey('Disabled') -and $account.Enabled -eq $Disabled
$Ansible.Changed = [bool]($set.Count -or $switched)
if ($Ansible.CheckMode) { return }
if ($set.Count) { Set-LocalUser -SID $sid @set }
if ($switched -and $Disabled) { Disable-LocalUser -SID $sid }
if ($switched -and -not $Disabled) { Enable-LocalUser -SID $sid }
