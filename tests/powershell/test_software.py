"""Software: its probe and its scripts, really run; signatures, processes and apps are stood in for.

Forms and error codes: learn.microsoft.com/windows/win32/msi/error-codes, .../uninstall-registry-key, and the pages of
the commands for Windows PowerShell 5.1. Names of programs are those of microsoft/winget-pkgs.
"""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import Observation, ProbeError, Sight
from deskprov.model.plan import Action, Change, Difference
from deskprov.model.platform import Platform, validated
from deskprov.model.resource import Resource
from deskprov.model.source import Source
from deskprov.model.task import Task
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.software import Options
from tests.powershell import CONSTRAINED, FULL, ask, key
from tests.powershell.change import Changed, change

pytestmark = pytest.mark.powershell

PLATFORM = on_platform(BY_NAME["software"], Platform.WINDOWS)
MSI = b"an installer"
SHA256 = hashlib.sha256(MSI).hexdigest()
NAME, OTHER = "7-Zip 25.01 (x64 edition)", "Bibliothèque ñ \"'漢"
GUID = "{23170F69-40C1-2702-2501-000001000000}"


def options(**stated: Any) -> Options:
    return validated(Options, stated, Platform.WINDOWS)


def installed(**programs: dict[str, str]) -> dict[str, Any]:
    """A registry with these uninstall keys, the last of them in the view of 32 bits."""
    keys = {name: key(values={v: ("String", d) for v, d in about.items()}) for name, about in programs.items()}
    last = dict([keys.popitem()]) if keys else {}
    version = key(CurrentVersion=key(Uninstall=key(**keys)))
    old = key(CurrentVersion=key(Uninstall=key(**last)))
    return {
        "HKEY_LOCAL_MACHINE": key(
            SOFTWARE=key(Microsoft=key(Windows=version), WOW6432Node=key(Microsoft=key(Windows=old)))
        )
    }


SEVEN = {"DisplayName": NAME, "DisplayVersion": "25.01.00.0", "UninstallString": f"MsiExec.exe /I{GUID}"}
EXE = {"DisplayName": OTHER, "DisplayVersion": "1", "UninstallString": '"C:\\Program Files\\b\\un.exe" /u'}


# The look


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_programs_of_both_views_and_apps_of_everyone(tmp_path: Path, mode: str) -> None:
    apps = {
        "Get-AppxPackage": [{"Name": "Microsoft.WindowsCalculator"}],
        "Get-AppxProvisionedPackage": [{"DisplayName": "king.com.CandyCrushSaga"}],
    }
    registry = installed(**{GUID: SEVEN, "nameless": {"DisplayVersion": "3"}, "Biblio": EXE})
    asked = [
        options(name="7zip", state="absent"),
        options(name="example", product=OTHER, state="absent"),
        options(name="vlc", state="absent"),
        options(name="candy-crush", state="absent"),
        options(name="bing-news", state="absent"),
    ]
    assert look(tmp_path, asked, apps, registry, mode) == [
        {"version": "25.01.00.0", "at_least": "25.01.00.0"},
        {"version": "1", "at_least": "1"},
        Sight.ABSENT,
        {},
        Sight.ABSENT,
    ]


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_packages_of_chocolatey(tmp_path: Path, mode: str) -> None:
    package = tmp_path / "ProgramData" / "chocolatey" / "lib" / "VLC"
    package.mkdir(parents=True)
    (package / "VLC.nuspec").write_text("<package>\n  <metadata>\n    <version>3.0.21</version>\n", "utf-8-sig")
    (tmp_path / "ProgramData" / "chocolatey" / "lib" / "broken").mkdir()
    seen = look(tmp_path, [options(name="vlc", feed="community"), options(name="broken", state="absent")], {}, {}, mode)
    assert seen == [{"version": "3.0.21", "at_least": "3.0.21"}, Sight.ABSENT]


