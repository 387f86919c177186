"""Software by winget: its script, really run; the tasks of Windows and App Installer are stood in for, and keep state.

Forms: learn.microsoft.com/powershell/module/scheduledtasks (`State` of a task, `LastTaskResult` as an unsigned number),
learn.microsoft.com/windows/win32/taskschd/task-scheduler-error-and-success-constants. Codes of winget:
doc/windows/package-manager/winget/returnCodes.md of github.com/microsoft/winget-cli, cad9fe30. No winget ever ran.
"""

from pathlib import Path
from typing import Any

import pytest

from deskprov.model.plan import Action, Change, Difference
from deskprov.model.platform import Platform, validated
from deskprov.model.resource import Resource
from deskprov.model.source import Source
from deskprov.model.task import Task
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.software import Options
from deskprov.resources.software.practice_windows import NO_WINGET
from tests.powershell import key
from tests.powershell.change import Changed, change

pytestmark = pytest.mark.powershell

PLATFORM = on_platform(BY_NAME["software"], Platform.WINDOWS)
APPS = "C:\\Program Files\\WindowsApps\\Microsoft.DesktopAppInstaller"
OLD = {"Version": "1.9.25200.0", "InstallLocation": f"{APPS}_1.9.25200.0_x64__8wekyb3d8bbwe"}
NEW = {"Version": "1.25.340.0", "InstallLocation": f"{APPS}_1.25.340.0_x64__8wekyb3d8bbwe"}
ALWAYS = (
    "--id Example.Tool++ --exact --source winget --scope machine --silent --disable-interactivity "
    "--accept-package-agreements --accept-source-agreements"
)

STUBS = """
function Get-AppxPackage([switch]$AllUsers, [string]$Name) {
    if (-not $AllUsers -or $Name -ne 'Microsoft.DesktopAppInstaller') { throw 'another question' }
    $State.installers
}
function New-ScheduledTaskAction([string]$Execute, [string]$Argument) { "$Execute|$Argument" }
function New-ScheduledTaskPrincipal([string]$UserId, [string]$LogonType, [string]$RunLevel) {
    "$UserId|$LogonType|$RunLevel"
}
function New-ScheduledTaskSettingsSet(
    [switch]$AllowStartIfOnBatteries, [switch]$DontStopIfGoingOnBatteries, [timespan]$ExecutionTimeLimit
) {
    "$AllowStartIfOnBatteries|$DontStopIfGoingOnBatteries|$($ExecutionTimeLimit.TotalMinutes)"
}
function Register-ScheduledTask([string]$TaskName, $Action, $Principal, $Settings) {
    if ($State.denied) { throw 'Access is denied.' }
    $State.tasks += @([pscustomobject]@{ TaskName = $TaskName; State = 'Ready'; result = [uint32]267011; looks = 0 })
    $made = @{ name = $TaskName; action = $Action; principal = $Principal; settings = $Settings }
    $State.registered += @([pscustomobject]$made)
}
# each look at one task is later: not begun, queued with a result that is none, running, ended
function Get-ScheduledTask([string]$TaskName, [string]$TaskPath) {
    $found = @($State.tasks | Where-Object { $_.TaskName -like $TaskName })
    if ($TaskName -like '*[*]') { return $found }
    foreach ($task in $found) {
        $task.looks += 1
        switch ($task.looks) {
            1 { $task.State = 'Ready' }
            2 { $task.State = 'Queued'; $task.result = [uint32]0 }
            3 { $task.State = 'Running'; $task.result = [uint32]267009 }
            4 { if (-not $State.hangs) { $task.State = 'Ready'; $task.result = [uint32]$State.ends_with } }
        }
    }
    $found
}
function Start-ScheduledTask([string]$TaskName) {
    if ($State.no_start) { throw 'The service is not available.' }
    $State.started += 1
}
function Get-ScheduledTaskInfo([string]$TaskName) {
    $State.tasks | Where-Object { $_.TaskName -eq $TaskName } | ForEach-Object {
        [pscustomobject]@{ LastTaskResult = $_.result }
    }
}
function Stop-ScheduledTask([string]$TaskName) { $State.stopped += @($TaskName) }
function Unregister-ScheduledTask([string]$TaskName, [switch]$Confirm) {
    if ($Confirm) { throw 'nobody is there to confirm' }
    $State.tasks = @($State.tasks | Where-Object { $_.TaskName -ne $TaskName })
}
function Start-Sleep([int]$Seconds) { $State.waited += $Seconds }
"""


