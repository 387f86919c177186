# Sets region and keyboards of the welcome screen and of people who come later. Windows copies them from the account
# that asks, which is deskprov's own: so that gets them first, and its format by ansible.windows.win_region before this.
# Windows 11 has a command for the copy. Before that the keys are copied into both hives, people who come later first.
#
# https://learn.microsoft.com/powershell/module/international/copy-userinternationalsettingstosystem

[CmdletBinding(SupportsShouldProcess)]
param([int]$GeoId, [string]$Format, [string[]]$Keyboards)

#include deskprov.formats.windows_registry/hives_windows.ps1

$Welcome = 'Registry::HKEY_USERS\.DEFAULT\Control Panel\International'
$Copied = 'Control Panel\International', 'Control Panel\Input Method', 'Keyboard Layout'

function Test-Welcome {
    if ($Format -and (Get-ItemProperty -LiteralPath $Welcome).LocaleName -ne $Format) { return $false }
    if ($GeoId -and (Get-ItemProperty -LiteralPath "$Welcome\Geo").Nation -ne "$GeoId") { return $false }
    if (-not $Keyboards) { return $true }
    $people = "$Welcome\User Profile"
    if (-not (Test-Path -LiteralPath $people)) { return $false }
    $languages = @($Keyboards | ForEach-Object { ($_ -split '/')[0] })
    if ((@((Get-ItemProperty -LiteralPath $people).Languages) -join ' ') -ne ($languages -join ' ')) { return $false }
    foreach ($each in $Keyboards) {
        $language, $layout = $each -split '/'
        if ($layout -and (Get-ItemProperty -LiteralPath "$people\$language").$layout -ne 1) { return $false }
    }
    $true
}

function Set-OwnKeyboard {
    $all = $null
    foreach ($each in $Keyboards) {
        $language, $layout = $each -split '/'
        $made = New-WinUserLanguageList -Language $language -ErrorAction Stop
        if (-not $made.Count -or -not $made[0].LanguageTag) { throw "Windows knows no language $language." }
        if ($layout) {
            $null = $made[0].InputMethodTips.Clear()
            $null = $made[0].InputMethodTips.Add($layout)
        }
        if ($null -eq $all) { $all = $made } else { $null = $all.Add($made[0]) }
    }
    Set-WinUserLanguageList -LanguageList $all -Force -WarningAction SilentlyContinue -ErrorAction Stop
}

function Copy-ToHive($hive) {
    foreach ($key in $Copied) {
        reg.exe delete "$hive\$key" /f 2>&1 | Out-Null
        reg.exe copy "HKCU\$key" "$hive\$key" /s /f 2>&1 | Out-Null
        if ($LASTEXITCODE) { throw "The settings could not be copied to $hive (reg.exe ended with $LASTEXITCODE)." }
    }
}

function Copy-ToNewPeople {
    Clear-LeftOver
    $name = Get-NewName
    $file = (Get-Person 'default-user').file
    if (-not (Mount-Hive $name $file)) { throw 'The settings of people who come later are in use. Run this again.' }
    try { Copy-ToHive "HKU\$name" }
    finally { $unloaded = Dismount-Hive $name }
    if (-not $unloaded) { throw "HKU\$name stayed loaded. Run this again, or restart the computer." }
}

$Ansible.Changed = $false
if (Test-Welcome) { return }
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }
if ($GeoId) { Set-WinHomeLocation -GeoId $GeoId -ErrorAction Stop }
if ($Keyboards) { Set-OwnKeyboard }
if (Get-Command -Name Copy-UserInternationalSettingsToSystem -ErrorAction SilentlyContinue) {
    Copy-UserInternationalSettingsToSystem -WelcomeScreen $true -NewUser $true -ErrorAction Stop
}
else {
    Copy-ToNewPeople
    Copy-ToHive 'HKU\.DEFAULT'
}
