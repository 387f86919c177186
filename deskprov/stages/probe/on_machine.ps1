# Runs on the machine: asks every question of the data block and writes one JSON document between markers.
#
# Constant code for Windows PowerShell 5.1, in ConstrainedLanguage mode too: cmdlets, operators and core types only.
# JSON is written here because ConvertTo-Json of 5.1 cuts off below a depth, writes dates in a form of its own, texts
# of Get-Content as objects, and leaves characters beyond ASCII to the code page.

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$Deepest = 16
$MessageLength = 300

function main($block) {
    $data = ConvertFrom-Json -InputObject $block
    $answers = foreach ($question in $data.questions) {
        $name, $argument = $question
        Get-Answer $data.scripts.$name $argument
    }
    ''
    'deskprov-begin-' + $data.nonce
    '{"answers": [' + ($answers -join ', ') + ']}'
    'deskprov-end-' + $data.nonce
}

# One question fails alone.
function Get-Answer($text, $argument) {
    try {
        '{"answer": ' + (ConvertTo-Plain (Get-Look $text $argument) $Deepest) + '}'
    }
    catch {
        $message = $_.CategoryInfo.Reason + ': ' + $_.Exception.Message
        if ($message.Length -gt $MessageLength) { $message = $message.Substring(0, $MessageLength) }
        '{"error": ' + (ConvertTo-Quoted $message) + '}'
    }
}

# What a probe file of this package defines stays in here.
function Get-Look($text, $argument) {
    $answer = @{}
    Invoke-Expression ($text + "`n" + '$answer.found = look $argument')
    , $answer.found
}

# Nothing, truth, numbers, texts, lists and hashtables; anything else as its text: a date, a member of an enumeration.
function ConvertTo-Plain($value, $depth) {
    if ($null -eq $value) { return 'null' }
    if ($value -is [bool]) { return ([string]$value).ToLowerInvariant() }
    if ($value -is [int] -or $value -is [long] -or $value -is [byte] -or $value -is [uint16] -or
        $value -is [uint32] -or $value -is [uint64] -or $value -is [int16] -or $value -is [sbyte]) {
        return [string]$value
    }
    if ($value -is [double] -or $value -is [single] -or $value -is [decimal]) {
        if ([string]$value -cmatch '^-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?$') { return [string]$value }
        return 'null'
    }
    if ($depth -eq 0) { throw 'The answer has too many levels.' }
    if ($value -is [System.Collections.IDictionary]) {
        $entries = foreach ($key in $value.Keys) {
            (ConvertTo-Quoted ([string]$key)) + ': ' + (ConvertTo-Plain $value[$key] ($depth - 1))
        }
        return '{' + ($entries -join ', ') + '}'
    }
    if ($value -is [System.Collections.IList]) {
        $items = foreach ($item in $value) { ConvertTo-Plain $item ($depth - 1) }
        return '[' + ($items -join ', ') + ']'
    }
    ConvertTo-Quoted ([string]$value)
}

# Case is heeded, because a Kelvin sign is a k to whoever ignores it.
function ConvertTo-Quoted($text) {
    $quoted = $text.Replace('\', '\\').Replace('"', '\"')
    $special = @{}
    foreach ($character in ($quoted -creplace '[ -~]').ToCharArray()) { $special[[int]$character] = $character }
    foreach ($code in $special.Keys) {
        $quoted = $quoted.Replace([string]$special[$code], ('\u{0:x4}' -f $code))
    }
    '"' + $quoted + '"'
}
