# Runs on a PC after its first verified setup: it may sleep as it did before the bootstrap script came (script/power.ps1).
# What somebody has set since stays. What a profile states about `power` is a policy, which stands above this; where one
# forbids to set it, powercfg says so, and what was there before is kept in mind for -Undo and for another time.

$Memory = 'HKLM:\SOFTWARE\deskprov-bootstrap'
$Sleep = 'SCHEME_CURRENT', 'SUB_SLEEP', 'STANDBYIDLE'

function look($argument) {
    $before = Get-ItemProperty -LiteralPath $Memory
    if ($null -eq $before.SleepPluggedIn) { return @{ released = $true } }
    $told = (powercfg.exe /query @Sleep) -join ' '
    $numbers = @([regex]::Matches($told, '\b0x[0-9a-fA-F]{8}\b') | ForEach-Object { $_.Value })
    if ($numbers.Count -lt 2) { throw 'What it does about sleep could not be read.' }
    $set = (Restore-Sleep '/setacvalueindex' $numbers[-2] $before.SleepPluggedIn),
        (Restore-Sleep '/setdcvalueindex' $numbers[-1] $before.SleepOnBattery)
    powercfg.exe /setactive SCHEME_CURRENT | Out-Null
    if ($set -contains $false) { return @{ released = $false } }
    foreach ($name in 'SleepPluggedIn', 'SleepOnBattery') { Remove-ItemProperty -LiteralPath $Memory -Name $name }
    @{ released = $true }
}

# The script had set it to 0, which is never.
function Restore-Sleep($what, $now, $before) {
    if ([Convert]::ToInt64($now, 16) -ne 0) { return $true }
    powercfg.exe $what @Sleep $before | Out-Null
    $LASTEXITCODE -eq 0
}
