"""The timed undo of Windows, really run on a PC of stand-ins: armed, changed, and then confirmed or taken back."""

import json
from pathlib import Path
from typing import Any

import pytest

from deskprov.formats.windows_registry.way_in import ALWAYS_SAVED, SAVED_WHEN_SET, Extent, Place
from deskprov.model.facts import Answer, ProbeError
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe, ProbeScript
from deskprov.stages.probe import compile_program, parse_answers
from deskprov.stages.reboot import Standing, lives
from deskprov.stages.undo import Order, Settled, arm, effect, objection, settle, settled
from tests.powershell import CONSTRAINED, FULL, HERE, NONCE, key, run

pytestmark = pytest.mark.powershell

WINDOWS = Platform.WINDOWS
STAND_INS = "\n".join(file.read_text("ascii") for file in (HERE / "keys.ps1", HERE / "undo" / "windows.ps1"))
POLICIES = ("SOFTWARE", "Microsoft", "Windows", "CurrentVersion", "Policies", "System")
SERVICE = ("SYSTEM", "CurrentControlSet", "Services", "WinRM")
LISTENER = ("SOFTWARE", "Microsoft", "Windows", "CurrentVersion", "WSMAN", "Listener", "*+HTTPS")
LSA = ("SYSTEM", "CurrentControlSet", "Control", "Lsa")
NEW = ("SOFTWARE", "Policies", "Microsoft", "WindowsFirewall")
RULES = ["deskprov (WinRM over HTTPS)", "CoreNet"]
NETWORK = """<?xml version="1.0"?>
<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1"><name>{name}</name><MSM><security><sharedKey>
<keyType>passPhrase</keyType><protected>{protected}</protected><keyMaterial>0100ABCD</keyMaterial></sharedKey></security>
</MSM></WLANProfile>
"""
"""learn.microsoft.com/windows/win32/nativewifi/wlan-profileschema-sharedkey-security-element"""


class Pc:
    """A PC whose groups are those of a Spanish Windows; `change` is what is done to it in between."""

    def __init__(self, folder: Path, **state: Any) -> None:
        self.folder = folder
        (folder / "Windows").mkdir()
        self.registry = _registry()
        self._write({**_state(), **state})

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "state.json").read_text("utf-8-sig"))
        return found

    @property
    def undo(self) -> Path:
        return self.folder / "Windows" / "deskprov" / "undo"

    def change(self, **state: Any) -> None:
        self._write({**self.state, **state})

    def live_on(self) -> None:
        """It has started again since."""
        memory = self.registry["HKEY_LOCAL_MACHINE"]["keys"]["SYSTEM"]["keys"]["CurrentControlSet"]["keys"]["Control"]
        for part in ("Session Manager", "Memory Management", "PrefetchParameters"):
            memory = memory["keys"][part]
        memory["values"]["BootId"]["data"] += 1

    def age(self, seconds: int) -> None:
        """That time has passed, by the clock that nobody sets, since it was armed or began to count anew."""
        since = self.undo / "since.json"
        counted = json.loads(since.read_text("utf-8"))
        since.write_text(json.dumps({**counted, "up": counted["up"] - seconds}), "utf-8")

    def ask(self, *probes: Probe, mode: str = FULL) -> list[Answer]:
        program = compile_program(probes, NONCE).decode("ascii")
        return parse_answers(self._run(program, mode), probes, NONCE)

    def wake(self, token: str = "abc") -> None:
        """A minute is over."""
        self._run(f"Start-ScheduledTask -TaskName 'deskprov undo {token}'", FULL)

    def undo_of(self, token: str) -> None:
        """The program itself, should its task be gone meanwhile."""
        self._run(f"& ([scriptblock]::Create([System.IO.File]::ReadAllText('{self.undo / 'undo.ps1'}'))) {token}", FULL)

    def key(self, *path: str) -> dict[str, Any]:
        found = self.registry["HKEY_LOCAL_MACHINE"]
        for part in path:
            found = found.get("keys", {})[part]
        values: dict[str, Any] = found.get("values", {})
        return {name: value["data"] for name, value in values.items()}

    def look(self) -> Standing:
        """How it stands, as every plan asks; where only cmdlets may run, too."""
        return lives(WINDOWS).read(self.ask(*lives(WINDOWS).look, mode=CONSTRAINED))

    def _run(self, program: str, mode: str) -> bytes:
        said = run(
            self.folder, f"{STAND_INS}\n{program}" if mode == FULL else program, mode=mode, registry=self.registry
        )
        self.registry = json.loads((self.folder / "registry.json").read_text("utf-8-sig"))
        return said

    def _write(self, state: dict[str, Any]) -> None:
        (self.folder / "state.json").write_text(json.dumps(state), "utf-8")


