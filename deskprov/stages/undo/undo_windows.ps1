# Runs on the machine, as the system, by its own task: brings back what was saved of our way in, and says so.
#
# A lock decides between this and a confirmation that comes at the same moment: whoever has it first finds what was saved.
# Whatever fails, the rest is brought back all the same, and all of it is tried again at the next minute. What was saved
# goes last, so that a power cut in the middle begins it anew.

param($Token)

$ErrorActionPreference = 'Stop'

#include deskprov.stages.undo/shared_windows.ps1

$Machine = Get-Item -LiteralPath 'Registry::HKEY_LOCAL_MACHINE'
$Modes = @{ Auto = 'auto'; Delayed = 'delayed-auto'; Manual = 'demand'; Disabled = 'disabled' }
$Tries = 60
# ERROR_SHUTDOWN_IN_PROGRESS and ERROR_SHUTDOWN_IS_SCHEDULED
$RestartsAnyhow = 1115, 1190

function Restore-All {
    if (-not (Test-Path -LiteralPath $Folder)) {
        Remove-Task $Token
        return
    }
    $held = Get-Lock
    try { Restore-Own }
    finally { $held.Dispose() }
    Remove-EmptyRoot
}

function Restore-Own {
    if (-not (Test-Path -LiteralPath $Saved)) { return Clear-HalfArmed }
    $kept = Get-Json $Saved
    if ($kept.token -ne $Token) { return Remove-Task $Token }
    if (Test-Due $kept) { Restore-Saved $kept }
}

# Whoever armed it was cut off at it, and nothing was changed.
function Clear-HalfArmed {
    if (-not (Test-Path -LiteralPath $Undone)) { Remove-Item -LiteralPath $Folder -Recurse -Force }
    Remove-Task $Token
}

# This is woken every minute. In a later life it waits until whoever made the change has had the time again.
function Test-Due($kept) {
    if (Test-Path -LiteralPath $Now) { return $true }
    $begun = Get-Json $Since
    $life, $up = (Get-LifeOr $begun.life), (Get-Up)
    if ($life -ne $begun.life -or $up -lt $begun.up) {
        Save-Since $life
        return $false
    }
    $up - $begun.up -ge $kept.seconds
}

# One that cannot be told is no new one, so that it does not wait for ever.
function Get-LifeOr($otherwise) {
    try { Get-Life }
    catch { $otherwise }
}

# What has begun is brought to its end, in another life at once, and cannot be confirmed any more. The restart is ordered
# before what was saved goes, so that it is not forgotten, whatever ends this in between.
function Restore-Saved($kept) {
    $null = New-Item -Path $Now -ItemType File -Force
    $tried = 1
    if (Test-Path -LiteralPath $Failed) { $tried += (Get-Json $Failed).tried }
    $problems = @(foreach ($step in Get-Step $kept) { Get-Problem $step })
    $last = $tried -ge $Tries
    if ($kept.reboots -and ($last -or -not $problems.Count)) { $problems += @(Get-Problem @{ of = 'restart' }) }
    if ($problems.Count -and -not $last) {
        Save-Json $Failed @{ tried = $tried; problems = $problems }
        return
    }
    $problems += @(Get-Problem @{ of = 'domain'; what = $kept.domain })
    Save-Json $Undone @{ token = $kept.token; changes = @($kept.changes); problems = $problems }
    Clear-Saved
}

function Get-Step($kept) {
    foreach ($place in $kept.registry) { @{ of = 'registry'; what = $place } }
    @{ of = 'firewall' }
    @{ of = 'account'; what = $kept.account }
    @{ of = 'networks' }
    foreach ($service in $kept.services) { @{ of = 'service'; what = $service } }
}

# What did not go, in words; nothing when it went.
function Get-Problem($step) {
    try {
        switch ($step.of) {
            'registry' { Restore-Place $step.what }
            'firewall' { Restore-Firewall }
            'account' { Restore-Account $step.what }
            'networks' { Restore-Network }
            'service' { Restore-Service $step.what }
            'domain' { Test-Domain $step.what }
            'restart' { Restart-Soon }
        }
    }
    catch { "$($_.Exception.Message)" }
}

# One problem does not stop the others of a place. .NET opens the keys, because PowerShell's own commands take a / in the
# name of a key for a \, and some names of values for wildcards.
function Restore-Place($place) {
    $alone = $place.extent -eq 'value'
    if (-not $alone) { Remove-NewKey (Get-Below $place.path) @($place.keys | ForEach-Object { Get-Below $_.path }) $place.extent }
    foreach ($key in $place.keys) {
        try { Restore-Key (Get-Below $key.path) $key.values $(if ($alone) { $place.name }) }
        catch { "$($key.path): $($_.Exception.Message)" }
    }
    if ($alone -and -not @($place.keys).Count) { Remove-ValueAlone (Get-Below $place.path) $place.name }
}

# As it is called below HKEY_LOCAL_MACHINE.
function Get-Below($path) { $path -replace '^HKLM:\\' }

# Keys that were not there before, with all in them.
function Remove-NewKey($path, $known, $extent) {
    $key = $Machine.OpenSubKey($path)
    if ($null -eq $key) { return }
    try { $below = @($key.GetSubKeyNames()) }
    finally { $key.Close() }
    if ($known -notcontains $path) {
        try { $Machine.DeleteSubKeyTree($path) }
        catch { "HKLM:\${path}: $($_.Exception.Message)" }
        return
    }
    if ($extent -ne 'tree') { return }
    foreach ($name in $below) { Remove-NewKey "$path\$name" $known $extent }
}

