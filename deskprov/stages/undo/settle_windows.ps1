# Runs on the machine, over a fresh log-on: ends a timed undo. What was changed stays, or is taken back at once.
#
# The lock is the undo's own: while it is being undone, this waits, and then finds that it was.

$ErrorActionPreference = 'Stop'

#include deskprov.stages.undo/shared_windows.ps1
#include deskprov.stages.undo/task_windows.ps1

$Strange = @{ kept = $false; problems = @('the machine knows nothing of it') }

function look($argument) {
    $token, $keep = $argument
    if (-not (Test-Path -LiteralPath $Folder)) { return $Strange }
    # what is half taken back is not kept
    if ((-not $keep -or (Test-Path -LiteralPath $Now)) -and (Test-Path -LiteralPath $Saved)) { Start-UndoNow }
    $held = Get-Lock
    try { $found = Get-End $token }
    finally { $held.Dispose() }
    Remove-EmptyRoot
    $found
}

# By the task, so that the end of this connection is not the end of it. Somebody may have taken the task away.
function Start-UndoNow {
    $token = (Get-Json $Saved).token
    if (Test-Path -LiteralPath $Failed) { Remove-Item -LiteralPath $Failed -Force }
    $null = New-Item -Path $Now -ItemType File -Force
    if (-not (Get-Task $token)) { Register-Undo $token }
    Start-ScheduledTask -TaskName (Get-TaskName $token)
    for ($tried = 0; Test-Path -LiteralPath $Saved; $tried++) {
        if (Test-Path -LiteralPath $Failed) {
            throw "it is tried again every minute, because not all could be taken back: $((Get-Json $Failed).problems -join '; ')"
        }
        if ($tried -gt $Patience) { throw 'it is still being taken back' }
        Start-Sleep -Milliseconds 100
    }
}

function Get-End($token) {
    if (Test-Path -LiteralPath $Saved) { return Get-Kept $token }
    if (Test-Path -LiteralPath $Undone) { return Get-Undone $token }
    $Strange
}

function Get-Kept($token) {
    if (Test-Path -LiteralPath $Now) { throw 'it is being taken back' }
    if ((Get-Json $Saved).token -ne $token) { throw 'another change of the way in is not confirmed yet' }
    Remove-Item -LiteralPath $Saved -Force
    Remove-Task $token
    Remove-Item -LiteralPath $Folder -Recurse -Force
    @{ kept = $true; problems = @() }
}

function Get-Undone($token) {
    $found = Get-Json $Undone
    if ($token -and $found.token -ne $token) { throw 'another change of the way in was taken back' }
    Remove-Item -LiteralPath $Folder -Recurse -Force
    @{ kept = $false; problems = @($found.problems) }
}