def _state() -> dict[str, Any]:
    return {
        "told": [],
        "denied": [],
        "task_state": "Ready",
        "next_run": "soon",
        "tasks": [{"TaskName": "of somebody else"}],
        "domain": "",
        "firewall": RULES,
        "services": [
            {"Name": "WinRM", "StartMode": "Auto", "DelayedAutoStart": True, "State": "Running"},
            {"Name": "sshd", "StartMode": "Disabled", "DelayedAutoStart": False, "State": "Stopped"},
        ],
        "users": [{"Name": "Deskprov", "Enabled": True}, {"Name": "María", "Enabled": True}],
        "groups": [
            {"Name": "Administradores", "SID": "S-1-5-32-544", "members": ["Deskprov"]},
            {"Name": "Invitados", "SID": "S-1-5-32-546", "members": ["María"]},
        ],
        "networks": [{"name": name, "xml": NETWORK.format(name=name, protected="true")} for name in ("Aula 7", "otra")],
    }


def _registry() -> dict[str, Any]:
    """As far as it is saved: values of every kind, and the key of a listener, whose name has a `*` in it."""
    many = {
        "a": ("DWord", 4294967295),
        "b": ("MultiString", ["one", "two"]),
        "c": ("MultiString", ["one"]),
        "d": ("Binary", "0001FF"),
        "e": ("ExpandString", "%SystemRoot%\\x"),
        "f": ("QWord", 2**40),
        "g": ("String", 'it\'s "ñ" \\ 1'),
    }
    current = key(
        WSMAN=key(values=many, Listener=key(**{"*+HTTPS": key(values={"Port": ("DWord", 5986)})})),
        Policies=key(System=key(values={"LocalAccountTokenFilterPolicy": ("DWord", 1), "EnableLUA": ("DWord", 1)})),
    )
    prefetch = key(PrefetchParameters=key(values={"BootId": ("DWord", 7)}))
    control = key(
        **{"Session Manager": key(**{"Memory Management": prefetch})},
        Lsa=key(values={"LmCompatibilityLevel": ("DWord", 3)}, Data=key(values={"Pattern": ("Binary", "01")})),
    )
    services = key(
        WinRM=key(values={"Start": ("DWord", 2), "ImagePath": ("ExpandString", "%SystemRoot%\\svchost.exe")})
    )
    return {
        "HKEY_LOCAL_MACHINE": key(
            SOFTWARE=key(Microsoft=key(Windows=key(CurrentVersion=current))),
            SYSTEM=key(CurrentControlSet=key(Control=control, Services=services)),
        )
    }


def order(**otherwise: Any) -> Order:
    places = [*ALWAYS_SAVED, *(place for place in SAVED_WHEN_SET if place.path.endswith("Lsa"))]
    networks = otherwise.pop("networks", ("Aula 7",))
    about = {"token": "abc", "seconds": 300, "login": "PC-1\\deskprov", "changes": ["firewall/this"], "reboots": False}
    saved = (tuple(place.saved for place in places), ("WinRM", "sshd"), networks)
    return Order(**{**about, **otherwise}, saved=saved)


