"""The timed undo of Windows, really run on a PC of stand-ins: armed, changed, and then confirmed or taken back."""

import json
from pathlib import Path
from typing import Any

import pytest

from deskprov.formats.windows_registry.way_in import ALWAYS_SAVED, SAVED_WHEN_SET
from deskprov.model.facts import Answer, ProbeError
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe, ProbeScript
from deskprov.stages.probe import compile_program, parse_answers
from deskprov.stages.reboot import Standing, lives
from deskprov.stages.undo import Order, Settled, arm, effect, objection, settle, settled
from tests.powershell import CONSTRAINED, FULL, HERE, NONCE, key, run

pytestmark = pytest.mark.powershell

WINDOWS = Platform.WINDOWS
STAND_INS = (HERE / "undo" / "windows.ps1").read_text("ascii")
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

    def live_on(self, seconds: int) -> None:
        """It has started again since, and been up for so long."""
        memory = self.registry["HKEY_LOCAL_MACHINE"]["keys"]["SYSTEM"]["keys"]["CurrentControlSet"]["keys"]["Control"]
        for part in ("Session Manager", "Memory Management", "PrefetchParameters"):
            memory = memory["keys"][part]
        memory["values"]["BootId"]["data"] += 1
        self.change(up=seconds)

    def ask(self, *probes: Probe, mode: str = FULL) -> list[Answer]:
        program = compile_program(probes, NONCE).decode("ascii")
        return parse_answers(self._run(program, mode), probes, NONCE)

    def wake(self) -> None:
        """The task's time has come."""
        self._run("Start-ScheduledTask -TaskName 'deskprov undo'", FULL)

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
        "up": 4000,
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
    once, start = task["triggers"]
    assert (once["kind"], once["after"], start["kind"], start["Delay"]) == ("once", 300, "startup", "PT300S")
    assert (task["user"], task["settings"]) == (
        "S-1-5-18",
        "AllowStartIfOnBatteries DontStopIfGoingOnBatteries StartWhenAvailable",
    )
    assert pc.state["told"] == ["icacls /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F"]
    assert [file.name for file in (pc.undo / "networks").iterdir()] == ["Wi-Fi-Aula 7.xml"]
    spoil(pc)
    assert pc.key(*NEW, "PublicProfile") == {}
    pc.live_on(100)
    pc.wake()
    assert pc.state["firewall"] == ["nobody"], "in another life it waits as long again"
    assert pc.look().unconfirmed
    pc.change(up=301)
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
    pc._run(f"& ([scriptblock]::Create([System.IO.File]::ReadAllText('{pc.undo / 'undo.ps1'}')))", FULL)
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


def test_it_is_taken_back_at_once_and_what_cannot_be_is_said_and_hinders_nothing(tmp_path: Path) -> None:
    """In another life too, however short it is yet."""
    pc = Pc(tmp_path)
    pc.ask(arm(WINDOWS, order(reboots=True)))
    spoil(pc)
    (pc.undo / "firewall.wfw").unlink()
    pc.live_on(1)
    pc.change(denied=["Add-LocalGroupMember", "sc.exe", "netsh wlan add"], domain="example.org")
    [ended] = pc.ask(settle(WINDOWS, "", keep=False))
    assert settled(ended) == Settled(
        kept=False,
        problems=[
            "What was saved of the firewall is gone.",
            "Access is denied.",
            "The Wi-Fi networks: netsh ended with 1.",
            "The service WinRM: sc ended with 5.",
            "The service sshd: sc ended with 5.",
            "the computer stays in the domain example.org, whose policies may do the same again",
        ],
    )
    assert pc.key(*POLICIES)["LocalAccountTokenFilterPolicy"] == 1
    assert pc.key(*LISTENER) == {"Port": 5986}
    assert pc.state["told"][-1].startswith("shutdown /r /t 5 /d p:4:1 /c deskprov: a change that nobody confirmed")


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
