# The registries of people: whose there are, and loading one so that it never stays loaded. Included by the scripts that
# look at them or change them.
#
# A registry that is loaded when its owner logs on gives them a temporary profile, in which nothing is kept. So one that
# anybody else holds is left alone, and what an earlier run left loaded is taken away first.

$Users = 'Registry::HKEY_USERS'
$Profiles = 'Registry::HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList'

# Local accounts and those of a domain; of Microsoft Entra. Others are accounts of services.
$OfPeople = '^S-1-(5-21|12-1)(-[0-9]+)+$'

# Mandatory (1), the guest's (80) and temporary (800): nothing in them is kept.
$NotKept = 0x881

# The process that loaded it, and a number.
$Ours = '^deskprov-([0-9]+)-[0-9]+$'

$Tries = 5
$script:Loaded = 0

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

function Get-NewName {
    $script:Loaded++
    "deskprov-$PID-$script:Loaded"
}

# Why it failed, reg.exe says in the language of Windows only. What it writes to its error stream must not end us.
function Mount-Hive($name, $file) {
    $ErrorActionPreference = 'Continue'
    reg.exe load "HKU\$name" $file 2>&1 | Out-Null
    $LASTEXITCODE -eq 0
}

# A key that .NET has not given back yet keeps it loaded, and so does whoever looks at every key that appears.
function Dismount-Hive($name) {
    $ErrorActionPreference = 'Continue'
    for ($try = 1; $try -le $Tries; $try++) {
        [gc]::Collect()
        [gc]::WaitForPendingFinalizers()
        reg.exe unload "HKU\$name" 2>&1 | Out-Null
        if ($LASTEXITCODE -eq 0) { return $true }
        Start-Sleep -Milliseconds 200
    }
    $false
}

# What runs of ours that have ended left loaded, with the copies that looks made.
function Clear-LeftOver {
    foreach ($name in Get-ChildItem -LiteralPath $Users -Name -ErrorAction Stop) {
        if ($name -match $Ours -and -not (Test-Running $Matches[1])) { $null = Dismount-Hive $name }
    }
    if (-not (Test-Path -LiteralPath $env:TEMP)) { return }
    foreach ($name in Get-ChildItem -LiteralPath $env:TEMP -Name -ErrorAction Stop) {
        if ($name -match $Ours -and -not (Test-Running $Matches[1]) -and -not (Test-Path -LiteralPath "$Users\$name")) {
            Remove-Copy $name
        }
    }
}

function Test-Running($process) { [bool](Get-Process -Id $process -ErrorAction SilentlyContinue) }

function Get-CopyFolder($name) { Join-Path -Path $env:TEMP -ChildPath $name }

function Remove-Copy($name) {
    Remove-Item -LiteralPath (Get-CopyFolder $name) -Recurse -Force -ErrorAction SilentlyContinue
}
