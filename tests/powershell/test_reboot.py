"""The scripts of a reboot, really run: what Windows waits for, what it is at, the note, and the command itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from deskprov.formats.windows_reboot import ABOUT_REBOOTS, BUSY, LOOK, WANTED, WindowsLife, windows_life
from deskprov.model.facts import Answer, ProbeError
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe
from deskprov.stages.reboot import Standing, lives
from deskprov.stages.reboot.windows import UNSAID
from tests.powershell import CONSTRAINED, FULL, ask, key

pytestmark = pytest.mark.powershell

WINDOWS = lives(Platform.WINDOWS)
REPLACE = ["\\??\\C:\\Windows\\Temp\\a.tmp", "", "\\??\\C:\\new.dll", "!\\??\\C:\\Windows\\old.dll"]
"""As MoveFileEx documents it (learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw)."""


def registry(
    *,
    life: int | None = 212,
    name: str = "PC-1",
    next_name: str = "PC-1",
    files: list[str] | None = None,
    components: tuple[str, ...] = (),
    updates: tuple[str, ...] = (),
    netlogon: tuple[str, ...] = (),
    setup: int = 0,
    note: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A PC's registry as far as reboots go."""
    prefetch = key(values={"BootId": ("DWord", life)} if life is not None else {})
    renames = {"PendingFileRenameOperations": ("MultiString", files)} if files else {}
    control = key(
        **{
            "Session Manager": key(values=renames, **{"Memory Management": key(PrefetchParameters=prefetch)}),
            "ComputerName": key(
                ActiveComputerName=key(values={"ComputerName": ("String", name)}),
                ComputerName=key(values={"ComputerName": ("String", next_name)}),
            ),
        }
    )
    services = key(Netlogon=key(values=dict.fromkeys(netlogon, ("DWord", 1))))
    system = key(
        CurrentControlSet=key(Control=control, Services=services),
        Setup=key(values={"SystemSetupInProgress": ("DWord", setup)}),
    )
    version = {
        "Component Based Servicing": key(**{each: key() for each in components}),
        "WindowsUpdate": key(**{"Auto Update": key(**{each: key() for each in updates})}),
    }
    software = key(
        Microsoft=key(Windows=key(CurrentVersion=key(**version))), **({"deskprov": key(Reboot=note)} if note else {})
    )
    return {"HKEY_LOCAL_MACHINE": key(SYSTEM=system, SOFTWARE=software)}


def noted(life: str, *reasons: str) -> dict[str, Any]:
    return key(values={"BootId": ("String", life), "Reasons": ("MultiString", list(reasons))})


def look(folder: Path, mode: str = CONSTRAINED, **kept: Any) -> WindowsLife:
    [answer] = ask(folder, [LOOK], {}, mode=mode, registry=registry(**kept))
    return windows_life(answer)


def run(folder: Path, question: Probe, windows: dict[str, Any] | None = None, **kept: Any) -> tuple[Answer, Any]:
    """The answer, and what the registry of the machine is afterwards."""
    [answer] = ask(folder, [question], windows or {}, registry=registry(**kept))
    return answer, json.loads((folder / "registry.json").read_text("utf-8-sig"))["HKEY_LOCAL_MACHINE"]


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_nothing_is_wanted_of_a_pc_that_rests(tmp_path: Path, mode: str) -> None:
    assert look(tmp_path, mode) == WindowsLife("212")


def test_everything_that_wants_a_reboot_is_named(tmp_path: Path) -> None:
    everything = look(
        tmp_path,
        components=("RebootPending", "PackagesPending"),
        updates=("RebootRequired",),
        files=REPLACE,
        next_name="LIB-07",
        netlogon=("JoinDomain",),
    )
    assert everything.wanted == tuple(WANTED.values())
    assert everything.busy == ()


@pytest.mark.parametrize(
    ("kept", "wanted"),
    [
        ({"files": REPLACE[:2]}, ()),  # only to be deleted: no reboot is worth that
        ({"next_name": "pc-1", "netlogon": ("AvoidSpnSet",)}, ("joining or leaving a domain",)),
    ],
)
def test_each_alone(tmp_path: Path, kept: dict[str, Any], wanted: tuple[str, ...]) -> None:
    assert look(tmp_path, **kept).wanted == wanted


