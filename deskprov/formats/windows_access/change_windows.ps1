# Says who may use a file or folder: rules set on it itself, and whether it inherits those of the folder above.

[CmdletBinding(SupportsShouldProcess)]
param([string]$Path, [string[]]$Who = @(), [string[]]$Known = @(), [string[]]$Masks = @(), [bool]$Replace, [string]$Inherit)

#include deskprov.formats.windows_files/rules_windows.ps1

$Ansible.Changed = $false
$rules = @{ Who = $Who; Known = $Known; Masks = $Masks }
$Ansible.Changed = Set-Access $Path $rules $Replace $Inherit $Ansible.CheckMode
