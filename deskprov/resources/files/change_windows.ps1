# Removes a file, or a link to one; a folder is never removed in its place.

[CmdletBinding(SupportsShouldProcess)]
param([string]$Path)

#include deskprov.formats.windows_files/removal_windows.ps1

$Ansible.Changed = $false
$Ansible.Changed = Clear-File $Path $Ansible.CheckMode
