# Runs on a PC once, after its first contact: puts its own password in force, which comes sealed to its certificate, so
# that it stands in no log of script blocks. From then on the one-time password opens nothing.

$Memory = 'HKLM:\SOFTWARE\deskprov-bootstrap'

function look($argument) {
    $user, $thumbprint, $sealed = $argument
    $password = Open-Sealed $thumbprint $sealed
    Set-LocalUser -Name $user -Password $password
    if (Test-Path -LiteralPath $Memory) { Complete-Bootstrap }
    @{ in_force = $true }
}

# The script does not make a new one-time password any more unless told to, and the PC may sleep as before.
function Complete-Bootstrap {
    New-ItemProperty -LiteralPath $Memory -Name Enrolled -Value 1 -PropertyType DWord -Force | Out-Null
    $before = Get-ItemProperty -LiteralPath $Memory
    if ($null -eq $before.SleepPluggedIn) { return }
    powercfg.exe /setacvalueindex SCHEME_CURRENT SUB_SLEEP STANDBYIDLE $before.SleepPluggedIn | Out-Null
    powercfg.exe /setdcvalueindex SCHEME_CURRENT SUB_SLEEP STANDBYIDLE $before.SleepOnBattery | Out-Null
    powercfg.exe /setactive SCHEME_CURRENT | Out-Null
}
