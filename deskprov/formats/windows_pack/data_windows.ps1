# Data of the registry, of each kind: made from what a profile states, and compared. Included by scripts that set values.

# The registry knows no sign: 4294967295 is the number that PowerShell calls -1.
function ConvertTo-Data($kind, $data) {
    switch ($kind) {
        'dword' { return [int]('0x{0:x}' -f [long]$data) }
        'qword' { return [long]$data }
        'multistring' { return , [string[]]@($data) }
        { $_ -in 'binary', 'none' } {
            return , [byte[]]@("$data" -split '(..)' | Where-Object { $_ } | ForEach-Object { [int]"0x$_" })
        }
    }
    [string]$data
}

function Test-Same($before, $after) {
    if ($before.Count -ne $after.Count) { return $false }
    for ($i = 0; $i -lt $after.Count; $i++) { if ($before[$i] -cne $after[$i]) { return $false } }
    $true
}
