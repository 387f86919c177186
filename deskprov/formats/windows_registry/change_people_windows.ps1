# Sets and removes values in the registries of people, each of which is loaded once for all of them.
#
# Whose registry is in use by somebody else is left alone; the look afterwards says whose. An item that fails does not
# stop the others, only those that need it. When one registry stays loaded no other is. How each went stands in $Ansible.Result.items; `Only` is one item alone,
# whose failure is that of the script.

[CmdletBinding(SupportsShouldProcess)]
param([object[]]$Items = @(), [int[]]$Failed = @(), [object]$Only)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

#include deskprov.formats.windows_pack/data_windows.ps1
#include deskprov.formats.windows_registry/value_windows.ps1
#include deskprov.formats.windows_registry/hives_windows.ps1
#include deskprov.formats.windows_registry/copies_windows.ps1

$MessageLength = 200
$Rounds = 3
$SecondsBetween = 2
# far below what a step may take (step_minutes), which would end this with a registry loaded
$SecondsForAll = 300
$Stuck = 'The registry of {0} stays loaded as HKU\{1}: restart the PC, or run this again, before they log on. ' +
    'They would get a temporary profile.'
$Hindered = 'HKU\{0} stays loaded, so that nothing more is. Restart the PC, then run this again.'
$Late = 'there was no time left. Run this again.'

function Set-ForAll($who, $asked) {
    $people = @(Get-InTurn @(Get-Person $who))
    $script:Left = @()
    for ($round = 1; $round -le $Rounds -and $people.Count; $round++) {
        if ($round -gt 1) { Start-Sleep -Seconds $SecondsBetween }
        $people = @(foreach ($person in $people) { if (-not (Set-ForOne $person $asked)) { $person } })
    }
    if (-not $script:Left.Count) { return }
    $why = if ($script:Stays) { $Hindered -f $script:Stays } else { $Late }
    foreach ($answer in $asked) { if (-not $answer.failed) { Set-Failure $answer "$(Get-NotSet) $why" } }
}

# False when it is somebody else's at the moment, or cannot be loaded.
function Set-ForOne($person, $asked) {
    if (Test-Loaded $person) {
        Set-Each $person.sid $person $asked
        # who has logged off meanwhile has taken their registry along
        return Test-Loaded $person
    }
    if ($script:Stays -or (Get-Date) -gt $until) {
        $script:Left += Get-Called $person
        return $true
    }
    if ($Ansible.CheckMode) { return Set-InCopy $person $asked }
    if (-not (Test-Free $person.file)) { return $false }
    $name = Get-NewName
    if (-not (Mount-Hive $name $person.file)) { return $false }
    try { Set-Each $name $person $asked }
    finally {
        if (-not (Dismount-Hive $name $SecondsToUnload)) {
            $script:Stays = $name
            foreach ($answer in $asked) { Set-Failure $answer ($Stuck -f (Get-Called $person), $name) }
        }
    }
    $true
}

# In check mode, which sets nothing.
function Set-InCopy($person, $asked) {
    $copy = Mount-Copy $person
    if ($copy.left) { return $false }
    try { Set-Each $copy.name $person $asked }
    finally { $null = Dismount-Copy $copy.name }
    $true
}

function Set-Each($hive, $person, $asked) {
    foreach ($answer in $asked) {
        if (Test-Unmet $answer) {
            $answer.skipped = -not $answer.failed
            continue
        }
        try {
            if (Set-One $hive $answer.item) { $answer.changed = $true }
        }
        catch {
            if ($hive -eq $person.sid -and -not (Test-Loaded $person)) { return }
            Set-Failure $answer "For $(Get-Called $person): $($_.Exception.Message)"
        }
    }
}

# True when something was changed, or would be.
function Set-One($hive, $item) {
    $root = Get-Item -LiteralPath $Users
    $path = "$hive\$($item.path)"
    $before = Get-Value $root $path $item.name
    if ($item.state -eq 'absent') {
        if ($null -eq $before) { return $false }
        if (-not $Ansible.CheckMode) {
            $key = $root.OpenSubKey($path, $true)
            try { $key.DeleteValue($item.name) } finally { $key.Close() }
        }
        return $true
    }
    $data = ConvertTo-Data $item.type $item.data
    if ($null -ne $before -and $before.kind -eq $item.type -and (Test-Same @($before.data) @($data))) { return $false }
    if (-not $Ansible.CheckMode) {
        $key = $root.CreateSubKey($path)
        try { $key.SetValue($item.name, $data, $item.type) } finally { $key.Close() }
    }
    $true
}

function Set-Failure($answer, $message) {
    if ($message.Length -gt $MessageLength) { $message = $message.Substring(0, $MessageLength) }
    $answer.failed, $answer.skipped, $answer.msg = $true, $false, $message
    $failures[$answer.number] = $true
}

function Test-Unmet($answer) {
    [bool]@(@($answer.item.needs) | Where-Object { $failures.ContainsKey([int]$_) }).Count
}

function Get-NotSet {
    $more = $script:Left.Count - 1
    "Not set for $($script:Left[0])$(if ($more) { " and $more more" }):"
}

function Get-Called($person) { if ($person.name) { $person.name } else { 'the default user' } }

$failures = @{}
foreach ($number in $Failed) { $failures[$number] = $true }
if ($null -ne $Only) { $Items = @($Only) }
$answers = @(foreach ($item in $Items) {
    @{ number = [int]$item.number; changed = $false; failed = $false; skipped = $false; msg = ''; item = $item }
})
$until = (Get-Date).AddSeconds($SecondsForAll)
$script:Stays = if (-not $Ansible.CheckMode) { @(Clear-LeftOver $SecondsToUnload)[0] }
foreach ($who in 'default-user', 'every-user') {
    $asked = @($answers | Where-Object { $_.item.who -eq $who })
    if ($asked.Count) { Set-ForAll $who $asked }
}
foreach ($answer in $answers) {
    if ($answer.changed) { $Ansible.Changed = $true }
    $answer.Remove('item')
}
if ($null -ne $Only -and $answers[0].failed) { throw $answers[0].msg }
$Ansible.Result = @{ items = $answers }
