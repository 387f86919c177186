"""Region and keyboards of a Windows PC: what the welcome screen says, and the script that sets them, really run.

Stand-ins: the cmdlets of the International module write what they are given into HKCU of the engine's registry, in the
form in which Windows keeps it there, and the copy is one of keys. Which keys Windows 11 copies is said nowhere; the
stand-in copies those that ansible.windows.win_region copies, too.
"""

import fcntl
import json
import re
from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import Sight
from deskprov.model.plan import Action, Change, Difference
from deskprov.model.platform import Platform
from deskprov.model.resource import Resource
from deskprov.model.source import Source
from deskprov.model.task import Task
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.computer import Options
from tests.powershell import CONSTRAINED, FULL, ask, key
from tests.powershell.change import Changed, change

pytestmark = pytest.mark.powershell

PLATFORM = on_platform(BY_NAME["computer"], Platform.WINDOWS)
WANTED = Options(region="MX", regional_format="es-MX", keyboards=["es-MX", "en-US/0409:00020409"])
SEEN = {"region": "MX", "regional_format": "es-MX", "keyboards": "es-MX, en-US/0409:00020409"}

LANGUAGES = """
$Own = 'Registry::HKEY_CURRENT_USER\\Control Panel\\International'
$Theirs = 'Registry::HKEY_USERS\\.DEFAULT\\Control Panel\\International'
function Copy-Tree($from, $to) {
    $null = New-Item -Path $to -Force
    $values = Get-ItemProperty -LiteralPath $from
    foreach ($name in (Get-Item -LiteralPath $from).Property) {
        $value = $values.$name
        $kind = if ($value -is [array]) { 'MultiString' } elseif ($value -is [string]) { 'String' } else { 'DWord' }
        $null = New-ItemProperty -LiteralPath $to -Name $name -Value $value -PropertyType $kind -Force
    }
    foreach ($below in Get-ChildItem -LiteralPath $from) {
        Copy-Tree "$from\\$($below.PSChildName)" "$to\\$($below.PSChildName)"
    }
}
function Set-WinHomeLocation {
    param([int]$GeoId, $ErrorAction)
    Set-ItemProperty -LiteralPath "$Own\\Geo" -Name Nation -Value "$GeoId"
}
function New-WinUserLanguageList {
    param([string]$Language, $ErrorAction)
    $usual = @{ 'es-MX' = '080A:0000080A'; 'en-US' = '0409:00000409' }
    $list = New-Object -TypeName System.Collections.ArrayList
    if ($usual[$Language]) {
        $tips = New-Object -TypeName System.Collections.ArrayList
        $null = $tips.Add($usual[$Language])
        $null = $list.Add([pscustomobject]@{ LanguageTag = $Language; InputMethodTips = $tips })
    }
    , $list
}
function Set-WinUserLanguageList {
    param($LanguageList, [switch]$Force, $WarningAction, $ErrorAction)
    $people = "$Own\\User Profile"
    $names = @($LanguageList | ForEach-Object { $_.LanguageTag })
    $null = New-Item -Path $people -Force
    $null = New-ItemProperty -LiteralPath $people -Name Languages -Value $names -PropertyType MultiString
    foreach ($language in $LanguageList) {
        $key = "$people\\$($language.LanguageTag)"
        $null = New-Item -Path $key -Force
        $number = 0
        foreach ($tip in $language.InputMethodTips) {
            $number++
            $null = New-ItemProperty -LiteralPath $key -Name $tip -Value $number -PropertyType DWord
        }
    }
}
"""
"""learn.microsoft.com/powershell/module/international/ followed by set-winhomelocation, new-winuserlanguagelist and
set-winuserlanguagelist."""

