# Removes a folder: an empty one, or with all that is in it.

[CmdletBinding(SupportsShouldProcess)]
param([string]$Path, [bool]$WithContent)

#include deskprov.formats.windows_files/removal_windows.ps1

$Ansible.Changed = $false
$Ansible.Changed = Clear-Folder $Path $WithContent $Ansible.CheckMode