def spoil(pc: Pc) -> None:
    """What a profile, or a domain's policies, may do."""
    pc._run(
        r"""
$current = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
$control = 'HKLM:\SYSTEM\CurrentControlSet'
Set-ItemProperty -LiteralPath "$current\Policies\System" -Name LocalAccountTokenFilterPolicy -Value 0
Set-ItemProperty -LiteralPath "$current\Policies\System" -Name EnableLUA -Value 0
Remove-Item -LiteralPath "$current\WSMAN" -Recurse
$null = New-Item -Path 'HKLM:\SOFTWARE\Policies\Microsoft\WindowsFirewall\PublicProfile' -Force
Set-ItemProperty -LiteralPath "$control\Services\WinRM" -Name Start -Value 4
$null = New-ItemProperty -LiteralPath "$control\Services\WinRM" -Name New -Value x
$level = "$control\Control\Lsa", 'LmCompatibilityLevel'
$null = New-ItemProperty -LiteralPath $level[0] -Name $level[1] -PropertyType String -Value 3 -Force
$null = New-ItemProperty -LiteralPath "$control\Control\Lsa\Data" -Name Pattern -PropertyType String -Value x -Force
""",
        FULL,
    )
    state = pc.state
    state["groups"][0]["members"] = []
    state["groups"][1]["members"] = ["María", "Deskprov"]
    state["users"][0]["Enabled"] = False
    pc.change(firewall=["nobody"], groups=state["groups"], users=state["users"], told=[])


def test_it_takes_back_by_itself_all_that_was_saved_and_nothing_else(tmp_path: Path) -> None:
    pc = Pc(tmp_path)
    groups = pc.state["groups"]
    first, second = pc.ask(arm(WINDOWS, order()), arm(WINDOWS, order(token="other")))
    assert objection(first) == ""
    assert "not confirmed yet" in objection(second)
    [other, task] = pc.state["tasks"]
    assert other == {"TaskName": "of somebody else"}
    assert (task["TaskName"], task["locked"]) == ("deskprov undo abc", True)
    assert task["triggers"] == ["every 60 seconds since 2000", "at each start"]
    assert (task["user"], task["settings"]) == (
        "S-1-5-18",
        "AllowStartIfOnBatteries DontStopIfGoingOnBatteries ExecutionTimeLimit StartWhenAvailable",
    )
    assert pc.state["told"] == 2 * ["icacls /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F"]
    assert [file.name for file in (pc.undo / "networks").iterdir()] == ["Wi-Fi-Aula 7.xml"]
    spoil(pc)
    assert pc.key(*NEW, "PublicProfile") == {}
    pc.age(290)
    pc.wake()
    assert pc.state["firewall"] == ["nobody"], "its time has not come"
    pc.live_on()
    pc.age(20)
    pc.wake()
    pc.age(290)
    pc.wake()
    assert pc.state["firewall"] == ["nobody"], "in another life it waits as long again"
    assert pc.look().unconfirmed
    pc.undo_of("other")
    assert pc.look().unconfirmed, "the end of another undo is not that of this one"
    pc.age(20)
    pc.wake()
    assert pc.key(*POLICIES) == {"LocalAccountTokenFilterPolicy": 1, "EnableLUA": 0}
    assert pc.key(*LISTENER) == {"Port": 5986}
    assert pc.key(*LISTENER[:-2]) == {
        name: value["data"]
        for name, value in _registry()["HKEY_LOCAL_MACHINE"]["keys"]["SOFTWARE"]["keys"]["Microsoft"]["keys"][
            "Windows"
        ]["keys"]["CurrentVersion"]["keys"]["WSMAN"]["values"].items()
    }
    assert pc.key(*SERVICE) == {"Start": 2, "ImagePath": "%SystemRoot%\\svchost.exe"}
    assert pc.key(*LSA) == {"LmCompatibilityLevel": 3}
    assert pc.key(*LSA, "Data") == {"Pattern": "x"}, "not saved, not touched"
    with pytest.raises(KeyError):
        pc.key(*NEW)
    assert pc.state["firewall"] == RULES
    assert pc.state["groups"] == groups
    assert pc.state["users"][0]["Enabled"] is True
    assert pc.state["told"] == [
        "added Aula 7 user=all",
        "restarted WlanSvc",
        "sc config WinRM start= delayed-auto",
        "started WinRM",
        "sc config sshd start= disabled",
    ]
    assert pc.state["tasks"] == [other]
    assert sorted(file.name for file in pc.undo.iterdir()) == ["undo.ps1", "undone.json"]
    after = pc.state
    pc.undo_of("abc")
    assert pc.state == after, "a second run does nothing"
    assert pc.look() == Standing("8", taken_back=("firewall/this",))
    strange, told, again = pc.ask(
        settle(WINDOWS, "other", keep=True), settle(WINDOWS, "abc", keep=True), settle(WINDOWS, "", keep=False)
    )
    assert isinstance(strange, ProbeError)
    assert settled(told) == Settled(kept=False, problems=[])
    assert settled(again) == Settled(kept=False, problems=["the machine knows nothing of it"])
    assert pc.look() == Standing("8")
    assert list((tmp_path / "Windows").iterdir()) == []


