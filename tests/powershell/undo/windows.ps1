# Stand-ins for what only Windows has, which keep their state in a file. Parameters and objects are those of the pages
# named; the registry and files are the engine's.

$StateFile = Join-Path -Path $PSScriptRoot -ChildPath 'state.json'
$State = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($StateFile))

function Save-State { [System.IO.File]::WriteAllText($StateFile, (ConvertTo-Json -InputObject $State -Depth 20)) }

$global:DeniedValues = @($State.denied) -like 'value *' -replace '^value '

# Keys are opened by .NET; whoever writes must have opened them for that.
function Get-Item {
    [CmdletBinding()]
    param([string]$LiteralPath)
    $found = & (Get-Command -Name Get-Item -CommandType Cmdlet) -LiteralPath $LiteralPath -ErrorAction Stop
    if ($LiteralPath -notlike 'Registry::*') { return $found }
    [OpenKey]::new($found, $LiteralPath, $true)
}

# By its name alone it is one of Windows only where nothing else is looked for.
function Assert-OfWindows {
    if ($env:PATH -ne "$env:SystemRoot\System32") { throw "Looked for in $env:PATH." }
}

# Access is denied to what a test names.
function Assert-Allowed($name) { if (@($State.denied) -contains $name) { throw 'Access is denied.' } }

function Add-Told($what) {
    $State.told = @(@($State.told) + $what)
    Save-State
}

