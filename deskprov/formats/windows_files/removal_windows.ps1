# Takes away what is at a path, if it is what it is taken for. Included by scripts; each returns whether something goes.

function Clear-File($path, $check) {
    $file = Get-AtPath $path
    if ($null -eq $file) { return $false }
    if ($file.PSIsContainer) { throw "$path is a folder, and no file. Look what it is, and remove it yourself." }
    if ($check) { return $true }
    # a link is deleted by itself: Remove-Item of 5.1 fails on one that leads nowhere
    if ("$($file.LinkType)" -eq 'SymbolicLink') { $null = $file.Delete() }
    else { Remove-Item -LiteralPath $path -Force -ErrorAction Stop }
    $true
}

# An empty one, or with all that is in it; a link in it goes, and what that leads to stays.
function Clear-Folder($path, $withContent, $check) {
    $folder = Get-AtPath $path
    if ($null -eq $folder) { return $false }
    if (-not $folder.PSIsContainer -or "$($folder.LinkType)" -in 'SymbolicLink', 'Junction') {
        throw "$path is no folder, but a file or a link. Look what it is, and remove it yourself."
    }
    $entries = @(Get-ChildItem -LiteralPath $path -Force -ErrorAction Stop).Count
    if ($entries -and -not $withContent) {
        throw "$path holds $entries files or folders. Empty it, or state remove_content: true."
    }
    if ($check) { return $true }
    Remove-Tree $folder
    $true
}

function Remove-Tree($folder) {
    foreach ($item in @(Get-ChildItem -LiteralPath $folder.FullName -Force -ErrorAction Stop)) {
        if ("$($item.LinkType)" -in 'SymbolicLink', 'Junction') { $null = $item.Delete() }
        elseif ($item.PSIsContainer) { Remove-Tree $item }
        else { Remove-Item -LiteralPath $item.FullName -Force -ErrorAction Stop }
    }
    Remove-Item -LiteralPath $folder.FullName -Force -ErrorAction Stop
}

function Get-AtPath($path) {
    try { Get-Item -LiteralPath $path -Force -ErrorAction Stop }
    catch { if ("$($_.CategoryInfo.Category)" -ne 'ObjectNotFound') { throw } }
}
