# Loading a copy of a person's registry: their own file is held for as long as it is copied, is not written to, and a
# script that is killed leaves nothing loaded that they need. Included by what only looks, after hives_windows.ps1.

# Its `name`, or in a word why there is none: `left`.
function Mount-Copy($person) {
    $name = Get-NewName
    $folder = Get-CopyFolder $name
    $left = Copy-Hive $person.file $folder
    if (-not $left -and -not (Mount-Hive $name (Join-Path -Path $folder -ChildPath 'NTUSER.DAT'))) { $left = 'damaged' }
    if ($left) { Remove-Copy $name }
    @{ name = $name; left = $left }
}

# True when it is gone.
function Dismount-Copy($name) {
    if (-not (Dismount-Hive $name $SecondsToUnloadCopy)) { return $false }
    Remove-Copy $name
    $true
}

# With the file go those that its last changes are in until Windows gets round to it.
function Copy-Hive($file, $folder) {
    try {
        if (-not [System.IO.File]::Exists($file)) { return 'missing' }
        $null = New-Item -Path $folder -ItemType Directory
        foreach ($end in '', '.LOG1', '.LOG2') {
            $copy = Join-Path -Path $folder -ChildPath "NTUSER.DAT$end"
            if ([System.IO.File]::Exists("$file$end")) { [System.IO.File]::Copy("$file$end", $copy) }
        }
        ''
    }
    catch [System.UnauthorizedAccessException] { 'denied' }
    catch [System.IO.IOException] { 'in use' }
}
