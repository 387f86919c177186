# Runs on the machine: lets it reboot some seconds later, so that this answer still comes back; gives the life it is in.
#
# Exit codes: System Error Codes, 1115 ERROR_SHUTDOWN_IN_PROGRESS, 1190 ERROR_SHUTDOWN_IS_SCHEDULED.

$Boot = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters'
$Seconds = 5
$InProgress = 1115
$Scheduled = 1190

# Whoever sits there, and the event log, get the reason: without what a command line could take for something else.
function look($why) {
    $life = (Get-ItemProperty -LiteralPath $Boot -ErrorAction Stop).BootId
    if ($null -eq $life) { throw 'Windows does not count its starts: there is no BootId.' }
    $reason = 'deskprov: ' + ($why -creplace '[^A-Za-z0-9 .,_-]', ' ')
    if ($reason.Length -gt 200) { $reason = $reason.Substring(0, 200) }
    $null = shutdown.exe /r /t $Seconds /d 'p:4:1' /c $reason
    if ($LASTEXITCODE -eq $Scheduled) { throw 'Somebody has set a time at which it shuts down; shutdown /a there calls it off.' }
    if ($LASTEXITCODE -ne 0 -and $LASTEXITCODE -ne $InProgress) { throw "shutdown ended with $LASTEXITCODE." }
    "$life"
}
