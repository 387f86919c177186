# Looks at a value of the registry. Included by scripts that look at values.

# The kind and the data of a value below a key that is open, or nothing when it is not there. Where methods may run.
#
# .NET opens the key, because PowerShell's own commands take a / in the name of a key for a \ (PowerShell issue 5536);
# and it is closed here, because a key that stays open keeps the hive loaded that it is in.
function Get-Value($root, $path, $name) {
    $key = $root.OpenSubKey($path)
    if ($null -eq $key) { return }
    try {
        if ($key.GetValueNames() -notcontains $name) { return }
        $data = $key.GetValue($name, $null, 'DoNotExpandEnvironmentNames')
        @{ kind = "$($key.GetValueKind($name))"; data = $data }
    }
    finally { $key.Close() }
}

# The same where only cmdlets may run (ConstrainedLanguage): of no kind, and with its %NAMES% replaced.
function Get-ValueByCmdlet($path, $name) {
    if ($path -like '*/*') { throw 'Only cmdlets may run there, which take a / in the name of a key for a \.' }
    if (-not (Test-Path -LiteralPath $path)) { return }
    $shown = if ($name) { $name } else { '(default)' }
    if ((Get-Item -LiteralPath $path -ErrorAction Stop).Property -notcontains $shown) { return }
    @{ kind = ''; data = (Get-ItemProperty -LiteralPath $path -ErrorAction Stop).$shown }
}