def test_five_hundred_programs_and_none(tmp_path: Path) -> None:
    many = {f"P{n}": {"DisplayName": f"Program {n} ñ", "DisplayVersion": str(n)} for n in range(500)}
    last = options(name="program", product="Program 321 ñ", state="absent")
    assert look(tmp_path, [last], {}, installed(**many)) == [{"version": "321", "at_least": "321"}]
    assert look(tmp_path, [last], {}, {}) == [Sight.ABSENT]


def test_a_refusal_is_not_an_absence(tmp_path: Path) -> None:
    asked = options(name="candy-crush", state="absent")
    denied = {"Get-AppxPackage": {"raises": "Access is denied."}}
    [answer] = ask(tmp_path, PLATFORM.probes(asked), denied)
    assert isinstance(answer, ProbeError)
    assert look(tmp_path, [asked], denied) == [Sight.NOT_REPORTED]


def look(
    folder: Path, asked: list[Options], windows: dict[str, Any], registry: Any = None, mode: str = CONSTRAINED
) -> list[Observation]:
    probes = list(dict.fromkeys(probe for each in asked for probe in PLATFORM.probes(each)))
    answers = dict(zip(probes, ask(folder, probes, windows, mode=mode, registry=registry), strict=True))
    return [PLATFORM.observe(each, [answers[probe] for probe in PLATFORM.probes(each)]) for each in asked]


# The changes

STUBS = """
$env:SystemRoot = 'C:\\Windows'
function Get-AuthenticodeSignature([string]$LiteralPath) {
    $certificate = [pscustomobject]@{}
    Add-Member -InputObject $certificate -MemberType ScriptMethod -Name GetNameInfo -Value { $State.signed_by }
    [pscustomobject]@{ Status = $State.status; SignerCertificate = $certificate }
}
function Start-Process([string]$FilePath, [string]$ArgumentList, [switch]$PassThru) {
    $State.started += @("$FilePath $ArgumentList")
    try {
        $null = [System.IO.File]::Open($State.path, 'Open', 'Write', 'None')
        $State.open_to_others = $true
    }
    catch { }
    foreach ($gone in $State.removes) { Remove-Item -LiteralPath $gone -Recurse }
    $process = [pscustomobject]@{ Handle = 1; ExitCode = [int]$State.ends_with }
    Add-Member -InputObject $process -MemberType ScriptMethod -Name WaitForExit -Value { -not $State.hangs }
    Add-Member -InputObject $process -MemberType ScriptMethod -Name Kill -Value { $State.killed = $true }
    $process
}
function Start-Sleep([int]$Seconds) { }
function Get-AppxProvisionedPackage([switch]$Online) { $State.waiting }
function Get-AppxPackage([switch]$AllUsers, [string]$Name) { $State.apps | Where-Object { $_.Name -eq $Name } }
function Remove-AppxProvisionedPackage([switch]$Online, [string]$PackageName) {
    $State.waiting = @($State.waiting | Where-Object { $_.PackageName -ne $PackageName })
}
function Remove-AppxPackage([switch]$AllUsers, [string]$Package) {
    $State.apps = @($State.apps | Where-Object { $_.PackageFullName -ne $Package })
}
"""
UNINSTALL = "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall"


def state(folder: Path, **other: Any) -> dict[str, Any]:
    path = folder / "7zip.msi"
    path.write_bytes(MSI)
    kept = {"started": [], "ends_with": 0, "status": "Valid", "signed_by": "Igor ñ", "hangs": False, "killed": False}
    return {**kept, "path": str(path), "open_to_others": False, "removes": [], "waiting": [], "apps": [], **other}


def task(name: str, stated: Options, action: Action, folder: Path) -> Task:
    """The one script of a change, with the installer where the test has put it."""
    made = Resource("software", stated.name, stated, Source("a.yml", 1))
    tasks = PLATFORM.tasks(Change(made, action, [Difference("version", None, None, None)]))
    [found] = [each for each in tasks if each.phrase == name]
    given = found.arguments["parameters"]
    if "Path" in given:
        given = {**given, "Path": str(folder / "7zip.msi")}
    return Task(found.phrase, found.module, {**found.arguments, "parameters": given})


