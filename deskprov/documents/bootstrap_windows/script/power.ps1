# Keeps the PC awake until its first verified setup (stages/hand_over/release_windows.ps1). The numbers of powercfg stand
# there as 0x..., whatever the language.

$Sleep = 'SCHEME_CURRENT', 'SUB_SLEEP', 'STANDBYIDLE'

function Disable-Sleep {
    $told = (powercfg.exe /query @Sleep) -join ' '
    $numbers = @([regex]::Matches($told, '\b0x[0-9a-fA-F]{8}\b') | ForEach-Object { $_.Value })
    if ($numbers.Count -lt 2) {
        Write-Host $say.sleep_unknown
        return
    }
    Save-Before 'SleepPluggedIn' ([Convert]::ToInt64($numbers[-2], 16))
    Save-Before 'SleepOnBattery' ([Convert]::ToInt64($numbers[-1], 16))
    Set-Sleep 0 0
    Write-Host $say.awake
}

function Enable-Sleep {
    $pluggedIn = Get-Before 'SleepPluggedIn'
    if ($null -eq $pluggedIn) { return }
    Set-Sleep $pluggedIn (Get-Before 'SleepOnBattery')
    Write-Host $say.undo_sleep
}

function Set-Sleep($pluggedIn, $onBattery) {
    powercfg.exe /setacvalueindex @Sleep $pluggedIn | Out-Null
    powercfg.exe /setdcvalueindex @Sleep $onBattery | Out-Null
    powercfg.exe /setactive SCHEME_CURRENT | Out-Null
}