WINDOWS_11 = """
function Copy-UserInternationalSettingsToSystem {
    param([bool]$WelcomeScreen, [bool]$NewUser, $ErrorAction)
    $State.copied = "$WelcomeScreen $NewUser"
    Remove-Item -LiteralPath $Theirs -Recurse
    Copy-Tree $Own $Theirs
}
"""
WINDOWS_10 = """
function reg.exe {
    $words = @($args | ForEach-Object { "$_" })
    $State.told = @($State.told) + ($words -join ' ')
    $global:LASTEXITCODE = [int]($State.refused -and "$words" -like "$($State.refused)*")
    if ($words[0] -eq 'unload' -and $global:Open) { $global:LASTEXITCODE = 1 }
    if ($global:LASTEXITCODE) { return }
    $hive = $words[1].Replace('HKU\\', 'Registry::HKEY_USERS\\')
    switch ($words[0]) {
        'load' { Copy-Tree $Theirs "$hive\\Control Panel\\International" }
        'copy' {
            $to = $words[2].Replace('HKU\\', 'Registry::HKEY_USERS\\')
            Copy-Tree $words[1].Replace('HKCU\\', 'Registry::HKEY_CURRENT_USER\\') $to
        }
        'unload' {
            $key = Get-ChildItem -LiteralPath "$hive\\Control Panel\\International\\User Profile"
            $State.new_people = @($key | ForEach-Object { "$($_.PSChildName)" })
            Remove-Item -LiteralPath $hive -Recurse
        }
    }
}
class Opened {
    [object]$Key
    [string]$Path
    [bool]$Writable
    Opened([object]$key, [string]$path, [bool]$writable) {
        $this.Key, $this.Path, $this.Writable = $key, $path, $writable
    }
    [string[]] GetValueNames() { return $this.Key.GetValueNames() }
    [string[]] GetSubKeyNames() { return $this.Key.GetSubKeyNames() }
    [object] OpenSubKey([string]$name) { return $this.OpenSubKey($name, $false) }
    [object] OpenSubKey([string]$name, [bool]$writable) {
        $global:Open++
        return [Opened]::new($this.Key.OpenSubKey($name), "$($this.Path)\\$name", $writable)
    }
    [void] DeleteValue([string]$name) {
        if (-not $this.Writable) { throw 'Cannot write to the registry key.' }
        Remove-ItemProperty -LiteralPath $this.Path -Name $name
    }
    [void] DeleteSubKeyTree([string]$name) {
        if (-not $this.Writable) { throw 'Cannot write to the registry key.' }
        Remove-Item -LiteralPath "$($this.Path)\\$name" -Recurse
    }
    [void] Close() { $global:Open-- }
}
$global:Open = 0
function Get-Item {
    param([string]$LiteralPath)
    $found = & (Get-Command -Name Get-Item -CommandType Cmdlet) -LiteralPath $LiteralPath
    if ($LiteralPath -notin 'Registry::HKEY_USERS', 'Registry::HKEY_CURRENT_USER') { return $found }
    [Opened]::new($found, $LiteralPath, $false)
}
function Get-Process { [pscustomobject]@{ StartTime = [datetime]::FromFileTimeUtc(7) } }
function Start-Sleep { }
"""
"""learn.microsoft.com/windows-server/administration/windows-commands/reg; nothing is unloaded while a key is open."""


def international(locale: str, nation: str, **languages: list[str]) -> dict[str, Any]:
    """In the form of HKCU\\Control Panel\\International of Windows 11 24H2."""
    each = {
        name.replace("_", "-"): key(values={tip: ("DWord", number) for number, tip in enumerate(tips, 1)})
        for name, tips in languages.items()
    }
    listed = {"Languages": ("MultiString", list(each))}
    people = {"User Profile": key(values=listed, **each)} if each else {}
    own = key(values={"LocaleName": ("String", locale)}, Geo=key(values={"Nation": ("String", nation)}), **people)
    return key(**{"Control Panel": key(International=own)})


def registry(welcome: dict[str, Any]) -> dict[str, Any]:
    """The account's own format is set already, by ansible.windows.win_region."""
    own = international("es-MX", "244", en_US=["0409:00000409"])
    own["keys"]["Control Panel"]["keys"]["Input Method"] = key(values={"Show Status": ("String", "1")})
    own["keys"]["Keyboard Layout"] = key(Preload=key(values={"1": ("String", "00000409")}))
    welcome["keys"]["Keyboard Layout"] = key(Preload=key(values=dict.fromkeys("12", ("String", "00000407"))))
    listed = key(values={"Default": ("ExpandString", "NEW_PEOPLE")})
    software = key(Microsoft=key(**{"Windows NT": key(CurrentVersion=key(ProfileList=listed))}))
    computer = key(SOFTWARE=software)
    return {"HKEY_CURRENT_USER": own, "HKEY_USERS": key(**{".DEFAULT": welcome}), "HKEY_LOCAL_MACHINE": computer}


