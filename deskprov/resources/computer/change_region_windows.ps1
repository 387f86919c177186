# Sets region and keyboards of the welcome screen and of people who come later. Windows copies them from the account
# that asks, which is deskprov's own: so that gets them first, and its format by ansible.windows.win_region before this.
# Windows 11 has a command for the copy. Before that the keys are copied into both hives, people who come later first, and
# each over what is there: whenever this is killed, nobody is without a format. What the look asks for comes last.
#
# https://learn.microsoft.com/powershell/module/international/copy-userinternationalsettingstosystem

[CmdletBinding(SupportsShouldProcess)]
param([int]$GeoId, [string]$Format, [string[]]$Keyboards)

#include deskprov.formats.windows_registry/hives_windows.ps1
#include deskprov.resources.computer/welcome_windows.ps1

$Copied = 'Keyboard Layout', 'Control Panel\Input Method', 'Control Panel\International'

function Test-Welcome {
    if ($Format -and (Get-Text $Welcome 'LocaleName') -ne $Format) { return $false }
    if ($GeoId -and (Get-Text "$Welcome\Geo" 'Nation') -ne "$GeoId") { return $false }
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
        reg.exe copy "HKCU\$key" "HKU\$hive\$key" /s /f 2>&1 | Out-Null
        if ($LASTEXITCODE) { throw "The settings could not be copied to HKU\$hive (reg.exe ended with $LASTEXITCODE)." }
        $own = (Get-Item -LiteralPath 'Registry::HKEY_CURRENT_USER').OpenSubKey($key)
        $theirs = (Get-Item -LiteralPath $Users).OpenSubKey("$hive\$key", $true)
        try { Remove-Surplus $own $theirs }
        finally {
            $own.Close()
            $theirs.Close()
        }
    }
}

# What only the second has. What .NET has opened it closes, so that the hive can be unloaded.
function Remove-Surplus($own, $theirs) {
    $names = $own.GetValueNames()
    foreach ($name in $theirs.GetValueNames()) { if ($names -notcontains $name) { $theirs.DeleteValue($name) } }
    $names = $own.GetSubKeyNames()
    foreach ($name in $theirs.GetSubKeyNames()) {
        if ($names -notcontains $name) {
            $theirs.DeleteSubKeyTree($name)
            continue
        }
        $ownBelow, $theirsBelow = $own.OpenSubKey($name), $theirs.OpenSubKey($name, $true)
        try { Remove-Surplus $ownBelow $theirsBelow }
        finally {
            $ownBelow.Close()
            $theirsBelow.Close()
        }
    }
}

function Copy-ToNewPeople {
    $stays = @(Clear-LeftOver $SecondsToUnload)[0]
    if ($stays) { throw "HKU\$stays was left loaded by an earlier run. Restart the computer, then run this again." }
    $name = Get-NewName
    $file = (Get-Person 'default-user').file
    if (-not (Test-Free $file) -or -not (Mount-Hive $name $file)) {
        throw 'The settings of people who come later are in use. Run this again.'
    }
    try { Copy-ToHive $name }
    finally { $unloaded = Dismount-Hive $name $SecondsToUnload }
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
    Copy-ToHive '.DEFAULT'
}
