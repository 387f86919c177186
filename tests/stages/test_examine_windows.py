"""Is a Windows PC ready to be set up? Judged from answers made up in the form of examine/probe_windows.ps1."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskprov.formats.windows_reboot import ABOUT_REBOOTS
from deskprov.model.asset import Asset
from deskprov.model.check import Check, Verdict
from deskprov.model.facts import Facts
from deskprov.model.inventory import Connection
from deskprov.stages.examine.anywhere import NAMES, Asked
from deskprov.stages.examine.machine import checks
from deskprov.stages.examine.windows import TICKS, TICKS_1970
from tests.formats.hostile_texts import hostile_texts

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
GIB = 2**30


def ticks(moment: datetime) -> int:
    return TICKS_1970 + int(moment.timestamp() * TICKS)


READY: dict[str, Any] = {
    "ticks": ticks(NOW),
    "zone": "Pacific Standard Time",
    "powershell": "5.1.26100.4061",
    "language_mode": "FullLanguage",
    "disks": [{"DeviceID": "C:", "Size": 237 * GIB, "FreeSpace": 99 * GIB}, {"DeviceID": "D:", "Size": None}],
    "system_drive": "C:",
    "installing": False,
    "batteries": [{"EstimatedChargeRemaining": 80, "BatteryStatus": 2}],
    "token_filter": 1,
    "failed": {},
}


KNOWN = Facts(serial="EX0042", hostname="PC-1")


def judged(
    answer: dict[str, Any], user: str = "deskprov", facts: Facts = KNOWN, transport: str = "winrm"
) -> list[Check]:
    way = Connection("192.0.2.1", user=user, transport=transport, shell="powershell" if transport == "ssh" else "")
    asked = Asked(way, NOW, NOW + timedelta(seconds=1), None)
    return checks(asked, READY | answer, facts)


def check(name: str, user: str = "deskprov", **answer: Any) -> Check:
    [found] = [one for one in judged(answer, user) if one.name == name]
    return found


@pytest.mark.parametrize(
    ("transport", "elevated", "verdict", "words"),
    [
        ("ssh", True, Verdict.OK, "deskprov has an administrator's rights"),
        ("ssh", None, Verdict.NOT_LOOKED_AT, "does not say whether deskprov is an administrator"),
        ("ssh", False, Verdict.FAILED, "deskprov is let in, but has no administrator's rights there"),
        ("winrm", False, Verdict.FAILED, "deskprov is let in, but has no administrator's rights there"),
        ("winrm", None, Verdict.OK, "over the network"),
    ],
)
def test_whether_it_comes_in_as_an_administrator(
    transport: str, elevated: bool | None, verdict: Verdict, words: str
) -> None:
    facts = Facts(serial="EX0042", hostname="PC-1", elevated=elevated)
    [rights] = [one for one in judged({}, facts=facts, transport=transport) if one.name == "sudo"]
    assert (rights.verdict, words in rights.found) == (verdict, True)


def test_a_ready_pc_is_well_in_every_way() -> None:
    found = judged({})
    assert [one.name for one in found] == list(NAMES)
    assert {one.verdict for one in found} == {Verdict.OK}
    assert [one.found for one in found if one.name in ("disk", "clock", "power")] == [
        "C: has 99.0 GiB free of 237.0 GiB",
        "right to the second; its time zone is Pacific Standard Time",
        "plugged in, 80 % charged",
    ]


@pytest.mark.parametrize("value", [0, None])
def test_a_token_filter_that_a_baseline_set_back_is_said(value: int | None) -> None:
    found = check("sudo", token_filter=value)
    assert found.verdict is Verdict.WARNING
    assert "baseline" in found.found
    assert "reg add HKLM\\SOFTWARE" in found.fix
    for user in ("EXAMPLE\\tech", "tech@example.org"):
        assert check("sudo", user, token_filter=value).verdict is Verdict.OK
    for user in (".\\tech", "pc-1\\tech", "PC-1\\tech", "tech@pc-1"):
        assert check("sudo", user, token_filter=value).verdict is Verdict.WARNING
    over_ssh = Connection("192.0.2.1", transport="ssh", shell="powershell")
    asked = Asked(over_ssh, NOW, NOW, None)
    assert checks(asked, READY | {"token_filter": value}, Facts())[0].verdict is Verdict.NOT_LOOKED_AT


@pytest.mark.parametrize(
    ("name", "answer", "nothing"),
    [
        ("sudo", "token_filter", None),
        ("package_lock", "installing", None),
        ("power", "batteries", []),
        ("disk", "disks", []),
    ],
)
def test_what_could_not_be_asked_is_not_well(name: str, answer: str, nothing: object) -> None:
    assert check(name, **{answer: nothing, "failed": {answer: "Access denied"}}).verdict is Verdict.NOT_LOOKED_AT


def about_reboot(**said: Any) -> Check:
    [found] = [one for one in judged({}, facts=Facts(**said)) if one.name == "reboot"]
    return found


def test_what_it_waits_for_a_restart_for_is_what_its_facts_say() -> None:
    missing = [f"{ABOUT_REBOOTS}a key: Access denied"]
    assert about_reboot(unanswered=["Win32_Tpm: Access denied"]).verdict is Verdict.OK
    assert about_reboot(unanswered=missing).verdict is Verdict.NOT_LOOKED_AT
    held = about_reboot(unanswered=["HKU\\deskprov-812-7-1: left loaded by an earlier run", *missing])
    assert held.verdict is Verdict.WARNING
    assert held.found == "HKU\\deskprov-812-7-1: left loaded by an earlier run"
    found = about_reboot(reboot_wanted=["updates of Windows", "its new name"], unanswered=missing)
    assert (found.verdict, found.found) == (
        Verdict.WARNING,
        "waits for a restart for updates of Windows, its new name",
    )


def test_a_clock_that_is_a_day_wrong() -> None:
    found = check("clock", ticks=ticks(NOW - timedelta(days=1)))
    assert (found.verdict, found.found.partition(" behind")[0]) == (Verdict.FAILED, "24 h 0 min")
    assert "w32tm /resync" in found.fix
    assert check("clock", ticks=ticks(NOW + timedelta(seconds=90))).verdict is Verdict.WARNING
    assert "tzutil" in check("clock", ticks=ticks(NOW + timedelta(hours=2))).fix
    assert check("clock", ticks="noon").verdict is Verdict.NOT_LOOKED_AT


@pytest.mark.parametrize(
    ("free", "verdict"), [(100 * 2**20, Verdict.FAILED), (GIB, Verdict.WARNING), (3 * GIB, Verdict.OK)]
)
def test_room_on_the_drive_of_windows(free: int, verdict: Verdict) -> None:
    disks = [{"DeviceID": "C:", "Size": 237 * GIB, "FreeSpace": free}, {"DeviceID": "E:", "Size": GIB, "FreeSpace": 0}]
    assert check("disk", disks=disks).verdict is verdict


def test_an_installation_under_way() -> None:
    assert check("package_lock", installing=True).verdict is Verdict.WARNING


@pytest.mark.parametrize(
    ("charge", "status", "verdict", "words"),
    [
        (12, 1, Verdict.WARNING, "on battery, 12 % charged"),
        (80, 1, Verdict.OK, "on battery, 80 % charged"),
        (12, 6, Verdict.OK, "plugged in, 12 % charged"),
    ],
)
def test_power(charge: int, status: int, verdict: Verdict, words: str) -> None:
    battery = {"EstimatedChargeRemaining": charge, "BatteryStatus": status}
    found = check("power", batteries=[battery])
    assert (found.verdict, found.found) == (verdict, words)
    assert check("power", batteries=[]).found == "no battery"


def test_powershell_that_is_constrained_can_only_look() -> None:
    found = check("python", language_mode="ConstrainedLanguage")
    assert found.verdict is Verdict.WARNING
    assert "Ansible cannot change anything" in found.found


def test_another_machine_than_the_recorded_one() -> None:
    asked = Asked(Connection("192.0.2.1", transport="psrp"), NOW, NOW, Asset(host="pc-1", serial="A1"))
    [found] = [one for one in checks(asked, READY, Facts(serial="B2")) if one.name == "identity"]
    assert found.verdict is Verdict.FAILED


def test_nonsense_is_never_an_error_of_ours_and_never_several_lines() -> None:
    strange = [None, True, -1, 10**18, 1e300, "", [], {}, [[]], [None], [{"DeviceID": [], "Size": "x"}]]
    for name in READY:
        for value in [*strange, *hostile_texts()[:100], hostile_texts()[:20]]:
            for one in judged({name: value}):
                assert json.dumps(one.found).isprintable()
                assert one.found.isprintable()
