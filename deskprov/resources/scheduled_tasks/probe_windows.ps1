# Runs on the machine: what the file of a scheduled task says, or nothing when there is none of that name.
#
# Accounts stand in it as SIDs, and nothing in it is translated. Its elements are those of
# learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema.

function look($name) {
    $tasks = "$env:SystemRoot\System32\Tasks"
    $null = Get-Item -LiteralPath $tasks -ErrorAction Stop
    if (-not (Test-Path -LiteralPath "$tasks\$name" -ErrorAction Stop)) { return }
    $task = ([xml](Get-Content -LiteralPath "$tasks\$name" -Raw -ErrorAction Stop)).Task
    if (-not $task) { throw 'the file of the task holds none' }
    $principal = $task.Principals.Principal
    @{
        actions = @(foreach ($one in $task.Actions.ChildNodes) { Get-Action $one })
        triggers = @(foreach ($one in $task.Triggers.ChildNodes) { Get-Trigger $one })
        sid = "$($principal.UserId)$($principal.GroupId)"
        level = "$($principal.RunLevel)"
        enabled = "$($task.Settings.Enabled)"
        catch_up = "$($task.Settings.StartWhenAvailable)"
        not_on_battery = "$($task.Settings.DisallowStartIfOnBatteries)"
        stop_on_battery = "$($task.Settings.StopIfGoingOnBatteries)"
    }
}

function Get-Action($action) {
    @{ kind = $action.LocalName; command = "$($action.Command)"; arguments = "$($action.Arguments)" }
}

function Get-Trigger($trigger) {
    @{
        kind = $trigger.LocalName
        enabled = "$($trigger.Enabled)"
        start = "$($trigger.StartBoundary)"
        delay = "$($trigger.Delay)"
        person = "$($trigger.UserId)"
        schedule = "$($trigger.ChildNodes | ForEach-Object { $_.LocalName } | Where-Object { $_ -like 'Schedule*' })"
        between = "$($trigger.ScheduleByDay.DaysInterval)$($trigger.ScheduleByWeek.WeeksInterval)"
        days = @(foreach ($day in $trigger.ScheduleByWeek.DaysOfWeek.ChildNodes) { $day.LocalName })
        more = [bool]($trigger.EndBoundary -or $trigger.Repetition -or $trigger.RandomDelay)
    }
}
