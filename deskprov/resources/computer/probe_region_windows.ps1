# Runs on the machine: region, format and keyboards of the welcome screen, and the system's locale. The hive of people
# who come later is not loaded to look at it: it is set first, in one go with the welcome screen's.

#include deskprov.resources.computer/welcome_windows.ps1

function look($argument) {
    $answer = @{
        regional_format = (Get-Text $Welcome 'LocaleName')
        region = (Get-Text "$Welcome\Geo" 'Nation')
        keyboards = @(Get-Keyboard)
    }
    try { $answer.system_locale = "$((Get-WinSystemLocale -ErrorAction Stop).Name)" }
    catch { $answer.failed = "$_" }
    $answer
}

# A language has its layouts as values that are numbered by their order.
function Get-Keyboard {
    $people = "$Welcome\User Profile"
    if (-not (Test-Path -LiteralPath $people)) { return }
    foreach ($language in (Get-ItemProperty -LiteralPath $people).Languages) {
        $layouts = @()
        if (Test-Path -LiteralPath "$people\$language") {
            $own = Get-ItemProperty -LiteralPath "$people\$language"
            $names = @((Get-Item -LiteralPath "$people\$language").Property | Where-Object { $_ -match '^[0-9a-fA-F]{4}:' })
            $layouts = @($names | Sort-Object -Property { $own.$_ })
        }
        @{ language = "$language"; layouts = $layouts }
    }
}