def test_a_fresh_log_on_ends_it_and_nothing_is_left(tmp_path: Path) -> None:
    pc = Pc(tmp_path)
    armed, strange, kept, again, took = pc.ask(
        arm(WINDOWS, order()),
        settle(WINDOWS, "other", keep=True),
        settle(WINDOWS, "abc", keep=True),
        settle(WINDOWS, "abc", keep=False),
        effect(WINDOWS, ["the Wi-Fi network"]),
    )
    assert [objection(armed), objection(took)] == ["", ""]
    assert isinstance(strange, ProbeError)
    assert settled(kept) == Settled(kept=True, problems=[])
    assert settled(again) == Settled(kept=False, problems=["the machine knows nothing of it"])
    assert pc.state["tasks"] == [{"TaskName": "of somebody else"}]
    assert pc.state["told"][-1] == "restarted WlanSvc"
    assert list((tmp_path / "Windows").iterdir()) == []


def test_it_is_taken_back_at_once_and_what_fails_hinders_nothing_and_is_tried_again(tmp_path: Path) -> None:
    """In another life too, however short it is yet; also when somebody has taken the task away."""
    pc = Pc(tmp_path)
    pc.ask(arm(WINDOWS, order(reboots=True)))
    spoil(pc)
    pc.live_on()
    denied = ["Add-LocalGroupMember", "sc.exe", "netsh advfirewall import", "netsh wlan add"]
    pc.change(denied=[*denied, "value Port", "shutdown.exe"], domain="example.org", tasks=[])
    [refused] = pc.ask(settle(WINDOWS, "", keep=False))
    assert isinstance(refused, ProbeError)
    problems = [
        "\\".join(["HKLM:", *LISTENER]) + ", the value 'Port': Access to the registry key is denied.",
        "The firewall: netsh ended with 1.",
        "Access is denied.",
        "The Wi-Fi networks: netsh ended with 1.",
        "The service WinRM: sc ended with 5.",
        "The service sshd: sc ended with 5.",
    ]
    assert "it is tried again every minute" in objection(refused)
    assert json.loads((pc.undo / "failed.json").read_text("utf-8")) == {"tried": 1, "problems": problems}
    assert pc.key(*POLICIES)["LocalAccountTokenFilterPolicy"] == 1
    assert pc.key(*LISTENER[:-2])["a"] == 4294967295
    [half] = pc.ask(settle(WINDOWS, "abc", keep=True))
    assert "it is tried again every minute" in objection(half), "what is half taken back is not kept"
    assert pc.look() == Standing("8", unconfirmed=True), "it has not ended"
    assert [task["TaskName"] for task in pc.state["tasks"]] == ["deskprov undo abc"]

    pc.change(denied=["shutdown.exe"])
    pc.wake()
    again = json.loads((pc.undo / "failed.json").read_text("utf-8"))
    assert again == {"tried": 2, "problems": ["The restart: shutdown ended with 5."]}
    assert pc.key(*LISTENER) == {"Port": 5986}
    assert (pc.state["firewall"], pc.state["tasks"] != []) == (RULES, True)

    pc.change(denied=[], told=[])
    pc.wake()
    assert pc.state["told"][-1] == (
        "shutdown /r /t 30 /d p:4:1 /c deskprov: a change that nobody confirmed was taken back, "
        "and what was saved is there"
    )
    assert pc.state["tasks"] == []
    [ended] = pc.ask(settle(WINDOWS, "abc", keep=True))
    stays = "the computer stays in the domain example.org, whose policies may do the same again"
    assert settled(ended) == Settled(kept=False, problems=[stays])


