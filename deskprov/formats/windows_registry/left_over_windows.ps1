# What deskprov has loaded below HKEY_USERS: under what names, how it is unloaded, and what runs that were killed left.
# Included by what loads registries of people, and by the look that every run begins with.
#
# A registry that is loaded when its owner logs on gives them a temporary profile, in which nothing is kept.

$Users = 'Registry::HKEY_USERS'

# The process that loaded it, when that started, and a number. The id alone is soon that of another process.
$Ours = '^deskprov-([0-9]+)-([0-9]+)-[0-9]+$'

# Protection against viruses may hold what was loaded for many seconds. A copy that stays harms nobody.
$SecondsToUnload = 60
$SecondsToUnloadCopy = 2
$FirstWait, $LongestWait = 200, 5000

$script:Loaded = 0

function Get-NewName {
    $script:Loaded++
    "deskprov-$PID-$(Get-Start $PID)-$script:Loaded"
}

# 0 when there is no such process, or not for us to see.
function Get-Start($process) {
    $start = (Get-Process -Id $process -ErrorAction SilentlyContinue).StartTime
    if ($start) { $start.ToFileTimeUtc() } else { 0 }
}

# True when it is gone. A key that .NET has not given back yet keeps it, and so does whoever looks at every new key.
function Dismount-Hive($name, $seconds) {
    $ErrorActionPreference = 'Continue'
    $wait, $left = $FirstWait, ($seconds * 1000)
    while ($true) {
        [gc]::Collect()
        [gc]::WaitForPendingFinalizers()
        reg.exe unload "HKU\$name" 2>&1 | Out-Null
        if ($LASTEXITCODE -eq 0) { return $true }
        if ($left -le 0) { return $false }
        Start-Sleep -Milliseconds $wait
        $left -= $wait
        $wait = [math]::Min(2 * $wait, $LongestWait)
    }
}

# Takes away what runs of ours that have ended left loaded, with the copies that looks made. Returns what stays loaded.
function Clear-LeftOver($seconds) {
    foreach ($name in Get-ChildItem -LiteralPath $Users -Name -ErrorAction Stop) {
        if ((Test-LeftOver $name) -and -not (Dismount-Hive $name $seconds)) { $name }
    }
    if (-not (Test-Path -LiteralPath $env:TEMP)) { return }
    foreach ($name in Get-ChildItem -LiteralPath $env:TEMP -Name -ErrorAction Stop) {
        if ((Test-LeftOver $name) -and -not (Test-Path -LiteralPath "$Users\$name")) { Remove-Copy $name }
    }
}

function Test-LeftOver($name) { $name -match $Ours -and "$(Get-Start $Matches[1])" -ne $Matches[2] }

function Get-CopyFolder($name) { Join-Path -Path $env:TEMP -ChildPath $name }

function Remove-Copy($name) {
    Remove-Item -LiteralPath (Get-CopyFolder $name) -Recurse -Force -ErrorAction SilentlyContinue
}
