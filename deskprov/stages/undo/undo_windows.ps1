# Runs on the machine, as the system, by its own task: brings back what was saved of our way in, and says so.
#
# A lock decides between this and a confirmation that comes at the same moment: whoever has it first finds what was saved.
# Whatever fails, the rest is brought back all the same. After a power cut in the middle, it all begins anew.

$ErrorActionPreference = 'Stop'
$Root = Join-Path -Path $env:SystemRoot -ChildPath 'deskprov'
$Folder = Join-Path -Path $Root -ChildPath 'undo'
$Lock = Join-Path -Path $Root -ChildPath 'lock'
$Saved = Join-Path -Path $Folder -ChildPath 'saved.json'
$Firewall = Join-Path -Path $Folder -ChildPath 'firewall.wfw'
$Profiles = Join-Path -Path $Folder -ChildPath 'networks'
$Task = 'deskprov undo'
$Boot = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters'
$Modes = @{ Auto = 'auto'; Delayed = 'delayed-auto'; Manual = 'demand'; Disabled = 'disabled' }
$Patience = 600

function Restore-All {
    if (-not (Test-Path -LiteralPath $Folder)) { return }
    $held = Get-Lock
    try {
        if (-not (Test-Path -LiteralPath $Saved)) { return }
        $kept = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Saved))
        if (-not (Test-Due $kept)) { return }
        $problems = @(foreach ($step in Get-Step $kept) { Get-Problem $step })
        $undone = @{ token = $kept.token; changes = @($kept.changes); problems = $problems }
        Save-Text (Join-Path -Path $Folder -ChildPath 'undone.json') (ConvertTo-Json -InputObject $undone -Depth 4 -Compress)
        Clear-Saved
    }
    finally { $held.Dispose() }
    if ($kept.reboots) { $null = shutdown.exe /r /t 5 /d p:4:1 /c 'deskprov: a change that nobody confirmed was taken back' }
}

# Both triggers wake this. In a later life it waits until whoever made the change has had the time again.
function Test-Due($kept) {
    if (Test-Path -LiteralPath (Join-Path -Path $Folder -ChildPath 'now')) { return $true }
    try {
        if ("$((Get-ItemProperty -LiteralPath $Boot).BootId)" -eq $kept.life) { return $true }
        $started = (Get-CimInstance -ClassName Win32_OperatingSystem).LastBootUpTime
        return ((Get-Date) - $started).TotalSeconds -ge $kept.seconds
    }
    catch { return $true }
}

function Get-Lock {
    for ($tried = 0; $tried -lt $Patience; $tried++) {
        try { return [System.IO.File]::Create($Lock, 1, [System.IO.FileOptions]::DeleteOnClose) }
        catch { Start-Sleep -Milliseconds 100 }
    }
    throw 'It is being confirmed, and that does not end.'
}

function Get-Step($kept) {
    foreach ($place in $kept.registry) { @{ of = 'registry'; what = $place } }
    @{ of = 'firewall' }
    @{ of = 'account'; what = $kept.account }
    @{ of = 'networks' }
    foreach ($service in $kept.services) { @{ of = 'service'; what = $service } }
    @{ of = 'domain'; what = $kept.domain }
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
        }
    }
    catch { "$($_.Exception.Message)" }
}

function Restore-Place($place) {
    $known = @($place.keys | ForEach-Object { $_.path })
    if ($place.extent -ne 'value') { Remove-NewKey $place.path $known $place.extent }
    foreach ($key in $place.keys) { Restore-Key $key ($place.extent -eq 'value') }
    if ($place.extent -eq 'value' -and -not @($place.keys | ForEach-Object { $_.values } | Where-Object { $_ }).Count) {
        Remove-Value $place.path $place.name
    }
}

# Keys that were not there before, the deepest of them with all in them.
function Remove-NewKey($path, $known, $extent) {
    if (-not (Test-Path -LiteralPath $path)) { return }
    if ($known -notcontains $path) {
        Remove-Item -LiteralPath $path -Recurse -Force
        return
    }
    if ($extent -ne 'tree') { return }
    foreach ($below in @(Get-ChildItem -LiteralPath $path)) { Remove-NewKey "$path\$($below.PSChildName)" $known $extent }
}

function Restore-Key($key, $alone) {
    if (-not (Test-Path -LiteralPath $key.path)) { $null = New-Item -Path $key.path -Force }
    $now = Get-Item -LiteralPath $key.path
    $names = @($key.values | ForEach-Object { $_.name })
    foreach ($name in @($now.GetValueNames())) {
        if (-not $alone -and $names -notcontains $name) { Remove-ItemProperty -LiteralPath $key.path -Name $name }
    }
    foreach ($value in $key.values) {
        if (-not $value) { continue }
        if (-not (Test-Same $now $value)) {
            $null = New-ItemProperty -LiteralPath $key.path -Name $value.name -PropertyType $value.kind -Value (Get-Data $value) -Force
        }
    }
}

function Test-Same($now, $value) {
    if (@($now.GetValueNames()) -notcontains $value.name) { return $false }
    if ("$($now.GetValueKind($value.name))" -ne $value.kind) { return $false }
    $data = $now.GetValue($value.name, $null, 'DoNotExpandEnvironmentNames')
    (@($data) -join "`n") -ceq (@($value.data) -join "`n")
}

function Get-Data($value) {
    if ($value.kind -eq 'Binary') { return , [byte[]]@($value.data) }
    if ($value.kind -eq 'MultiString') { return , [string[]]@($value.data) }
    # a number above 2,147,483,647 has its sign in a DWord
    if ($value.kind -eq 'DWord') { return [BitConverter]::ToInt32([BitConverter]::GetBytes([long]$value.data), 0) }
    $value.data
}

function Remove-Value($path, $name) {
    if (-not (Test-Path -LiteralPath $path)) { return }
    if (@((Get-Item -LiteralPath $path).GetValueNames()) -contains $name) { Remove-ItemProperty -LiteralPath $path -Name $name }
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

function Save-Text($path, $text) {
    $bytes = (New-Object System.Text.UTF8Encoding $false).GetBytes($text)
    $file = New-Object System.IO.FileStream "$path.new", 'Create', 'Write', 'None'
    $file.Write($bytes, 0, $bytes.Length)
    $file.Flush($true)
    $file.Dispose()
    Move-Item -LiteralPath "$path.new" -Destination $path -Force
}

# What it was taken back to goes, too; that it was taken back stays until deskprov has heard of it.
function Clear-Saved {
    Remove-Item -LiteralPath $Saved -Force
    if (Test-Path -LiteralPath $Firewall) { Remove-Item -LiteralPath $Firewall -Force }
    if (Test-Path -LiteralPath $Profiles) { Remove-Item -LiteralPath $Profiles -Recurse -Force }
    Unregister-ScheduledTask -TaskName $Task -Confirm:$false
}

Restore-All