AMERICAN = international("en-US", "244", en_US=["0409:00000409"])
MEXICAN = international("es-MX", "166", es_MX=["080A:0000080A"], en_US=["0409:00020409", "0409:00000409"])


def look(folder: Path, hives: dict[str, Any], stubs: dict[str, Any], mode: str = CONSTRAINED) -> Any:
    _, probe = PLATFORM.probes(WANTED)
    answers = ask(folder, [probe], stubs, mode=mode, registry=hives)
    computer = {"name": "A", "description": "", "zone": "UTC", "in_domain": False, "domain": "W", "workgroup": "W"}
    seen = PLATFORM.observe(WANTED, [computer, *answers])
    assert isinstance(seen, dict)
    return {name: seen[name] for name in (*SEEN, "system_locale")}


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_what_the_welcome_screen_has(tmp_path: Path, mode: str) -> None:
    stubs = {"Get-WinSystemLocale": {"Name": "es-MX"}}
    assert look(tmp_path, registry(MEXICAN), stubs, mode) == {**SEEN, "system_locale": "es-MX"}


def test_a_bare_one_and_one_that_refuses(tmp_path: Path) -> None:
    bare = look(
        tmp_path, registry(international("en-US", "244")), {"Get-WinSystemLocale": {"raises": "Access denied "}}
    )
    assert bare == {
        "region": "US",
        "regional_format": "en-US",
        "keyboards": None,
        "system_locale": Sight.NOT_REPORTED,
    }


def script() -> Task:
    wanted = Resource("computer", "this", WANTED, Source("profiles/a.yml", 1))
    differs = [Difference("region", "US", "MX", None)]
    _, task = PLATFORM.tasks(Change(wanted, Action.UPDATE, differences=differs))
    return task


def run(folder: Path, hives: dict[str, Any], windows: str, *, check: bool = False, refused: str = "") -> Changed:
    """With the file of new people in the folder."""
    (folder / "NTUSER.DAT").touch()
    computer = json.loads(json.dumps(hives["HKEY_LOCAL_MACHINE"]).replace("NEW_PEOPLE", str(folder)))
    state = {"copied": "", "told": [], "refused": refused, "new_people": []}
    whole = {**hives, "HKEY_LOCAL_MACHINE": computer}
    return change(folder, script(), stubs=LANGUAGES + windows, state=state, registry=whole, check=check)


def welcome(made: Changed, folder: Path) -> Any:
    seen = look(folder, dict(made.registry), {"Get-WinSystemLocale": {"Name": "en-US"}})
    return {name: seen[name] for name in SEEN}


def test_windows_11_copies_it_by_its_own_command_once_and_in_check_mode_not(tmp_path: Path) -> None:
    made = run(tmp_path, registry(AMERICAN), WINDOWS_11)
    assert (made.changed, made.failed, made.state["copied"]) == (True, "", "True True")
    assert welcome(made, tmp_path) == SEEN
    again = run(tmp_path, dict(made.registry), WINDOWS_11)
    assert (again.changed, again.failed, again.state["copied"]) == (False, "", "")
    tried = run(tmp_path, registry(AMERICAN), WINDOWS_11, check=True)
    assert (tried.changed, tried.state["copied"]) == (True, "")
    assert welcome(tried, tmp_path)["region"] == "US"


def test_windows_10_copies_it_into_both_hives_people_who_come_later_first(tmp_path: Path) -> None:
    made = run(tmp_path, registry(AMERICAN), WINDOWS_10)
    assert (made.changed, made.failed) == (True, "")
    told = [line.split()[0] for line in made.state["told"]]
    assert told == ["load", *["copy"] * 3, "unload", *["copy"] * 3]
    load, *_, copy = made.state["told"][:4]
    name = load.split()[1]
    assert re.fullmatch(r"HKU\\deskprov-[0-9]+-7-1", name)
    assert load.endswith(f"{tmp_path}/NTUSER.DAT")
    assert copy == f"copy HKCU\\Control Panel\\International {name}\\Control Panel\\International /s /f"
    assert welcome(made, tmp_path) == SEEN