def test_it_does_not_try_for_ever(tmp_path: Path) -> None:
    pc = Pc(tmp_path)
    pc.ask(arm(WINDOWS, order()))
    pc.change(denied=["netsh advfirewall import"])
    pc.age(300)
    pc.wake()
    assert (pc.undo / "now").exists(), "in another life it goes on at once"
    (pc.undo / "failed.json").write_text('{"tried": 59, "problems": []}', "utf-8")
    pc.wake()
    assert pc.state["tasks"] == [{"TaskName": "of somebody else"}]
    [ended] = pc.ask(settle(WINDOWS, "abc", keep=True))
    assert settled(ended) == Settled(kept=False, problems=["The firewall: netsh ended with 1."])
    assert list((tmp_path / "Windows").iterdir()) == []


def test_a_power_cut_while_it_is_armed_leaves_nothing_that_stands_in_the_way(tmp_path: Path) -> None:
    """The task is there by then, and finds that nothing was saved."""
    pc = Pc(tmp_path, denied=["power"])
    pc._run(compile_program([arm(WINDOWS, order())], NONCE).decode("ascii"), FULL)
    assert [task["TaskName"] for task in pc.state["tasks"]] == ["of somebody else", "deskprov undo abc"]
    pc.change(denied=[])
    assert not pc.look().unconfirmed
    pc.wake()
    assert pc.state["tasks"] == [{"TaskName": "of somebody else"}]
    assert list((tmp_path / "Windows").iterdir()) == []


ODD = {"plain": ("DWord", 1), "*": ("String", "star"), "a[b]": ("Binary", "01"), "": ("String", "unnamed")}
"""Names that PowerShell's own commands take for wildcards, or do not take at all."""


def _odd(place: Place) -> dict[str, Any]:
    """What is in the place: below it, too, where all of it is saved, in keys with a / in their names."""
    if place.extent is Extent.VALUE:
        return key(values={place.saved[2]: ("DWord", 1)})
    ciphers = key(**{"AES 256/256": key(values=ODD), "AES 128/128": key(values=ODD, **{"x/y": key(values=ODD)})})
    return key(values=ODD, **({"Ciphers": ciphers} if place.extent is Extent.TREE else {}))


def _put(registry: dict[str, Any], path: str, there: dict[str, Any]) -> None:
    """Beside what is there already."""
    at = registry["HKEY_LOCAL_MACHINE"]
    for part in path.removeprefix("HKLM:\\").split("\\"):
        at = at.setdefault("keys", {}).setdefault(part, {})
    at.setdefault("values", {}).update(there["values"])
    at.setdefault("keys", {}).update(there["keys"])


def _full(at: dict[str, Any]) -> dict[str, Any]:
    """Without empty entries, which the engine leaves out."""
    below = {name: _full(each) for name, each in at.get("keys", {}).items()}
    return {name: each for name, each in (("values", at.get("values")), ("keys", below)) if each}


def _spoilt(at: dict[str, Any], *, deep: bool) -> None:
    """Every value is another, one is gone, some are new; below, one key is gone and one is new."""
    at["values"] = {
        **{name: {"kind": "String", "data": "spoilt"} for name in at["values"] if name != "a[b]"},
        "new*": {"kind": "DWord", "data": 5},
        "new?": {"kind": "DWord", "data": 5},
    }
    if deep:
        ciphers = at["keys"]["Ciphers"]["keys"]
        del ciphers["AES 128/128"]
        ciphers["RC4 40/128"] = key(values=ODD, **{"1/2": key(values=ODD)})
        ciphers["AES 256/256"]["values"]["plain"]["data"] = 0


