# Removes a folder: an empty one, or with all that is in it; a link in it goes, and what that leads to stays.

[CmdletBinding(SupportsShouldProcess)]
param([string]$Path, [bool]$WithContent)

function Remove-Tree($folder) {
    foreach ($item in @(Get-ChildItem -LiteralPath $folder.FullName -Force -ErrorAction Stop)) {
        if ("$($item.LinkType)" -in 'SymbolicLink', 'Junction') { $item.Delete() }
        elseif ($item.PSIsContainer) { Remove-Tree $item }
        else { Remove-Item -LiteralPath $item.FullName -Force -ErrorAction Stop }
    }
    Remove-Item -LiteralPath $folder.FullName -Force -ErrorAction Stop
}

$Ansible.Changed = $false
try { $folder = Get-Item -LiteralPath $Path -Force -ErrorAction Stop }
catch {
    if ("$($_.CategoryInfo.Category)" -eq 'ObjectNotFound') { return }
    throw
}
if (-not $folder.PSIsContainer -or "$($folder.LinkType)" -in 'SymbolicLink', 'Junction') {
    throw "$Path is no folder, but a file or a link. Look what it is, and remove it yourself."
}
$entries = @(Get-ChildItem -LiteralPath $Path -Force -ErrorAction Stop).Count
if ($entries -and -not $WithContent) {
    throw "$Path holds $entries files or folders. Empty it, or state remove_content: true."
}
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }
Remove-Tree $folder
