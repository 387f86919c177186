# Runs on the machine: the kind and the data of a registry value, or nothing when it is not there.
#
# The kind, and data with its %NAMES% as they are, come from methods, which ConstrainedLanguage mode does not allow:
# there the kind stays empty.

function look($argument) {
    $path, $name = $argument
    if (-not (Test-Path -LiteralPath $path)) { return }
    $key = Get-Item -LiteralPath $path -ErrorAction Stop
    if ($key.Property -notcontains $name) { return }
    if ($ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage') {
        $data = $key.GetValue($name, $null, 'DoNotExpandEnvironmentNames')
        return @{ kind = "$($key.GetValueKind($name))"; data = $data }
    }
    @{ kind = ''; data = (Get-ItemProperty -LiteralPath $path -ErrorAction Stop).$name }
}
