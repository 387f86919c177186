# Runs on the machine: writes one key in a section of an INI file, or takes it out.
#
# Every other byte stays: the text is decoded by an encoding that gives the same bytes back, and only one line differs.
# A file in an old code page is read byte by byte, so that what deskprov writes into it can be ASCII only.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)][string]$Path,
    [Parameter(Mandatory)][string]$Section,
    [Parameter(Mandatory)][string]$Key,
    [string]$Value = '',
    [bool]$Remove
)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

function Get-File {
    try { $item = Get-Item -LiteralPath $Path -Force -ErrorAction Stop }
    catch {
        if ("$($_.CategoryInfo.Category)" -eq 'ObjectNotFound') { return }
        throw
    }
    if ($item.PSIsContainer) { throw "$Path is a folder, and no file. Look what it is, and move it away." }
    if ("$($item.LinkType)" -eq 'SymbolicLink') { throw "$Path is a link. State the file that it leads to." }
    $item
}

function Get-Encoding($bytes) {
    $mark = if ($bytes.Length -ge 2) { '{0:x2}{1:x2}' -f $bytes[0], $bytes[1] }
    if ($mark -eq 'fffe') { return New-Object -TypeName System.Text.UnicodeEncoding -ArgumentList $false, $false, $true }
    if ($mark -eq 'feff') { return New-Object -TypeName System.Text.UnicodeEncoding -ArgumentList $true, $false, $true }
    $utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false, $true
    try { $null = $utf8.GetCharCount($bytes) }
    catch {
        if ("$Section$Key$Value" -cmatch '[^\x00-\x7f]') {
            throw "$Path is neither in UTF-8 nor in UTF-16, so only plain English letters and signs can be written " +
                'into it. Save it as UTF-8, if its program can read that.'
        }
        return [System.Text.Encoding]::GetEncoding(28591)
    }
    $utf8
}

function Get-Line($text) {
    if ($text.Contains([string][char]0)) { throw "$Path is no text, and so no INI file. Look what it is." }
    foreach ($line in [regex]::Split($text, '(?<=\n)|(?<=\r)(?!\n)')) { if ($line -ne '') { $line } }
}

# Where the section ends and where the key is, as indexes of lines; -1 for what is not there.
function Find-Setting($lines) {
    $found = @{ end = -1; key = -1; value = $null }
    $here = $false
    for ($n = 0; $n -lt $lines.Count; $n++) {
        $line = $lines[$n].TrimEnd("`r", "`n").TrimStart([char]0xFEFF)
        if ($line -match '^[ \t]*([;#].*)?$') { continue }
        if ($line -match '^[ \t]*\[([^\]]*)\][ \t]*([;#].*)?$') {
            $here = $Matches[1].Trim() -eq $Section
            if ($here -and $found.end -ge 0) { throw "$Path has the section [$Section] twice. Make one of them." }
        }
        elseif ($line -notmatch '^[ \t]*([^=<{"\[ \t][^=]*?)[ \t]*=[ \t]*(.*?)[ \t]*$') {
            throw "$Path is no INI file: its line $($n + 1) is no comment, no [section] and no key with a value."
        }
        elseif ($here -and $Matches[1] -eq $Key) {
            if ($found.key -ge 0) { throw "$Path has the key $Key twice in [$Section]. Take one of them out." }
            $found.key = $n
            $found.value = $Matches[2]
        }
        if ($here) { $found.end = $n }
    }
    $found
}

function Add-End($lines, $number, $end) {
    if ($number -ge 0 -and $lines[$number] -notmatch '[\r\n]$') { $lines[$number] += $end }
}

$item = Get-File
if ($null -eq $item -and $Remove) { return }
$above = [System.IO.Path]::GetDirectoryName($Path)
if ($null -eq $item -and -not [System.IO.Directory]::Exists($above)) {
    throw "There is no folder $above. Install what the file belongs to, or state the folder."
}
[byte[]]$bytes = if ($null -eq $item) { , @() } else { , [System.IO.File]::ReadAllBytes($Path) }
$encoding = Get-Encoding $bytes
try { $text = $encoding.GetString($bytes) }
catch { throw "$Path is damaged: it says that it is in UTF-16, and is not. Look what it is." }
$lines = New-Object -TypeName System.Collections.ArrayList
foreach ($line in Get-Line $text) { $null = $lines.Add($line) }
$found = Find-Setting $lines

if ($found.key -lt 0 -and $Remove) { return }
if ($found.key -ge 0 -and -not $Remove -and $found.value -ceq $Value) { return }
$end = if ($text -match '\r\n|\n|\r') { $Matches[0] } else { "`r`n" }
if ($Remove) { $lines.RemoveAt($found.key) }
elseif ($found.key -ge 0) {
    $null = $lines[$found.key] -match '^([^=]*=[ \t]*)[^\r\n]*([\r\n]*)$'
    $lines[$found.key] = $Matches[1] + $Value + $Matches[2]
}
elseif ($found.end -ge 0) {
    Add-End $lines $found.end $end
    $lines.Insert($found.end + 1, "$Key=$Value$end")
}
else {
    Add-End $lines ($lines.Count - 1) $end
    $null = $lines.Add("[$Section]$end$Key=$Value$end")
}
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }
[System.IO.File]::WriteAllBytes($Path, $encoding.GetBytes(-join $lines))
