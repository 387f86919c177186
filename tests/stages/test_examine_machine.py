"""Is a machine ready to be set up? Judged from what machines answer; nothing here asks one.

`READY` was recorded on a practice machine (Debian 12, sudo 1.9.13). The clock's answers are made up: practice machines
share the clock of the computer they run on, so none of them can be two hours wrong.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskprov.model.asset import Asset
from deskprov.model.check import Check, Verdict
from deskprov.model.facts import Facts, ProbeError
from deskprov.model.inventory import Connection
from deskprov.model.platform import Platform
from deskprov.stages.examine.anywhere import NAMES, Asked
from deskprov.stages.examine.machine import checks, questions
from deskprov.stages.probe import compile_program, parse_answers
from tests.formats.hostile_texts import hostile_texts

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
GIB = 2**30
READY: dict[str, Any] = {
    "time": NOW.timestamp() + 0.5,
    "python": [3, 11, 2],
    "sudo": "Sudo version 1.9.13p3",
    "sudo_rules": "User deskprov may run the following commands on practice-1:\n    (ALL : ALL) NOPASSWD: ALL\n",
    "zone": "Etc/UTC",
    "hardware_clock": "",
    "places": [
        ["/", 4 * GIB, 4277768192, 3085510, 3085442, False],
        ["/tmp", 2527653888, 2527653888, 409600, 409593, False],
    ],
    "locks": [],
    "half_done": [],
    "reboot_since": None,
    "going_down": "",
    "mains": [],
    "charge": [],
}
WITH_PASSWORD = Connection("192.0.2.1", become_password="sudo-word")


def asked(asset: Asset | None = None, connection: Connection | None = None) -> Asked:
    return Asked(connection or Connection("192.0.2.1"), NOW, NOW + timedelta(seconds=1), asset)


def check(name: str, answer: Mapping[str, Any], *, asset: Asset | None = None, **said: Any) -> Check:
    [found] = [one for one in checks(asked(asset), {**READY, **answer}, Facts(**said)) if one.name == name]
    return found


def test_a_ready_machine_is_well_in_every_way() -> None:
    found = checks(asked(), READY, Facts())
    assert [one.name for one in found] == list(NAMES)
    assert {one.verdict for one in found} == {Verdict.OK}
    assert found[0].found == "deskprov may use sudo without a password (Sudo version 1.9.13p3)"


def test_this_computer_answers_the_question() -> None:
    """Really asked, though as whoever runs the tests; what is here is not known, but every check has an answer."""
    probes = questions(Platform.LINUX, "root")
    program = compile_program(probes, "0123")
    said = subprocess.run([sys.executable, "-I", "-S", "-"], input=program, capture_output=True, check=True).stdout
    [answer] = parse_answers(said, probes, "0123")
    assert answer.keys() == READY.keys()
    now = datetime.now(UTC)
    found = checks(Asked(Connection("192.0.2.1"), now - timedelta(minutes=1), now, None), answer, Facts())
    assert Verdict.NOT_LOOKED_AT not in {one.verdict for one in found}


@pytest.mark.parametrize(
    ("seconds", "verdict", "words"),
    [
        (0.5, Verdict.OK, "right to the second"),
        (20, Verdict.OK, "19.0 s ahead of this computer"),
        (-90, Verdict.WARNING, "1 min 30 s behind this computer"),
        (400, Verdict.FAILED, "6 min 39 s ahead of this computer"),
        (-7200, Verdict.FAILED, "2 h 0 min behind this computer; its time zone is Etc/UTC. A difference of 2 hours"),
        (3600 * 5.5 + 1, Verdict.FAILED, "A difference of 5.5 hours looks like a clock that was set to local time"),
        (86400 * 400, Verdict.FAILED, "400 days ahead"),
    ],
)
def test_clock(seconds: float, verdict: Verdict, words: str) -> None:
    found = check("clock", {"time": NOW.timestamp() + seconds})
    assert (found.verdict, found.fix != "") == (verdict, verdict is not Verdict.OK)
    assert words in found.found


def test_a_difference_of_no_whole_hours_is_not_called_a_time_zone() -> None:
    assert "time zone." not in check("clock", {"time": NOW.timestamp() + 4000}).found.replace("Etc/UTC", "")
    assert "wrong time zone" not in check("clock", {"time": NOW.timestamp() + 4000}).found


def test_a_hardware_clock_in_local_time_is_named() -> None:
    found = check("clock", {"time": NOW.timestamp() - 7200, "hardware_clock": "0.0 0 0.0\n0\nLOCAL"})
    assert "as Windows does" in found.found
    assert "timedatectl set-local-rtc 0" in found.fix


def test_the_time_that_the_answer_took_is_no_error_of_the_clock() -> None:
    slow = Asked(Connection("192.0.2.1"), NOW, NOW + timedelta(minutes=9), None)
    [found] = [one for one in checks(slow, READY | {"time": NOW.timestamp() + 300}, Facts()) if one.name == "clock"]
    assert found.verdict is Verdict.OK


@pytest.mark.parametrize(
    ("place", "verdict", "words"),
    [
        (["/", 100 * GIB, 50 * GIB, 10, 5, False], Verdict.OK, "/ has 50.0 GiB free of 100.0 GiB"),
        (["/var", 100 * GIB, 1 * GIB, 10, 5, False], Verdict.WARNING, "little room on /var"),
        (["/", 100 * GIB, 1000, 10, 5, False], Verdict.FAILED, "/ is full"),
        (["/", 100 * GIB, 50 * GIB, 10, 0, False], Verdict.FAILED, "/ is full"),
        (["/", 100 * GIB, 50 * GIB, 10, 5, True], Verdict.FAILED, "/ cannot be written to"),
        (["/", 100 * GIB, 50 * GIB, 0, 0, False], Verdict.OK, "/ has"),  # btrfs counts no inodes
    ],
)
def test_disk(place: list[Any], verdict: Verdict, words: str) -> None:
    found = check("disk", {"places": [place]})
    assert found.verdict is verdict
    assert words in found.found


def test_a_package_lock_names_its_holder_and_for_how_long() -> None:
    found = check("package_lock", {"locks": [["/var/lib/dpkg/lock-frontend", 812, "unattended-upgr", 125.0]]})
    assert found.verdict is Verdict.WARNING
    assert found.found == (
        "unattended-upgr (process 812, which has run for 2 min 5 s) is installing or updating: "
        "it holds /var/lib/dpkg/lock-frontend"
    )
    assert "5 minutes" in found.fix


def test_a_package_lock_held_for_hours_stops_work() -> None:
    found = check("package_lock", {"locks": [["/var/lib/dpkg/lock", 812, "dpkg", 7200.0]]})
    assert found.verdict is Verdict.FAILED
    assert "ps -fp 812" in found.fix


def test_a_broken_off_installation_stops_work() -> None:
    found = check("package_lock", {"half_done": ["0001"]})
    assert (found.verdict, found.fix) == (Verdict.FAILED, "Finish it there: sudo dpkg --configure -a")


def test_a_pending_restart_is_told_with_its_reason() -> None:
    found = check("reboot", {"reboot_since": 7200.0}, reboot_wanted=["libc6", "linux-image-6.1"])
    assert found.verdict is Verdict.WARNING
    assert found.found == "waits for a restart for libc6, linux-image-6.1, since 2 h 0 min"


def test_a_machine_that_is_about_to_go_down_is_told() -> None:
    found = check("reboot", {"going_down": "USEC=1788250000000000\nWARN_WALL=1\nMODE=reboot"})
    assert found.found == "it will go down at 2026-09-01 08:06 UTC (reboot)"


def test_another_serial_number_than_recorded_stops_work() -> None:
    found = check("identity", {}, asset=Asset(host="lab-01", serial="AB-1"), serial="AB-2")
    assert found.verdict is Verdict.FAILED
    assert "serial: the record says AB-1, the machine AB-2" in found.found
    assert check("identity", {}, asset=Asset(host="lab-01", serial="ab-2"), serial="AB-2").verdict is Verdict.OK


def test_power() -> None:
    assert check("power", {"charge": ["80"], "mains": ["1"]}).found == "plugged in, 80 % charged"
    assert check("power", {"charge": ["12"], "mains": ["0"]}).verdict is Verdict.WARNING


def test_an_old_python() -> None:
    assert check("python", {"python": [3, 8, 10]}).verdict is Verdict.FAILED


def test_sudo_rs_that_asks_is_no_good_for_ansible() -> None:
    rules = "    (ALL : ALL) ALL"

    def sudo(**answer: str) -> Check:
        return checks(asked(connection=WITH_PASSWORD), READY | answer, Facts())[0]

    found = sudo(sudo="sudo-rs 0.2.5", sudo_rules=rules)
    assert (found.verdict, "NOPASSWD" in found.fix) == (Verdict.FAILED, True)
    assert sudo(sudo="sudo-rs 0.2.5").verdict is Verdict.OK
    assert sudo(sudo_rules=rules).found.startswith("deskprov may use sudo with the password sudo-word")


def test_a_machine_that_could_not_look_is_not_called_well() -> None:
    rights, *found = checks(asked(), ProbeError("TimeoutError"), Facts())
    assert rights.verdict is Verdict.OK
    assert {one.verdict for one in found} == {Verdict.NOT_LOOKED_AT}
    assert all("TimeoutError" in one.found for one in found)


def _nonsense() -> Iterator[dict[str, Any]]:
    strange = [
        None,
        True,
        -1,
        10**18,
        1e300,
        "",
        [],
        {},
        [[]],
        [None],
        [["/", "x", {}, [], 1, 2]],
        *hostile_texts()[:40],
    ]
    for name in READY:
        for value in strange:
            yield READY | {name: value}
    for text in hostile_texts()[:200]:
        yield READY | {"locks": [[text, 1, text, 5.0]], "going_down": f"USEC=1788250000000000\nMODE={text}"}
        yield READY | {"zone": text, "sudo": text, "time": 1.0}
    yield {"anything": 1}


def test_nonsense_is_never_an_error_of_ours_and_never_several_lines() -> None:
    count = 0
    for answer in _nonsense():
        for one in checks(asked(), answer, Facts()):
            assert json.dumps(one.found).isprintable()
            assert one.found.isprintable()
            count += 1
    assert count > 2000


def test_another_uuid_with_the_right_serial_number_is_only_told() -> None:
    """As a run judges it: a new main board keeps the serial number and has another UUID."""
    asset = Asset(host="lab-01", serial="AB-1", uuid="old-one")
    [found] = [each for each in checks(asked(asset), READY, Facts(serial="AB-1", uuid="new-one")) if each.fix]
    assert (found.name, found.verdict) == ("identity", Verdict.WARNING)
