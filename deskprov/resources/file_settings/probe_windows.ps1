# Runs on the machine: what a key in a section of an INI file holds, or nothing when there is none.
#
# What stands in the file twice, or is no such file, is not told: the change says it in words.

function look($argument) {
    $path, $section, $key = $argument
    $text = Get-Text $path
    if ($null -eq $text) { return }
    $here = $false
    $sections = 0
    $values = @()
    foreach ($line in $text -split "`r`n|`n|`r") {
        if ($line -match '^[ \t]*([;#].*)?$') { continue }
        if ($line -match '^[ \t]*\[([^\]]*)\][ \t]*([;#].*)?$') {
            $here = $Matches[1].Trim() -eq $section
            if ($here) { $sections++ }
        }
        elseif ($line -notmatch '^[ \t]*([^=<{"\[ \t][^=]*?)[ \t]*=[ \t]*(.*?)[ \t]*$') { throw 'no INI file' }
        elseif ($here -and $Matches[1] -eq $key) { $values += $Matches[2] }
    }
    if ($sections -gt 1 -or $values.Count -gt 1) { throw 'there twice' }
    if ($values.Count) { @{ value = "$($values[0])" } }
}

# A mark of the encoding at the beginning is heeded. What is no UTF-8 has signs for what could not be read.
function Get-Text($path) {
    try { $item = Get-Item -LiteralPath $path -Force -ErrorAction Stop }
    catch {
        if ("$($_.CategoryInfo.Category)" -eq 'ObjectNotFound') { return }
        throw
    }
    if ($item.PSIsContainer -or "$($item.LinkType)" -eq 'SymbolicLink') { throw 'no file' }
    $text = "$(Get-Content -LiteralPath $path -Raw -Encoding UTF8 -ErrorAction Stop)"
    if ($text.Contains([string][char]0)) { throw 'no text' }
    $text
}