# All values of a key, or only the one named.
function Restore-Key($path, $values, $only) {
    $key = $Machine.CreateSubKey($path)
    try {
        $known = @($values | ForEach-Object { $_.name })
        foreach ($name in @($key.GetValueNames())) {
            if ($known -contains $name -or ($null -ne $only -and $name -ne $only)) { continue }
            try { $key.DeleteValue($name, $false) }
            catch { "HKLM:\$path, the value '$name': $($_.Exception.Message)" }
        }
        foreach ($value in $values) {
            if (-not $value -or (Test-Same $key $value)) { continue }
            try { $key.SetValue($value.name, (Get-Data $value), $value.kind) }
            catch { "HKLM:\$path, the value '$($value.name)': $($_.Exception.Message)" }
        }
    }
    finally { $key.Close() }
}

function Remove-ValueAlone($path, $name) {
    $key = $Machine.OpenSubKey($path, $true)
    if ($null -eq $key) { return }
    try { $key.DeleteValue($name, $false) }
    finally { $key.Close() }
}

function Test-Same($now, $value) {
    if (@($now.GetValueNames()) -notcontains $value.name) { return $false }
    if ("$($now.GetValueKind($value.name))" -ne $value.kind) { return $false }
    $data = $now.GetValue($value.name, $null, 'DoNotExpandEnvironmentNames')
    (@($data) -join "`n") -ceq (@($value.data) -join "`n")
}

function Get-Data($value) {
    switch ($value.kind) {
        'Binary' { return , [byte[]]@($value.data) }
        'MultiString' { return , [string[]]@($value.data) }
        'QWord' { return [long]$value.data }
        # a number above 2,147,483,647 has its sign in a DWord
        'DWord' { return [BitConverter]::ToInt32([BitConverter]::GetBytes([long]$value.data), 0) }
        default { return "$($value.data)" }
    }
}

function Restore-Firewall {
    if (-not (Test-Path -LiteralPath $Firewall)) { throw 'What was saved of the firewall is gone.' }
    $null = netsh.exe advfirewall import $Firewall
    if ($LASTEXITCODE -ne 0) { throw "The firewall: netsh ended with $LASTEXITCODE." }
}

# The account itself, its password and its days are never changed by a profile that deskprov takes.
function Restore-Account($account) {
    if (-not $account) { return }
    $user = Get-LocalUser | Where-Object { $_.Name -eq $account.name }
    if (-not $user) { throw "The account $($account.name) is gone." }
    if ($account.enabled -and -not $user.Enabled) { Enable-LocalUser -Name $account.name }
    foreach ($group in Get-LocalGroup) {
        $sid = "$($group.SID)"
        if (@($account.groups) -contains $sid) { Add-Membership $sid $account.name }
        else { Remove-Membership $sid $account.name }
    }
}

function Add-Membership($sid, $name) {
    try { Add-LocalGroupMember -SID $sid -Member $name }
    catch { if ($_.FullyQualifiedErrorId -notlike 'MemberExists*') { throw } }
}

function Remove-Membership($sid, $name) {
    try { Remove-LocalGroupMember -SID $sid -Member $name }
    catch { if ($_.FullyQualifiedErrorId -notlike 'MemberNotFound*') { throw } }
}

function Restore-Network {
    if (-not (Test-Path -LiteralPath $Profiles)) { return }
    foreach ($file in @(Get-ChildItem -LiteralPath $Profiles -Filter '*.xml' -File)) {
        $null = netsh.exe wlan add profile "filename=$($file.FullName)" user=all
        if ($LASTEXITCODE -ne 0) { throw "The Wi-Fi networks: netsh ended with $LASTEXITCODE." }
    }
    Restart-Service -Name WlanSvc -Force
}

# Windows takes how a service starts from the registry at the next start only, so that it is told. One that runs is left
# alone: what it reads when it starts was tried by a reboot, and so is what it is now.
function Restore-Service($service) {
    $name, $mode = $service.name, $Modes[$service.mode]
    $null = sc.exe config $name start= $mode
    if ($LASTEXITCODE -ne 0) { throw "The service $($service.name): sc ended with $LASTEXITCODE." }
    if ($service.running) { Start-Service -Name $name }
}

function Test-Domain($before) {
    foreach ($computer in Get-CimInstance -ClassName Win32_ComputerSystem) {
        if ($before -and -not $computer.PartOfDomain) { throw "the computer stays out of the domain $before" }
        if ($computer.PartOfDomain -and "$($computer.Domain)" -ne $before) {
            throw "the computer stays in the domain $($computer.Domain), whose policies may do the same again"
        }
    }
}

function Restart-Soon {
    $null = shutdown.exe /r /t 30 /d p:4:1 /c 'deskprov: a change that nobody confirmed was taken back'
    if ($LASTEXITCODE -ne 0 -and $RestartsAnyhow -notcontains $LASTEXITCODE) {
        throw "The restart: shutdown ended with $LASTEXITCODE."
    }
}

# What it was taken back to goes, too; that it was taken back stays until deskprov has heard of it.
function Clear-Saved {
    Remove-Item -LiteralPath $Saved -Force
    foreach ($file in $Since, $Now, $Failed, $Firewall, $Profiles) {
        if (Test-Path -LiteralPath $file) { Remove-Item -LiteralPath $file -Recurse -Force }
    }
    Remove-Task $Token
}

Restore-All
