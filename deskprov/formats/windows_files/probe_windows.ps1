# Runs on the machine: what is at a path, or nothing; a link is a link, wherever it leads.
#
# The content stays on the machine when it is as wanted, when it is large, and when it is no text.

$LargestText = 65536

function look($argument) {
    $path, $wanted = $argument
    $item = Get-ItemOrNothing $path
    if ($null -eq $item) { return }
    $kind = Get-Kind $item
    $hash = if ($kind -eq 'file' -and $wanted) { Get-Hash $path }
    @{
        kind = $kind
        size = if ($kind -eq 'file') { $item.Length }
        entries = if ($kind -eq 'folder') { @(Get-ChildItem -LiteralPath $path -Force -ErrorAction Stop).Count }
        target = if ($kind -eq 'link') { "$($item.Target)" }
        sha256 = $hash
        text = if ($hash -and $hash -ne $wanted) { Get-Text $path $item.Length }
        sddl = if ($kind -ne 'link') { Get-Right $path }
    }
}

function Get-ItemOrNothing($path) {
    try { Get-Item -LiteralPath $path -Force -ErrorAction Stop }
    catch { if ("$($_.CategoryInfo.Category)" -ne 'ObjectNotFound') { throw } }
}

function Get-Hash($path) {
    $hash = "$((Get-FileHash -LiteralPath $path -Algorithm SHA256 -ErrorAction Stop).Hash)".ToLower()
    if (-not $hash) { throw 'no hash' }
    $hash
}

# What a cloud keeps is a reparse point, too, and leads nowhere.
function Get-Kind($item) {
    if ("$($item.LinkType)" -in 'SymbolicLink', 'Junction') { return 'link' }
    if ($item.PSIsContainer) { 'folder' } else { 'file' }
}

# A text that is not UTF-8 has signs for what could not be read, and is none.
function Get-Text($path, $length) {
    if ($length -gt $LargestText) { return }
    $text = Get-Content -LiteralPath $path -Raw -Encoding UTF8 -ErrorAction Stop
    if ($null -eq $text) { return '' }
    if ($text.Contains([string][char]0) -or $text.Contains([string][char]0xFFFD)) { return }
    $text
}

function Get-Right($path) {
    try { "$((Get-Acl -LiteralPath $path -ErrorAction Stop).Sddl)" } catch { return }
}
