# Where the welcome screen has its region. Included by look and change.

$Welcome = 'Registry::HKEY_USERS\.DEFAULT\Control Panel\International'

# Without the key there is none, so that whatever is wanted is another.
function Get-Text($path, $name) {
    if (Test-Path -LiteralPath $path) { "$((Get-ItemProperty -LiteralPath $path -ErrorAction Stop).$name)" } else { '' }
}
