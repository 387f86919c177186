# The registries of people: whose there are, and loading one so that it never stays loaded. Included by the scripts that
# look at them or change them. One that anybody else holds is left alone.

#include deskprov.formats.windows_registry/left_over_windows.ps1

$Profiles = 'Registry::HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList'

# Local accounts and those of a domain; of Microsoft Entra. Others are accounts of services.
$OfPeople = '^S-1-(5-21|12-1)(-[0-9]+)+$'

# Mandatory (1), the guest's (80) and temporary (800): nothing in them is kept.
$NotKept = 0x881

# Each with the name of their folder, their SID and their file. The default user has no SID and no name. A profile whose
# folder is not there is of somebody who is gone.
function Get-Person($who) {
    if ($who -eq 'default-user') {
        $folder = (Get-ItemProperty -LiteralPath $Profiles -ErrorAction Stop).Default
        return @{ name = ''; sid = ''; file = Join-Path -Path $folder -ChildPath 'NTUSER.DAT' }
    }
    foreach ($sid in Get-ChildItem -LiteralPath $Profiles -Name -ErrorAction Stop) {
        if ($sid -notmatch $OfPeople) { continue }
        $about = Get-ItemProperty -LiteralPath "$Profiles\$sid" -ErrorAction Stop
        $folder = $about.ProfileImagePath
        if (([int]$about.State -band $NotKept) -or -not $folder -or -not (Test-Path -LiteralPath $folder)) { continue }
        @{ name = ($folder -split '[\\/]')[-1]; sid = $sid; file = Join-Path -Path $folder -ChildPath 'NTUSER.DAT' }
    }
}

# Who is logged on, or has been and still has a program running.
function Test-Loaded($person) {
    [bool]($person.sid -and (Test-Path -LiteralPath "$Users\$($person.sid)"))
}

# Beginning with somebody else each second: whoever there was no time for is among the first of another run.
function Get-InTurn($people) {
    $first = [long]((Get-Date).Ticks / 10000000)
    for ($i = 0; $i -lt $people.Count; $i++) { $people[($first + $i) % $people.Count] }
}

# True when nobody has it open.
function Test-Free($file) {
    try {
        [System.IO.File]::Open($file, 'Open', 'Read', 'None').Close()
        $true
    }
    catch [System.IO.IOException], [System.UnauthorizedAccessException] { $false }
}

# Why it failed, reg.exe says in the language of Windows only. What it writes to its error stream must not end us.
function Mount-Hive($name, $file) {
    $ErrorActionPreference = 'Continue'
    reg.exe load "HKU\$name" $file 2>&1 | Out-Null
    $LASTEXITCODE -eq 0
}
