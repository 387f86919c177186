# Removes a file, or a link to one; a folder is never removed in its place.

[CmdletBinding(SupportsShouldProcess)]
param([string]$Path)

$Ansible.Changed = $false
try { $file = Get-Item -LiteralPath $Path -Force -ErrorAction Stop }
catch {
    if ("$($_.CategoryInfo.Category)" -eq 'ObjectNotFound') { return }
    throw
}
if ($file.PSIsContainer) { throw "$Path is a folder, and no file. Look what it is, and remove it yourself." }
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }
# a link is deleted by itself: Remove-Item of 5.1 fails on one that leads nowhere
if ("$($file.LinkType)" -eq 'SymbolicLink') { $file.Delete() }
else { Remove-Item -LiteralPath $Path -Force -ErrorAction Stop }