def test_a_pc_that_is_still_at_updates_says_so(tmp_path: Path) -> None:
    life = look(tmp_path, components=("RebootInProgress",), setup=1)
    assert life.busy == tuple(BUSY.values())


def test_a_check_that_cannot_be_made_hides_no_other(tmp_path: Path) -> None:
    broken = {"Get-ItemProperty": {"Session Manager": "Specified cast is not valid."}}
    [answer] = ask(tmp_path, [LOOK], broken, registry=registry(files=REPLACE, updates=("RebootRequired",)))
    life = windows_life(answer)
    assert (life.boot, life.wanted) == ("212", ("updates of Windows",))
    assert len(life.failed) == 1


def test_a_registry_without_any_of_it_is_no_life(tmp_path: Path) -> None:
    [answer] = ask(tmp_path, [LOOK], {}, registry={"HKEY_LOCAL_MACHINE": key()})
    assert windows_life(answer) == WindowsLife(failed=(f"{ABOUT_REBOOTS}no answer",))


@pytest.mark.parametrize("reasons", [("registry/HKLM\\SOFTWARE\\É", 'a"b', "$(x)"), ()])
def test_a_note_counts_in_its_own_life_only(tmp_path: Path, reasons: tuple[str, ...]) -> None:
    answer, after = run(tmp_path, WINDOWS.note(reasons), note=noted("211", "old"))
    assert answer is True
    said = ask(tmp_path, WINDOWS.back, {}, registry={"HKEY_LOCAL_MACHINE": after})
    assert WINDOWS.read(said) == Standing("212", left_to_do=reasons)
    prefetch = after["keys"]["SYSTEM"]["keys"]["CurrentControlSet"]["keys"]["Control"]["keys"]["Session Manager"]
    prefetch["keys"]["Memory Management"]["keys"]["PrefetchParameters"]["values"]["BootId"]["data"] = 213
    said = ask(tmp_path, WINDOWS.back, {}, registry={"HKEY_LOCAL_MACHINE": after})
    assert WINDOWS.read(said) == Standing("213")


def test_a_note_of_one_reason_stays_a_list(tmp_path: Path) -> None:
    said = ask(tmp_path, WINDOWS.look, {}, registry=registry(note=noted("212", "computer/this")))
    assert WINDOWS.read(said).left_to_do == ("computer/this",)


def test_the_command_has_a_reason_and_nothing_in_it_is_another_option(tmp_path: Path) -> None:
    answer, after = run(tmp_path, WINDOWS.reboot('files/C:\\a" /s /m \\\\other, ñ' + "x" * 500))
    assert answer == "212"
    told = after["keys"]["Stub"]["keys"]["shutdown.exe"]["values"]["Arguments"]["data"]
    *options, reason = told
    assert options == ["/r", "/t", "5", "/d", "p:4:1", "/c"]
    assert reason.startswith("deskprov: files C  a   s  m   other,  x")
    assert len(reason) == 200


@pytest.mark.parametrize(("code", "words"), [(1190, "shutdown /a there calls it off"), (5, "shutdown ended with 5")])
def test_a_refusal_is_told(tmp_path: Path, code: int, words: str) -> None:
    answer, _ = run(tmp_path, WINDOWS.reboot("x"), {"shutdown.exe": code})
    assert isinstance(answer, ProbeError)
    assert words in answer.message


def test_one_that_goes_down_already_is_waited_for(tmp_path: Path) -> None:
    assert run(tmp_path, WINDOWS.reboot("x"), {"shutdown.exe": 1115})[0] == "212"


def test_without_a_counter_no_reboot_is_begun(tmp_path: Path) -> None:
    answer, after = run(tmp_path, WINDOWS.reboot("x"), life=None)
    assert isinstance(answer, ProbeError)
    assert "Stub" not in after["keys"]


@pytest.mark.parametrize(
    "answers",
    [
        [None, None],
        [{"boot": 212, "wanted": [], "busy": []}, {}],
        [{"boot": "21x", "wanted": [], "busy": []}, {"noted_in": "21x", "noted": ["a"]}],
        [{"boot": "1", "wanted": None, "busy": []}, []],
        [ProbeError("no"), ProbeError("no")],
    ],
)
def test_a_strange_answer_is_no_life(answers: list[Any]) -> None:
    assert WINDOWS.read(answers) == Standing(wanted=(UNSAID,))


def test_without_answers_nothing_is_known() -> None:
    assert WINDOWS.read([]) == Standing()