def state(**other: Any) -> dict[str, Any]:
    kept = {"installers": [NEW], "tasks": [], "registered": [], "started": 0, "stopped": [], "waited": 0}
    return {**kept, "denied": False, "no_start": False, "hangs": False, "ends_with": 0, **other}


def there(version: str) -> dict[str, Any]:
    """A registry in which the program has this version."""
    about = {"DisplayName": ("String", "Example Tool ñ (x64)"), "DisplayVersion": ("String", version)}
    windows = key(CurrentVersion=key(Uninstall=key(tool=key(values=about))))
    return {"HKEY_LOCAL_MACHINE": key(SOFTWARE=key(Microsoft=key(Windows=windows)))}


def task(action: Action, **stated: Any) -> Task:
    said = {"name": "example-tool", "feed": "winget", "winget_id": "Example.Tool++", "product": "Example Tool ñ *"}
    options = validated(Options, {**said, **stated}, Platform.WINDOWS)
    made = Resource("software", options.name, options, Source("a.yml", 1))
    [only] = PLATFORM.tasks(Change(made, action, [Difference("version", None, None, None)]))
    return only


def winget(
    folder: Path,
    kept: dict[str, Any],
    action: Action = Action.CREATE,
    *,
    registry: Any = None,
    check: bool = False,
    **stated: Any,
) -> Changed:
    return change(folder, task(action, **stated), stubs=STUBS, state=kept, registry=registry, check=check)


def test_a_task_that_runs_once_as_system_starts_the_newest_winget_and_is_taken_away(tmp_path: Path) -> None:
    """Beside it stays what is not ours; the task of a killed run goes."""
    others = [
        {"TaskName": "deskprov-winget-of-a-killed-run", "State": "Ready"},
        {"TaskName": "other", "State": "Running"},
    ]
    done = winget(tmp_path, state(installers=[OLD, NEW, OLD], tasks=others), version="2.0~rc1+b")
    assert (done.changed, done.failed, done.said) == (True, "", [])
    [made] = done.state["registered"]
    assert made["name"].startswith("deskprov-winget-") and len(made["name"]) > 40
    assert made["action"] == f"{NEW['InstallLocation']}\\winget.exe|install {ALWAYS} --version 2.0~rc1+b"
    assert made["principal"] == "S-1-5-18|ServiceAccount|Highest"
    assert made["settings"] == "True|True|50"
    assert (done.state["started"], done.state["stopped"]) == (1, [])
    assert [each["TaskName"] for each in done.state["tasks"]] == ["other"]


def test_another_version_is_an_upgrade(tmp_path: Path) -> None:
    done = winget(tmp_path, state(), Action.UPDATE, registry=there("1.0"), at_least="2.0")
    assert (done.changed, done.failed) == (True, "")
    assert done.state["registered"][0]["action"].endswith(f"|upgrade {ALWAYS}")


def test_nothing_to_do_and_only_a_look(tmp_path: Path) -> None:
    calls: list[tuple[Action, dict[str, Any]]] = [
        (Action.CREATE, {}),
        (Action.CREATE, {"version": "2.0"}),
        (Action.UPDATE, {"version": "2.0"}),
    ]
    for action, stated in calls:
        done = winget(tmp_path, state(), action, registry=there("2.0.0"), **stated)
        assert (done.changed, done.failed, done.state["registered"]) == (False, "", [])
    checked = winget(tmp_path, state(), registry=there("1.0"), check=True, version="2.0")
    assert (checked.changed, checked.failed, checked.state["registered"]) == (True, "", [])