def install(folder: Path, kept: dict[str, Any], *, registry: Any = None, check: bool = False, **stated: Any) -> Changed:
    said = {"name": "7zip", "version": "25.01", "url": "https://example.org/7z.msi", "sha256": SHA256, **stated}
    made = task("Install the program", options(**said), Action.CREATE, folder)
    return change(folder, made, stubs=STUBS, state=kept, registry=registry or installed(), check=check)


def test_an_installer_that_was_reviewed_is_started_and_nobody_can_swap_it(tmp_path: Path) -> None:
    done = install(tmp_path, state(tmp_path), signer="Igor ñ", arguments='INSTALLDIR="C:\\7 z"')
    assert (done.changed, done.failed) == (True, "")
    path = tmp_path / "7zip.msi"
    assert done.state["started"] == [
        f'C:\\Windows\\System32\\msiexec.exe /i "{path}" /qn /norestart INSTALLDIR="C:\\7 z"'
    ]
    assert done.state["open_to_others"] is False


def test_nothing_to_do_and_only_a_look(tmp_path: Path) -> None:
    there = installed(**{GUID: {**SEVEN, "DisplayVersion": "25.01"}})
    again = install(tmp_path, state(tmp_path), registry=there)
    assert (again.changed, again.failed, again.state["started"]) == (False, "", [])
    checked = install(tmp_path, state(tmp_path), check=True)
    assert (checked.changed, checked.state["started"]) == (True, [])
    older = install(tmp_path, state(tmp_path), registry=installed(**{GUID: {**SEVEN, "DisplayVersion": "24"}}))
    assert (older.changed, len(older.state["started"])) == (True, 1)


@pytest.mark.parametrize(
    ("stated", "kept", "words"),
    [
        ({"sha256": "0" * 64}, {}, "another SHA-256"),
        ({"signer": "Igor ñ"}, {"status": "NotSigned"}, "no good signature (NotSigned)"),
        ({"signer": "Igor ñ"}, {"status": "HashMismatch"}, "no good signature (HashMismatch)"),
        ({"signer": "igor ñ"}, {}, "signed by 'Igor ñ'"),
    ],
)
def test_another_installer_is_not_started(tmp_path: Path, stated: Any, kept: Any, words: str) -> None:
    done = install(tmp_path, state(tmp_path, **kept), **stated)
    assert words in done.failed
    assert done.failed.endswith("It was not started.")
    assert done.state["started"] == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1618, "another installation is running"),
        (1603, "a fatal error"),
        (1638, "another version of it is installed already"),
        (-5, "the vendor knows"),
    ],
)
def test_how_an_installer_ended_is_said_in_words(tmp_path: Path, code: int, words: str) -> None:
    done = install(tmp_path, state(tmp_path, ends_with=code))
    assert f"ended with {code}: " in done.failed
    assert words in done.failed


def test_a_restart_that_is_wanted_is_said_and_one_that_hangs_is_stopped(tmp_path: Path) -> None:
    for code, words in ((3010, "complete when the computer has restarted"), (1641, "restarts the computer")):
        done = install(tmp_path, state(tmp_path, ends_with=code))
        assert (done.changed, done.failed) == (True, "")
        assert words in done.said[0]
    hung = install(tmp_path, state(tmp_path, hangs=True))
    assert "press a button" in hung.failed
    assert hung.state["killed"] is True


def remove(folder: Path, kept: dict[str, Any], registry: Any, *, check: bool = False, **stated: Any) -> Changed:
    made = task("Remove the program", options(state="absent", **stated), Action.DELETE, folder)
    return change(folder, made, stubs=STUBS, state=kept, registry=registry, check=check)


