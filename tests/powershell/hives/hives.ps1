# Stand-ins for what loads the registries of people. A file of one is JSON, in the form of the engine's registry.
#
# Keys below HKEY_USERS are counted while they are open, as Windows does: a hive in which one is open is not unloaded
# ("Access is denied", learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regunloadkeyw). What is told to reg.exe
# stands in hives.log. $Hives has `running` (when each process
# started, by its id; our own started at 1), `stays` (how often nothing is unloaded), `arrives` and `leaves`
# (SIDs: who logs on just when their file is to be loaded, and who logs off as soon as they are looked at), `slow` (how
# many seconds later every look at the clock finds it), `second` (when it begins) and `denied` (how a path ends that nobody may open).

$global:Files = @{}
$global:Refused = 0
$global:Denied = $Hives.denied
class UsersKey {
    [object]$Key
    [object] OpenSubKey([string]$path) { return $this.OpenSubKey($path, $false) }
    [object] OpenSubKey([string]$path, [bool]$writable) {
        if ($global:Denied -and $path.EndsWith($global:Denied)) {
            throw [System.Security.SecurityException]'Requested registry access is not allowed.'
        }
        $found = $this.Key.OpenSubKey($path)
        if ($null -eq $found) { return $null }
        return [OpenKey]::new($found, $path.Split('\')[0], $writable)
    }
    [object] CreateSubKey([string]$path) {
        $parts = $path.Split('\')
        $at = $this.Key.OpenSubKey($parts[0])
        if ($null -eq $at) { throw [System.IO.IOException]'The parameter is incorrect.' }
        foreach ($part in $parts[1..($parts.Count - 1)]) { $at = New-Inner $at $part }
        return [OpenKey]::new($at, $parts[0], $true)
    }
}

function Get-Item {
    [CmdletBinding()]
    param([string]$LiteralPath)
    $found = & (Get-Command -Name Get-Item -CommandType Cmdlet) -LiteralPath $LiteralPath -ErrorAction Stop
    if ($LiteralPath -ne 'Registry::HKEY_USERS') { return $found }
    if ($Hives.leaves) { $null = (Get-Inner $found 'Keys').Remove($Hives.leaves) }
    $users = [UsersKey]::new()
    $users.Key = $found
    $users
}

# https://learn.microsoft.com/windows-server/administration/windows-commands/reg-load and reg-unload
# The errors are in the language of Windows; only the exit status is not.
function reg.exe {
    Add-Content -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'hives.log') -Encoding UTF8 -Value "$args"
    $name = $args[1].Substring(4)
    $users = & (Get-Command -Name Get-Item -CommandType Cmdlet) -LiteralPath 'Registry::HKEY_USERS'
    $failed = if ($args[0] -eq 'load') { Import-Hive $users $name $args[2] } else { Export-Hive $users $name }
    if ($failed) { Write-Error -Message "ERROR: $failed" }
    $global:LASTEXITCODE = [int][bool]$failed
}

function Import-Hive($users, $name, $file) {
    if ($Hives.arrives -and $file -like "$($Hives.arrives.folder)*") {
        $null = New-Inner $users $Hives.arrives.sid
        return 'El proceso no tiene acceso al archivo porque lo esta usando otro.'
    }
    if ($file -in $global:Files.Values) { return 'El proceso no tiene acceso al archivo porque lo esta usando otro.' }
    try { $data = ConvertFrom-Json -InputObject (Get-Content -LiteralPath $file -Raw -Encoding UTF8) }
    catch { return 'El Registro esta danado.' }
    $global:Files[$name] = $file
    Import-Key (New-Inner $users $name) $data
}

function Import-Key($key, $data) {
    foreach ($each in $data.values.PSObject.Properties) {
        if (-not $each) { continue }
        $value = New-Object -TypeName PsEngine.RegistryValue
        $value.Kind = $each.Value.kind
        $value.Data = switch ($each.Value.kind) {
            'DWord' { [int]('0x{0:x}' -f [long]$each.Value.data) }
            'QWord' { [long]$each.Value.data }
            { $_ -in 'Binary', 'None' } { , [System.Convert]::FromHexString($each.Value.data) }
            'MultiString' { , [string[]]@($each.Value.data) }
            default { [string]$each.Value.data }
        }
        (Get-Inner $key 'Values')[$(if ($each.Name -eq '(default)') { '' } else { $each.Name })] = $value
    }
    foreach ($each in $data.keys.PSObject.Properties) { if ($each) { Import-Key (New-Inner $key $each.Name) $each.Value } }
}

function Export-Hive($users, $name) {
    if ($global:OpenKeys[$name] -gt 0 -or $global:Refused -lt $Hives.stays) {
        $global:Refused++
        return 'Acceso denegado.'
    }
    $key = $users.OpenSubKey($name)
    if ($null -eq $key) { return 'El parametro no es correcto.' }
    if ($global:Files[$name]) {
        Set-Content -LiteralPath $global:Files[$name] -Value (ConvertTo-Json -InputObject (Export-Key $key) -Depth 30) -Encoding UTF8
        $global:Files.Remove($name)
    }
    $null = (Get-Inner $users 'Keys').Remove($name)
}

function Export-Key($key) {
    $values = @{}
    foreach ($name in $key.GetValueNames()) {
        $data = $key.GetValue($name, $null, 'DoNotExpandEnvironmentNames')
        $kind = $key.GetValueKind($name)
        if ($kind -eq 'DWord') { $data = [long][uint32]('0x{0:x}' -f $data) }
        if ($kind -in 'Binary', 'None') { $data = -join @($data | ForEach-Object { '{0:x2}' -f $_ }) }
        # ConvertFrom-Json takes no empty name
        $values[$(if ($name) { $name } else { '(default)' })] = @{ kind = $kind; data = $data }
    }
    $keys = @{}
    foreach ($name in $key.GetSubKeyNames()) { $keys[$name] = Export-Key (Get-Inner $key 'Keys')[$name] }
    @{ values = $values; keys = $keys }
}

# https://learn.microsoft.com/powershell/module/microsoft.powershell.management/get-process?view=powershell-5.1
function Get-Process {
    [CmdletBinding()]
    param([int]$Id)
    $started = if ($Id -eq $PID) { 1 } else { $Hives.running."$Id" }
    if ($started) { return [pscustomobject]@{ Id = $Id; StartTime = [datetime]::FromFileTimeUtc($started) } }
    Write-Error -Message "Cannot find a process with the process identifier $Id."
}

# https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/get-date?view=powershell-5.1
$global:Looks = 0
function Get-Date { ([datetime]'2026-01-01').AddSeconds($Hives.second + $Hives.slow * $global:Looks++) }

function Start-Sleep { Add-Content -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'hives.log') -Encoding UTF8 -Value "sleep $args" }
