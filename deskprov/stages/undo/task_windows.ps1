# Makes the task of an undo. Included by the programs that need it; what it stands on is in shared_windows.ps1.

$System = 'S-1-5-18'

# As the system: at each start, and every minute since a day that no clock is set back to. What is due, the undo itself
# knows. The policy for scripts is for files, not for what is read from one.
function Register-Undo($token) {
    # it becomes part of a command line
    if ($token -notmatch '^[0-9A-Za-z]+$') { throw 'The word for this undo is not of letters and digits.' }
    $name = Get-TaskName $token
    $text = "& ([scriptblock]::Create([System.IO.File]::ReadAllText('$Program'))) $token"
    $powershell = "$env:SystemRoot\System32\WindowsPowerShell\v1.0\powershell.exe"
    $action = New-ScheduledTaskAction -Execute $powershell -Argument "-NoProfile -NonInteractive -Command `"$text`""
    $often = New-ScheduledTaskTrigger -Once -At ([datetime]'2000-01-01') -RepetitionInterval (New-TimeSpan -Minutes 1)
    $start = New-ScheduledTaskTrigger -AtStartup
    $principal = New-ScheduledTaskPrincipal -UserId $System -LogonType ServiceAccount -RunLevel Highest
    $how = @{
        StartWhenAvailable = $true
        AllowStartIfOnBatteries = $true
        DontStopIfGoingOnBatteries = $true
        ExecutionTimeLimit = New-TimeSpan -Minutes 10
    }
    $settings = New-ScheduledTaskSettingsSet @how
    $null = Register-ScheduledTask -TaskName $name -Action $action -Trigger $often, $start -Principal $principal -Settings $settings -Force
    if ('Ready', 'Running' -notcontains "$((Get-ScheduledTask -TaskName $name).State)") { throw 'Windows does not start the task of the undo.' }
    if (-not (Get-ScheduledTaskInfo -TaskName $name).NextRunTime) { throw 'Windows has no time for the task of the undo.' }
}
