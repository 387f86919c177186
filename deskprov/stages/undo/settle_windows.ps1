# Runs on the machine, over a fresh log-on: ends a timed undo. What was changed stays, or is taken back at once.
#
# The lock is the undo's own: while it is being undone, this waits, and then finds that it was.

$ErrorActionPreference = 'Stop'
$Root = Join-Path -Path $env:SystemRoot -ChildPath 'deskprov'
$Folder = Join-Path -Path $Root -ChildPath 'undo'
$Lock = Join-Path -Path $Root -ChildPath 'lock'
$Saved = Join-Path -Path $Folder -ChildPath 'saved.json'
$Undone = Join-Path -Path $Folder -ChildPath 'undone.json'
$Task = 'deskprov undo'
$Patience = 600
$Strange = @{ kept = $false; problems = @('the machine knows nothing of it') }

function look($argument) {
    $token, $keep = $argument
    if (-not (Test-Path -LiteralPath $Folder)) { return $Strange }
    if (-not $keep -and (Test-Path -LiteralPath $Saved)) { Start-UndoNow }
    $held = Get-Lock
    try { $found = Get-End $token }
    finally { $held.Dispose() }
    if (-not (Test-Path -LiteralPath $Folder) -and -not @(Get-ChildItem -LiteralPath $Root -Force).Count) {
        Remove-Item -LiteralPath $Root -Force
    }
    $found
}

# By the task, so that the end of this connection is not the end of it.
function Start-UndoNow {
    $null = New-Item -Path (Join-Path -Path $Folder -ChildPath 'now') -ItemType File -Force
    Start-ScheduledTask -TaskName $Task
    for ($tried = 0; Test-Path -LiteralPath $Saved; $tried++) {
        if ($tried -gt $Patience) { throw 'it is still being taken back' }
        Start-Sleep -Milliseconds 100
    }
}

function Get-Lock {
    for ($tried = 0; $tried -lt $Patience; $tried++) {
        try { return [System.IO.File]::Create($Lock, 1, [System.IO.FileOptions]::DeleteOnClose) }
        catch { Start-Sleep -Milliseconds 100 }
    }
    throw 'it is still being taken back'
}

function Get-End($token) {
    if (Test-Path -LiteralPath $Saved) { return Get-Kept $token }
    if (Test-Path -LiteralPath $Undone) { return Get-Undone $token }
    $Strange
}

function Get-Kept($token) {
    if ((Get-Json $Saved).token -ne $token) { throw 'another change of the way in is not confirmed yet' }
    Remove-Item -LiteralPath $Saved -Force
    Unregister-ScheduledTask -TaskName $Task -Confirm:$false
    Remove-Item -LiteralPath $Folder -Recurse -Force
    @{ kept = $true; problems = @() }
}

function Get-Undone($token) {
    $found = Get-Json $Undone
    if ($token -and $found.token -ne $token) { throw 'another change of the way in was taken back' }
    Remove-Item -LiteralPath $Folder -Recurse -Force
    @{ kept = $false; problems = @($found.problems) }
}

function Get-Json($path) { ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($path)) }
