# Puts the computer into a workgroup, from another one: it leaves no domain.
#
# https://learn.microsoft.com/powershell/module/microsoft.powershell.management/add-computer?view=powershell-5.1

[CmdletBinding(SupportsShouldProcess)]
param([string]$Name)

$Ansible.Changed = $false
$asked = @{ ClassName = 'Win32_ComputerSystem'; Property = @('PartOfDomain', 'Workgroup'); ErrorAction = 'Stop' }
foreach ($system in Get-CimInstance @asked) {
    if ($system.PartOfDomain) { throw 'It is in a domain. To take it out, state join_user and join_password: an account of that domain.' }
    if ("$($system.Workgroup)" -ne $Name) {
        $Ansible.Changed = $true
        if (-not $Ansible.CheckMode) { $null = Add-Computer -WorkgroupName $Name -Force -ErrorAction Stop }
    }
}
