"""Can deskprov work from this computer? Judged from what was found on computers of every kind."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from deskprov.model.check import Check, Verdict
from deskprov.model.room import Room
from deskprov.model.workplace import AnsibleHealth, PrivateKey, RecordHealth, Sync, Volume, Workplace
from deskprov.stages.examine import controller

GIB = 2**30
DISK = Volume("/home/robin/site", "ext4", True)
RUNS = Volume("/dev/shm", "tmpfs", True)
HERE = Workplace(
    python=(3, 12, 1),
    system="Linux",
    wsl=0,
    wsl_network="",
    site=DISK,
    record=replace(DISK, folder="/home/robin/site/.deskprov"),
    runs=RUNS,
    ssh_program=True,
    agent_keys=1,
    own_keys=["id_ed25519"],
    key_files=[],
    secrets_missing=[],
    clock=Sync.SYNCHRONISED,
    leftovers=[],
    committers=1,
)
SOUND = RecordHealth("/home/robin/site/.deskprov/deskprov.db", "current", "", ["desk-1"])
SHARE = replace(DISK, kind="cifs")
WINDOWS = replace(DISK, folder="/mnt/c/Users/robin/site", kind="9p")
Judge = Callable[[Workplace], Check]


def record(here: Workplace, health: RecordHealth | None = SOUND) -> Check:
    return controller.record(here, health, "desk-1")


def test_a_computer_in_order_has_nothing_to_mend() -> None:
    judges: list[Judge] = [
        *(controller.python, controller.system, record, controller.run_folder, controller.ssh),
        *(controller.keys, controller.clock, controller.leftovers),
    ]
    assert {judge(HERE).verdict for judge in judges} == {Verdict.OK}
    assert controller.secrets(HERE, 3).verdict is Verdict.OK
    assert controller.ansible(AnsibleHealth("/usr/bin/ansible-playbook", "2.19.1", [])).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("judge", "found", "verdict", "words"),
    [
        (controller.python, {"python": (3, 10, 1)}, Verdict.FAILED, "tested with 3.11 to 3.13"),
        (controller.python, {"python": (3, 14, 0)}, Verdict.FAILED, "tested with 3.11 to 3.13"),
        (controller.system, {"wsl": 2, "site": WINDOWS}, Verdict.FAILED, "on a Windows disk (/mnt/c/Users/robin/site)"),
        (controller.system, {"wsl": 1}, Verdict.FAILED, "WSL 1"),
        (controller.system, {"wsl": 2, "wsl_network": "nat"}, Verdict.WARNING, "cannot reach back"),
        (controller.system, {"wsl": 2, "wsl_network": "mirrored"}, Verdict.OK, "network: mirrored"),
        (controller.system, {"system": "Darwin"}, Verdict.OK, "macOS"),
        (controller.system, {"system": "FreeBSD"}, Verdict.FAILED, "no controller"),
        (record, {"record": SHARE}, Verdict.FAILED, "network share (cifs)"),
        (record, {"record": replace(DISK, writable=False)}, Verdict.FAILED, "can be read, not written"),
        (record, {"committers": 3}, Verdict.WARNING, "3 people commit to this site"),
        (record, {"committers": 3, "record": None}, Verdict.OK, "sound"),  # one server for all
        (controller.run_folder, {"runs": replace(RUNS, folder="/tmp", kind="ext4")}, Verdict.WARNING, "not in memory"),
        (controller.ssh, {"ssh_program": False}, Verdict.FAILED, "no ssh program"),
        (controller.keys, {"key_files": [PrivateKey("keys/fleet", False)]}, Verdict.FAILED, "no such file: keys/fleet"),
        (controller.keys, {"key_files": [PrivateKey("k", True, True)]}, Verdict.FAILED, "others on this computer"),
        (controller.keys, {"agent_keys": -1}, Verdict.WARNING, "ssh-agent does not answer"),
        (controller.keys, {"agent_keys": None, "own_keys": []}, Verdict.WARNING, "no private key"),
        (controller.clock, {"clock": Sync.NOT}, Verdict.WARNING, "not in step"),
        (controller.clock, {"clock": Sync.UNKNOWN}, Verdict.NOT_LOOKED_AT, "does not say"),
        (controller.leftovers, {"leftovers": ["/dev/shm/deskprov-run-1"]}, Verdict.WARNING, "1 run died"),
    ],
)
def test_what_is_not_in_order(judge: Judge, found: dict[str, Any], verdict: Verdict, words: str) -> None:
    check = judge(replace(HERE, **found))
    assert check.verdict is verdict, check
    assert words in check.found
    assert bool(check.fix) == (verdict in (Verdict.WARNING, Verdict.FAILED))


@pytest.mark.parametrize(
    ("health", "verdict", "words"),
    [
        (None, Verdict.OK, "none yet"),
        (replace(SOUND, schema="old"), Verdict.OK, "earlier release"),
        (replace(SOUND, damage="row 3 missing from index"), Verdict.FAILED, "damaged: row 3 missing from index"),
        (replace(SOUND, controllers=["desk-1", "laptop-2"]), Verdict.WARNING, "runs of laptop-2"),
    ],
)
def test_the_record(health: RecordHealth | None, verdict: Verdict, words: str) -> None:
    check = record(HERE, health)
    assert check.verdict is verdict
    assert words in check.found


def test_the_disk_is_judged_as_a_run_does_before_it_begins() -> None:
    room, full = Room("the record", "/srv/site", 100 * GIB, GIB), Room("the run folder", "/dev/shm", 100 * GIB, 10**8)
    assert controller.disk([room]) == Check("disk", Verdict.OK, "/srv/site has 1.0 GiB free")
    check = controller.disk([room, full])
    assert check.verdict is Verdict.FAILED
    assert "/dev/shm needs 476.8 MiB for the run folder" in check.found


def test_collections_that_are_not_there_stop_work() -> None:
    check = controller.ansible(AnsibleHealth("/usr/bin/ansible-playbook", "2.19.1", ["ansible.posix"]))
    assert check.verdict is Verdict.FAILED
    assert check.fix.endswith("ansible-galaxy collection install ansible.posix")


def test_secrets_that_are_not_to_be_had_are_named() -> None:
    check = controller.secrets(replace(HERE, secrets_missing=["wifi (the variable WIFI is not set)"]), 2)
    assert (check.verdict, "wifi (the variable WIFI is not set)" in check.found) == (Verdict.WARNING, True)