def test_a_program_is_removed_by_windows_installer_or_by_its_own_uninstaller(tmp_path: Path) -> None:
    msi = remove(
        tmp_path, state(tmp_path, removes=[f"{UNINSTALL}\\{GUID}"]), installed(**{GUID: SEVEN, "z": {}}), name="7zip"
    )
    assert (msi.changed, msi.failed) == (True, "")
    assert msi.state["started"] == [f"C:\\Windows\\System32\\msiexec.exe /x {GUID} /qn /norestart"]

    both = installed(Biblio={**EXE, "QuietUninstallString": "C:\\Program Files\\b\\un.exe /quiet"}, z={})
    kept = state(tmp_path, removes=[f"{UNINSTALL}\\Biblio"], ends_with=3010)
    quiet = remove(tmp_path, kept, both, name="biblio", product=OTHER)
    assert (quiet.failed, quiet.state["started"]) == ("", ["C:\\Program Files\\b\\un.exe /quiet"])
    same = installed(Biblio={**EXE, "QuietUninstallString": EXE["UninstallString"]}, z={})
    alike = remove(tmp_path, kept, same, name="biblio", product=OTHER)
    assert (alike.failed, alike.state["started"]) == ("", ["C:\\Program Files\\b\\un.exe /u"])
    told = remove(tmp_path, kept, both, name="biblio", product=OTHER, removal="/S")
    assert (told.failed, told.state["started"]) == ("", ["C:\\Program Files\\b\\un.exe /u /S"])

    checked = remove(tmp_path, kept, both, name="biblio", product=OTHER, check=True)
    assert (checked.changed, checked.state["started"]) == (True, [])
    gone = remove(tmp_path, kept, installed(), name="biblio", product=OTHER)
    assert (gone.changed, gone.failed) == (False, "")


def test_what_cannot_be_removed_says_why(tmp_path: Path) -> None:
    there = installed(Biblio=EXE, z={})
    silent = remove(tmp_path, state(tmp_path), there, name="biblio", product=OTHER)
    assert "without asking anybody" in silent.failed
    stays = remove(tmp_path, state(tmp_path), there, name="biblio", product=OTHER, removal="/S")
    assert "is still there a minute later" in stays.failed
    fails = remove(tmp_path, state(tmp_path, ends_with=1603), there, name="biblio", product=OTHER, removal="/S")
    assert "ended with 1603" in fails.failed


def test_a_package_of_chocolatey_is_removed_by_it(tmp_path: Path) -> None:
    (tmp_path / "ProgramData" / "chocolatey" / "lib" / "vlc").mkdir(parents=True)
    done = remove(tmp_path, state(tmp_path), installed(), name="vlc")
    assert (done.changed, done.failed) == (True, "")
    assert done.state["started"] == [
        f"{tmp_path}/ProgramData/chocolatey/choco.exe uninstall vlc --yes --no-progress --limit-output"
    ]

    feed = task("Look for Chocolatey", options(name="vlc", feed="community"), Action.CREATE, tmp_path)
    missing = change(tmp_path, feed, state={})
    assert "Chocolatey is not installed" in missing.failed
    (tmp_path / "ProgramData" / "chocolatey" / "choco.exe").touch()
    there = change(tmp_path, feed, state={})
    assert (there.changed, there.failed) == (False, "")


def test_an_app_is_removed_for_everyone_and_for_new_users(tmp_path: Path) -> None:
    game = "king.com.CandyCrushSaga"
    kept = state(
        tmp_path,
        waiting=[{"DisplayName": game, "PackageName": "a"}, {"DisplayName": "other", "PackageName": "b"}],
        apps=[{"Name": game, "PackageFullName": "c", "NonRemovable": False}],
    )
    made = task("Remove the app", options(name="candy-crush", state="absent"), Action.DELETE, tmp_path)
    checked = change(tmp_path, made, stubs=STUBS, state=kept, check=True)
    assert (checked.changed, checked.state) == (True, kept)
    done = change(tmp_path, made, stubs=STUBS, state=kept)
    assert (done.changed, done.failed, done.state["apps"]) == (True, "", [])
    assert done.state["waiting"] == [{"DisplayName": "other", "PackageName": "b"}]
    again = change(tmp_path, made, stubs=STUBS, state=done.state)
    assert (again.changed, again.failed) == (False, "")
    fixed = {**kept, "apps": [{"Name": game, "PackageFullName": "c", "NonRemovable": True}]}
    assert "belongs to Windows" in change(tmp_path, made, stubs=STUBS, state=fixed).failed
