# Writes one key in a section of an INI file, or takes it out. Included by the scripts that do so.
#
# Every other byte stays: the text is decoded by an encoding that gives the same bytes back, and only one line differs.
# A file in an old code page is read byte by byte, so that what deskprov writes into it can be ASCII only.

# True when something was changed, or would be.
function Set-Setting($path, $section, $key, $value, $remove) {
    $there = Test-IniFile $path
    if (-not $there -and $remove) { return $false }
    $above = [System.IO.Path]::GetDirectoryName($path)
    if (-not $there -and -not [System.IO.Directory]::Exists($above)) {
        throw "There is no folder $above. Install what the file belongs to, or state the folder."
    }
    [byte[]]$bytes = if ($there) { , [System.IO.File]::ReadAllBytes($path) } else { , @() }
    $encoding = Get-IniEncoding $path $bytes "$section$key$value"
    try { $text = $encoding.GetString($bytes) }
    catch { throw "$path is damaged: it says that it is in UTF-16, and is not. Look what it is." }
    $lines = New-Object -TypeName System.Collections.ArrayList
    foreach ($line in Get-IniLine $path $text) { $null = $lines.Add($line) }
    $found = Find-Setting $path $lines $section $key
    if ($found.key -lt 0 -and $remove) { return $false }
    if ($found.key -ge 0 -and -not $remove -and $found.value -ceq $value) { return $false }
    if ($Ansible.CheckMode) { return $true }
    $end = if ($text -match '\r\n|\n|\r') { $Matches[0] } else { "`r`n" }
    Edit-Line $lines $found $section $key $value $remove $end
    Write-Beside $path $encoding.GetBytes(-join $lines)
    $true
}

function Edit-Line($lines, $found, $section, $key, $value, $remove, $end) {
    if ($remove) { $lines.RemoveAt($found.key) }
    elseif ($found.key -ge 0) {
        $null = $lines[$found.key] -match '^([^=]*=[ \t]*)[^\r\n]*([\r\n]*)$'
        $lines[$found.key] = $Matches[1] + $value + $Matches[2]
    }
    elseif ($found.end -ge 0) {
        Add-End $lines $found.end $end
        $lines.Insert($found.end + 1, "$key=$value$end")
    }
    else {
        Add-End $lines ($lines.Count - 1) $end
        $null = $lines.Add("[$section]$end$key=$value$end")
    }
}

function Test-IniFile($path) {
    try { $item = Get-Item -LiteralPath $path -Force -ErrorAction Stop }
    catch {
        if ("$($_.CategoryInfo.Category)" -eq 'ObjectNotFound') { return $false }
        throw
    }
    if ($item.PSIsContainer) { throw "$path is a folder, and no file. Look what it is, and move it away." }
    if ("$($item.LinkType)" -eq 'SymbolicLink') { throw "$path is a link. State the file that it leads to." }
    $true
}

function Get-IniEncoding($path, $bytes, $added) {
    $mark = if ($bytes.Length -ge 2) { '{0:x2}{1:x2}' -f $bytes[0], $bytes[1] }
    if ($mark -eq 'fffe') { return New-Object -TypeName System.Text.UnicodeEncoding -ArgumentList $false, $false, $true }
    if ($mark -eq 'feff') { return New-Object -TypeName System.Text.UnicodeEncoding -ArgumentList $true, $false, $true }
    $utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false, $true
    try { $null = $utf8.GetCharCount($bytes) }
    catch {
        if ($added -cmatch '[^\x00-\x7f]') {
            throw "$path is neither in UTF-8 nor in UTF-16, so only plain English letters and signs can be written " +
                'into it. Save it as UTF-8, if its program can read that.'
        }
        return [System.Text.Encoding]::GetEncoding(28591)
    }
    $utf8
}

function Get-IniLine($path, $text) {
    if ($text.Contains([string][char]0)) { throw "$path is no text, and so no INI file. Look what it is." }
    foreach ($line in [regex]::Split($text, '(?<=\n)|(?<=\r)(?!\n)')) { if ($line -ne '') { $line } }
}

# Where the section ends and where the key is, as indexes of lines; -1 for what is not there.
function Find-Setting($path, $lines, $section, $key) {
    $found = @{ end = -1; key = -1; value = $null }
    $here = $false
    for ($n = 0; $n -lt $lines.Count; $n++) {
        $line = $lines[$n].TrimEnd("`r", "`n").TrimStart([char]0xFEFF)
        if ($line -match '^[ \t]*([;#].*)?$') { continue }
        if ($line -match '^[ \t]*\[([^\]]*)\][ \t]*([;#].*)?$') {
            $here = $Matches[1].Trim() -eq $section
            if ($here -and $found.end -ge 0) { throw "$path has the section [$section] twice. Make one of them." }
        }
        elseif ($line -notmatch '^[ \t]*([^=<{"\[ \t][^=]*?)[ \t]*=[ \t]*(.*?)[ \t]*$') {
            throw "$path is no INI file: its line $($n + 1) is no comment, no [section] and no key with a value."
        }
        elseif ($here -and $Matches[1] -eq $key) {
            if ($found.key -ge 0) { throw "$path has the key $key twice in [$section]. Take one of them out." }
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