def test_where_app_installer_is_missing_it_says_what_to_do(tmp_path: Path) -> None:
    done = winget(tmp_path, state(installers=[]), check=True)
    assert (done.changed, done.failed) == (False, NO_WINGET)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0x8A150011, "0x8A150011: the installer is not the one that winget has reviewed"),
        (0x8A150010, "no installer of that for all users"),
        (
            0x8A15004F,
            "winget does not go back. It is there in another way than winget can change. Take it out (state: ",
        ),
        (0x8A15002B, "If nothing called 'Example Tool ñ *' is in Settings > Apps"),
        (0xC0000135, "Install the Microsoft Visual C++ Redistributable"),
        (0x00041306, "somebody ended it"),
        (1603, "winget ended with 0x00000643: learn.microsoft.com/windows/package-manager/winget/returncodes"),
    ],
)
def test_how_winget_ended_is_said_in_words_and_its_task_is_gone(tmp_path: Path, code: int, words: str) -> None:
    done = winget(tmp_path, state(ends_with=code))
    assert words in done.failed
    assert done.failed.endswith(".") and not done.failed.endswith("..")
    assert done.state["tasks"] == []


def test_a_restart_that_is_wanted_is_said(tmp_path: Path) -> None:
    for code, words in (
        (3010, "complete when the computer has restarted (0x00000BC2)"),
        (0x8A15010B, "restarts the computer (0x8A15010B)"),
    ):
        done = winget(tmp_path, state(ends_with=code))
        assert (done.changed, done.failed) == (True, "")
        assert words in done.said[0]


def test_one_that_never_ends_is_stopped_and_taken_away(tmp_path: Path) -> None:
    done = winget(tmp_path, state(hangs=True))
    assert "did not end within 45 minutes and was stopped" in done.failed
    assert done.state["waited"] == 45 * 60
    assert done.state["stopped"] == [done.state["registered"][0]["name"]]
    assert done.state["tasks"] == []


def test_what_windows_refuses_is_said_and_leaves_no_task(tmp_path: Path) -> None:
    denied = winget(tmp_path, state(denied=True))
    assert (denied.changed, denied.failed) == (
        False,
        "Windows did not take the task that starts winget: Access is denied.",
    )
    down = winget(tmp_path, state(no_start=True))
    assert (down.changed, down.failed, down.state["tasks"]) == (False, "The service is not available.", [])


def test_two_wingets_never_run_at_once(tmp_path: Path) -> None:
    busy = {"TaskName": "deskprov-winget-of-a-killed-run", "State": "Running"}
    done = winget(tmp_path, state(tasks=[busy]))
    assert "still at work for an earlier run" in done.failed
    assert (done.changed, done.state["tasks"], done.state["registered"]) == (False, [busy], [])


def test_check_mode_takes_nothing_away(tmp_path: Path) -> None:
    left = {"TaskName": "deskprov-winget-of-a-killed-run", "State": "Ready"}
    done = winget(tmp_path, state(tasks=[left]), check=True)
    assert (done.changed, done.failed, done.state["tasks"]) == (True, "", [left])


@pytest.mark.parametrize("place", [None, "", " ", "\\", "\\tools", "winget"])
def test_a_winget_whose_place_windows_does_not_say_is_not_started(tmp_path: Path, place: str | None) -> None:
    done = winget(tmp_path, state(installers=[{**NEW, "InstallLocation": place}]))
    assert "Windows does not say where App Installer is" in done.failed
    assert (done.changed, done.state["registered"]) == (False, [])


def test_the_script_itself_takes_no_words_that_say_more(tmp_path: Path) -> None:
    """Should anything else ever come this far."""
    good = task(Action.CREATE)
    for name, value in (("Id", "A.B --override x"), ("Version", "1\n")):
        spoilt = {**good.arguments, "parameters": {**good.arguments["parameters"], name: value}}
        done = change(tmp_path, Task(good.phrase, good.module, spoilt), stubs=STUBS, state=state())
        assert "Cannot validate argument" in done.failed
        assert done.state["registered"] == []
