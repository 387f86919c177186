# Stand-ins for keys of the registry as .NET opens them: they keep to the engine's registry, and take a / for what it is.
#
# learn.microsoft.com/dotnet/api/microsoft.win32.registrykey. Those left open are counted, by hive. $DeniedValues
# are names of values that nobody may set.

$global:OpenKeys = @{}
$global:DeniedValues = @()
$Inner = [System.Reflection.BindingFlags]'Instance, NonPublic'

function global:Get-Inner($key, $name) { , $key.GetType().GetProperty($name, $Inner).GetValue($key) }
function global:New-Inner($key, $name) { $key.GetType().GetMethod('Make', $Inner).Invoke($key, @($name)) }

class OpenKey {
    [object]$Key
    [string]$Hive
    [bool]$Writable
    OpenKey([object]$key, [string]$hive, [bool]$writable) {
        $this.Key, $this.Hive, $this.Writable = $key, $hive, $writable
        $global:OpenKeys[$hive]++
    }
    [void] AssertWritable() {
        if (-not $this.Writable) { throw [System.UnauthorizedAccessException]'Cannot write to the registry key.' }
    }
    [string[]] GetSubKeyNames() { return $this.Key.GetSubKeyNames() }
    [object] OpenSubKey([string]$path) { return $this.OpenSubKey($path, $false) }
    [object] OpenSubKey([string]$path, [bool]$writable) {
        $found = $this.Key.OpenSubKey($path)
        if ($null -eq $found) { return $null }
        return [OpenKey]::new($found, $this.Hive, $writable)
    }
    [object] CreateSubKey([string]$path) {
        $this.AssertWritable()
        $at = $this.Key
        foreach ($part in $path.Split('\')) { $at = New-Inner $at $part }
        return [OpenKey]::new($at, $this.Hive, $true)
    }
    [void] DeleteSubKeyTree([string]$path) {
        $this.AssertWritable()
        $above, $name = $path -split '\\(?=[^\\]*$)'
        $null = (Get-Inner $this.Key.OpenSubKey($above) 'Keys').Remove($name)
    }
    [string[]] GetValueNames() { return $this.Key.GetValueNames() }
    [string] GetValueKind([string]$name) { return $this.Key.GetValueKind($name) }
    [object] GetValue([string]$name, [object]$fallback, [object]$options) { return $this.Key.GetValue($name, $fallback, $options) }
    [void] SetValue([string]$name, [object]$data, [string]$kind) {
        $this.AssertWritable()
        if ($global:DeniedValues -contains $name) { throw [System.UnauthorizedAccessException]'Access to the registry key is denied.' }
        $value = New-Object -TypeName PsEngine.RegistryValue
        $value.Kind = @{ string = 'String'; expandstring = 'ExpandString'; dword = 'DWord'; qword = 'QWord'; multistring = 'MultiString'; binary = 'Binary'; none = 'None' }[$kind]
        $value.Data = $data
        $types = @{ dword = [int]; qword = [long]; multistring = [string[]]; binary = [byte[]]; none = [byte[]] }
        if ($types[$kind] -and $data -isnot $types[$kind]) {
            throw [System.ArgumentException]'The type of the value object did not match the specified RegistryValueKind.'
        }
        (Get-Inner $this.Key 'Values')[$name] = $value
    }
    [void] DeleteValue([string]$name) { $this.DeleteValue($name, $true) }
    [void] DeleteValue([string]$name, [bool]$must) {
        $this.AssertWritable()
        $there = (Get-Inner $this.Key 'Values').Remove($name)
        if ($must -and -not $there) { throw [System.ArgumentException]'No value exists with that name.' }
    }
    [void] Close() { $global:OpenKeys[$this.Hive]-- }
}
