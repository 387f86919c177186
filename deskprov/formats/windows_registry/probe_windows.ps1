# Runs on the machine: the kind and the data of a value of the computer, or nothing when it is not there.

#include deskprov.formats.windows_registry/value_windows.ps1

function look($argument) {
    $path, $name = $argument
    if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') { return Get-ValueByCmdlet $path $name }
    Get-Value (Get-Item -LiteralPath 'Registry::HKEY_LOCAL_MACHINE') ($path -replace '^HKLM:\\') $name
}
