# What the programs of the undo share: where it is kept, the lock of whoever is at it, and its task. Included by them.
#
# The folder is closed to all but the system and administrators, with the lock in it: who may open a file can hold it.

$Root = Join-Path -Path $env:SystemRoot -ChildPath 'deskprov'
$Folder = Join-Path -Path $Root -ChildPath 'undo'
$Lock = Join-Path -Path $Root -ChildPath 'lock'
$Program = Join-Path -Path $Folder -ChildPath 'undo.ps1'
$Saved = Join-Path -Path $Folder -ChildPath 'saved.json'
$Since = Join-Path -Path $Folder -ChildPath 'since.json'
$Now = Join-Path -Path $Folder -ChildPath 'now'
$Failed = Join-Path -Path $Folder -ChildPath 'failed.json'
$Undone = Join-Path -Path $Folder -ChildPath 'undone.json'
$Firewall = Join-Path -Path $Folder -ChildPath 'firewall.wfw'
$Profiles = Join-Path -Path $Folder -ChildPath 'networks'
$Boot = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters'
$Patience = 600

# Programs and modules of Windows alone, whatever the computer's own variables say.
$env:PATH = "$env:SystemRoot\System32"
$env:PSModulePath = "$env:SystemRoot\System32\WindowsPowerShell\v1.0\Modules"

function Get-Lock {
    for ($tried = 0; $tried -lt $Patience; $tried++) {
        try { return [System.IO.File]::Create($Lock, 1, [System.IO.FileOptions]::DeleteOnClose) }
        catch { Start-Sleep -Milliseconds 100 }
    }
    throw 'It is being taken back, or confirmed, and that does not end.'
}

#include deskprov.formats.windows_files/beside_windows.ps1
#include deskprov.formats.windows_files/place_windows.ps1

# Whole or not at all, and on the disk before anything is changed.
function Save-Text($path, $text) { Write-Beside $path ((New-Object System.Text.UTF8Encoding $false).GetBytes($text)) }

function Save-Json($path, $data) { Save-Text $path (ConvertTo-Json -InputObject $data -Depth 9 -Compress) }

function Get-Json($path) { ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($path)) }

# New with every start of the computer.
function Get-Life { "$((Get-ItemProperty -LiteralPath $Boot).BootId)" }

# Time counts from here on, in that life, by a clock that nobody sets.
function Save-Since($life) { Save-Json $Since @{ life = $life; up = Get-Up } }

function Get-Up { [math]::Floor([System.Diagnostics.Stopwatch]::GetTimestamp() / [System.Diagnostics.Stopwatch]::Frequency) }

# Each undo has a task of its own, so that none ends that of another.
function Get-TaskName($token) { "deskprov undo $token" }

function Get-Task($token) { Get-ScheduledTask | Where-Object { $_.TaskName -eq (Get-TaskName $token) } }

function Remove-Task($token) {
    if (Get-Task $token) { Unregister-ScheduledTask -TaskName (Get-TaskName $token) -Confirm:$false }
}

function Remove-EmptyRoot {
    if ((Test-Path -LiteralPath $Root) -and -not @(Get-ChildItem -LiteralPath $Root -Force).Count) {
        Remove-Item -LiteralPath $Root -Force
    }
}