def test_what_was_there_before_and_is_not_wanted_goes(tmp_path: Path) -> None:
    before = international("de-DE", "94", de_DE=["0407:00000407"], en_US=["0409:00000409", "0409:00020409"])
    before["keys"]["Control Panel"]["keys"]["International"]["values"]["sShortDate"] = {
        "kind": "String",
        "data": "d.M.",
    }
    made = run(tmp_path, registry(before), WINDOWS_10)
    assert (made.failed, sorted(made.state["new_people"])) == ("", ["en-US", "es-MX"])
    theirs = made.registry["HKEY_USERS"]["keys"][".DEFAULT"]["keys"]
    now = theirs["Control Panel"]["keys"]["International"]
    assert now["values"].keys() == {"LocaleName"}
    assert now["keys"]["User Profile"]["keys"].keys() == {"en-US", "es-MX"}
    assert theirs["Keyboard Layout"]["keys"]["Preload"]["values"] == {"1": {"kind": "String", "data": "00000409"}}


def test_a_copy_that_fails_leaves_what_was_there_and_is_made_the_next_time(tmp_path: Path) -> None:
    refused = "copy HKCU\\Control Panel\\International HKU\\.DEFAULT"
    made = run(tmp_path, registry(AMERICAN), WINDOWS_10, refused=refused)
    assert "could not be copied to HKU\\.DEFAULT" in made.failed
    assert welcome(made, tmp_path)["regional_format"] == "en-US"
    again = run(tmp_path, dict(made.registry), WINDOWS_10)
    assert (again.failed, welcome(again, tmp_path)) == ("", SEEN)


def test_a_welcome_screen_without_a_region_gets_one(tmp_path: Path) -> None:
    """As a run leaves it that was killed between taking the old one away and copying."""
    bare = registry(key(**{"Control Panel": key(International=key())}))
    nothing = {"region": None, "regional_format": None, "keyboards": None, "system_locale": "es-MX"}
    for hives in (bare, {"HKEY_USERS": key(**{".DEFAULT": key()})}):
        assert look(tmp_path, hives, {"Get-WinSystemLocale": {"Name": "es-MX"}}) == nothing
    made = run(tmp_path, bare, WINDOWS_10)
    assert (made.failed, welcome(made, tmp_path)) == ("", SEEN)


def test_new_people_whose_file_somebody_holds_are_not_loaded(tmp_path: Path) -> None:
    with (tmp_path / "NTUSER.DAT").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        made = run(tmp_path, registry(AMERICAN), WINDOWS_10)
    assert "are in use" in made.failed
    assert made.state["told"] == []


@pytest.mark.parametrize(
    ("refused", "words", "unloaded"),
    [
        ("load", "are in use", False),
        ("copy", "could not be copied to HKU\\deskprov-", True),
        ("unload", "restart", True),
    ],
)
def test_a_hive_that_is_in_use_is_told_and_never_left_loaded(
    tmp_path: Path, refused: str, words: str, unloaded: bool
) -> None:
    made = run(tmp_path, registry(AMERICAN), WINDOWS_10, refused=refused)
    assert words in made.failed
    assert any(line.startswith("unload") for line in made.state["told"]) == unloaded
    assert welcome(made, tmp_path)["region"] == "US"


def test_a_language_that_windows_does_not_know_is_told(tmp_path: Path) -> None:
    wanted = Resource("computer", "this", Options(keyboards=["xx-XX"]), Source("profiles/a.yml", 1))
    [task] = PLATFORM.tasks(Change(wanted, Action.ENSURE))
    made = change(tmp_path, task, stubs=LANGUAGES + WINDOWS_11, state={"copied": ""}, registry=registry(AMERICAN))
    assert (made.failed, made.state["copied"]) == ("Windows knows no language xx-XX.", "")