# https://learn.microsoft.com/windows/win32/cimwin32prov/win32-service, win32-groupuser and win32-computersystem
function Get-CimInstance {
    [CmdletBinding()]
    param([string]$ClassName, [string]$Filter, [int]$OperationTimeoutSec)
    Assert-Allowed $ClassName
    switch ($ClassName) {
        'Win32_Service' {
            $name = $Filter -replace "^Name='|'$"
            foreach ($one in @($State.services)) { if ($one.Name -eq $name) { $one } }
        }
        'Win32_GroupUser' {
            foreach ($group in @($State.groups)) {
                if (-not $Filter.Contains("Name=\`"$($group.Name)\`"")) { continue }
                foreach ($member in @($group.members)) {
                    [pscustomobject]@{ PartComponent = [pscustomobject]@{ Domain = $env:COMPUTERNAME; Name = $member } }
                }
            }
        }
        'Win32_ComputerSystem' { [pscustomobject]@{ PartOfDomain = [bool]$State.domain; Domain = $(if ($State.domain) { $State.domain } else { 'WORKGROUP' }) } }
    }
}

# https://learn.microsoft.com/powershell/module/microsoft.powershell.localaccounts/?view=powershell-5.1
function Get-LocalUser { @($State.users) }
function Get-LocalGroup { @($State.groups) }
function Enable-LocalUser {
    [CmdletBinding()]
    param([string]$Name)
    foreach ($user in $State.users) { if ($user.Name -eq $Name) { $user.Enabled = $true } }
    Save-State
}

function New-Refusal($id) {
    New-Object System.Management.Automation.ErrorRecord ([System.Exception]$id), $id, 'NotSpecified', $null
}

function Add-LocalGroupMember {
    [CmdletBinding()]
    param([string]$SID, [string]$Member)
    Assert-Allowed 'Add-LocalGroupMember'
    foreach ($group in $State.groups) {
        if ($group.SID -ne $SID) { continue }
        if (@($group.members) -contains $Member) { $PSCmdlet.ThrowTerminatingError((New-Refusal 'MemberExists')) }
        $group.members = @(@($group.members) + $Member)
    }
    Save-State
}

function Remove-LocalGroupMember {
    [CmdletBinding()]
    param([string]$SID, [string]$Member)
    foreach ($group in $State.groups) {
        if ($group.SID -ne $SID) { continue }
        if (@($group.members) -notcontains $Member) { $PSCmdlet.ThrowTerminatingError((New-Refusal 'MemberNotFound')) }
        $group.members = @(@($group.members) | Where-Object { $_ -ne $Member })
    }
    Save-State
}

# https://learn.microsoft.com/windows-server/administration/windows-commands/netsh
function netsh.exe {
    Assert-OfWindows
    $words = "$($args[0]) $($args[1])"
    $global:LASTEXITCODE = 0
    if (@($State.denied) -contains "netsh $words") { $global:LASTEXITCODE = 1; return 'The requested operation requires elevation.' }
    switch ($words) {
        'advfirewall export' {
            if (@($State.denied) -contains 'power') { [System.Environment]::Exit(0) }
            [System.IO.File]::WriteAllText($args[2], (ConvertTo-Json -InputObject @($State.firewall))) }
        'advfirewall import' { $State.firewall = @(foreach ($rule in ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($args[2]))) { $rule }) }
        'wlan export' {
            $folder = $args[3] -replace '^folder='
            foreach ($network in @($State.networks)) { [System.IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath "Wi-Fi-$($network.name).xml"), $network.xml) }
        }
        'wlan add' { Add-Told "added $(([xml][System.IO.File]::ReadAllText(($args[3] -replace '^filename='))).WLANProfile.name) $($args[4])" }
    }
    Save-State
}

# https://learn.microsoft.com/windows-server/administration/windows-commands/sc-config
function sc.exe {
    Assert-OfWindows
    $global:LASTEXITCODE = if (@($State.denied) -contains 'sc.exe') { 5 } else { 0 }
    Add-Told "sc $($args -join ' ')"
}

function icacls.exe {
    Assert-OfWindows
    $global:LASTEXITCODE = if (@($State.denied) -contains 'icacls.exe') { 5 } else { 0 }
    Add-Told "icacls $($args[1..($args.Count - 1)] -join ' ')"
}

# https://learn.microsoft.com/windows/win32/debug/system-error-codes--1000-1299-
function shutdown.exe {
    Assert-OfWindows
    $global:LASTEXITCODE = if (@($State.denied) -contains 'shutdown.exe') { 5 } elseif ("$($State.told)" -like '*shutdown*') { 1190 } else { 0 }
    Add-Told "shutdown $($args -join ' '), $(if (Test-Path -LiteralPath "$env:SystemRoot/deskprov/undo/saved.json") { 'and what was saved is there' })"
}

function Restart-Service {
    [CmdletBinding()]
    param([string]$Name, [switch]$Force)
    Add-Told "restarted $Name"
}

function Start-Service {
    [CmdletBinding()]
    param([string]$Name)
    Add-Told "started $Name"
}

# https://learn.microsoft.com/powershell/module/scheduledtasks/?view=windowsserver2019-ps
function New-ScheduledTaskAction {
    [CmdletBinding()]
    param([string]$Execute, [string]$Argument)
    [pscustomobject]@{ Execute = $Execute; Argument = $Argument }
}

function New-ScheduledTaskTrigger {
    [CmdletBinding()]
    param([switch]$Once, [datetime]$At, [timespan]$RepetitionInterval, [switch]$AtStartup)
    if ($AtStartup) { return 'at each start' }
    "every $($RepetitionInterval.TotalSeconds) seconds since $($At.Year)"
}

function New-ScheduledTaskPrincipal {
    [CmdletBinding()]
    param([string]$UserId, [string]$LogonType, [string]$RunLevel)
    $UserId
}

function New-ScheduledTaskSettingsSet {
    [CmdletBinding()]
    param([switch]$StartWhenAvailable, [switch]$AllowStartIfOnBatteries, [switch]$DontStopIfGoingOnBatteries, [timespan]$ExecutionTimeLimit)
    ($PSBoundParameters.Keys | Sort-Object) -join ' '
}

function Register-ScheduledTask {
    [CmdletBinding()]
    param([string]$TaskName, $Action, $Trigger, $Principal, $Settings, [switch]$Force)
    Assert-Allowed 'Register-ScheduledTask'
    $made = [pscustomobject]@{ TaskName = $TaskName; State = $State.task_state; locked = Test-Path -LiteralPath "$env:SystemRoot/deskprov/lock"; action = $Action; triggers = @($Trigger); user = $Principal; settings = $Settings }
    $State.tasks = @(@($State.tasks) + $made)
    Save-State
    $made
}

function Get-ScheduledTask {
    [CmdletBinding()]
    param([string]$TaskName)
    @($State.tasks) | Where-Object { $_ -and (-not $TaskName -or $_.TaskName -eq $TaskName) }
}

function Get-ScheduledTaskInfo {
    [CmdletBinding()]
    param([string]$TaskName)
    [pscustomobject]@{ NextRunTime = $State.next_run }
}

function Unregister-ScheduledTask {
    [CmdletBinding(SupportsShouldProcess)]
    param([string]$TaskName)
    if (-not @(Get-ScheduledTask -TaskName $TaskName).Count) { throw "No MSFT_ScheduledTask objects found with property 'TaskName' equal to '$TaskName'." }
    $State.tasks = @(@($State.tasks) | Where-Object { $_.TaskName -ne $TaskName })
    Save-State
}

# What the task starts is what it was made with, but for the program itself.
function Start-ScheduledTask {
    [CmdletBinding()]
    param([string]$TaskName)
    foreach ($task in Get-ScheduledTask -TaskName $TaskName) { Start-Program $task.action.Argument }
}

function Start-Program($arguments) {
    $text = $arguments -replace '^-NoProfile -NonInteractive -Command "' -replace '"$'
    $null = & ([scriptblock]::Create($text))
}