@pytest.mark.parametrize("denied", [[], [""]], ids=["all", "but the unnamed value"])
def test_every_place_is_taken_back_whatever_its_names_are(tmp_path: Path, denied: list[str]) -> None:
    """A value that cannot be set stops none of the others."""
    pc = Pc(tmp_path)
    places = [*ALWAYS_SAVED, *SAVED_WHEN_SET]
    for place in places:
        _put(pc.registry, place.saved[0], _odd(place))
    before = json.loads(json.dumps(pc.registry["HKEY_LOCAL_MACHINE"]))
    saved = (tuple(place.saved for place in places), (), ())
    [armed] = pc.ask(arm(WINDOWS, Order("abc", 300, "deskprov", [], False, saved)))
    assert objection(armed) == ""
    for place in places:
        at = pc.registry["HKEY_LOCAL_MACHINE"]
        for part in place.saved[0].removeprefix("HKLM:\\").split("\\"):
            at = at["keys"][part]
        if place.extent is Extent.VALUE:
            at["values"][place.saved[2]]["data"] = 0
        else:
            _spoilt(at, deep=place.extent is Extent.TREE)
    pc.change(denied=[f"value {name}" for name in denied])
    pc.age(300)
    pc.wake()
    after = pc.registry["HKEY_LOCAL_MACHINE"]
    if not denied:
        assert json.loads((pc.undo / "undone.json").read_text("utf-8"))["problems"] == []
        assert _full(after) == _full(before)
    else:
        failed = json.loads((pc.undo / "failed.json").read_text("utf-8"))["problems"]
        assert {problem.partition(", ")[2] for problem in failed} == {
            "the value '': Access to the registry key is denied."
        }
        assert _full(_named(after)) == _full(_named(before))


def _named(at: dict[str, Any]) -> dict[str, Any]:
    return {
        "values": {name: each for name, each in at.get("values", {}).items() if name},
        "keys": {name: _named(each) for name, each in at.get("keys", {}).items()},
    }


REFUSALS: list[tuple[str, str, Any]] = [
    ("Access is denied", "denied", ["Win32_GroupUser"]),
    ("Access is denied", "denied", ["Register-ScheduledTask"]),
    ("firewall cannot be saved: netsh ended with 1", "denied", ["netsh advfirewall export"]),
    ("'Aula 7', so that it cannot be saved", "denied", ["netsh wlan export"]),
    ("so that others could read what is saved", "denied", ["icacls.exe"]),
    ("does not start the task", "task_state", "Disabled"),
    ("has no time for the task", "next_run", ""),
    ("in clear", "networks", [{"name": "Aula 7", "xml": NETWORK.format(name="Aula 7", protected="false")}]),
]


def test_where_something_cannot_be_saved_nothing_is_armed(tmp_path: Path) -> None:
    """One after the other, as it was before after each."""
    pc = Pc(tmp_path)
    asked = []
    for number, (_, name, data) in enumerate(REFUSALS):
        spoilt, whole = (_has(name, each, number) for each in (data, _state()[name]))
        asked += [spoilt, arm(WINDOWS, order(token=str(number))), whole]
    for (words, _, _), answer in zip(REFUSALS, pc.ask(*asked)[1::3], strict=True):
        assert words in objection(answer)
    assert pc.state["tasks"] == [{"TaskName": "of somebody else"}]
    assert list((tmp_path / "Windows").iterdir()) == []


def _has(name: str, data: Any, number: int) -> Probe:
    """Has the PC be so from now on."""
    text = "function look($given) { $State.($given[0]) = ConvertFrom-Json -InputObject $given[1]; Save-State }"
    return Probe(ProbeScript("tests/has.ps1", text), (name, json.dumps(data), number))


def test_where_powershell_may_only_run_cmdlets_it_says_that_it_cannot(tmp_path: Path) -> None:
    [answer] = Pc(tmp_path).ask(arm(WINDOWS, order()), mode=CONSTRAINED)
    assert objection(answer)
