"""What goes wrong on purpose goes wrong as said, as often as said, and for real clients."""

from pathlib import Path

import pytest
from requests.exceptions import ConnectionError as ConnectionBroken
from winrm.exceptions import WinRMOperationTimeoutError, WSManFaultError

from deskprov.practice.windows.faults import Fault, Faults
from tests.practice.windows.desk import Desk
from tests.practice.windows.planned import plan_faults

TASK = {"ansible.windows.win_regedit": {"path": r"HKLM:\SOFTWARE\Faults"}}
MADE = r"hklm\software\faults"


def test_each_fault_happens_as_often_as_planned_and_can_be_planned_anew(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    faults = Faults(file)
    assert faults.next("Create") is None
    plan_faults(file, [Fault("Create", "drop", times=2), Fault("*", "deny")])
    assert [fault and fault.do for fault in map(faults.next, ["Create", "Send", "Create", "Create"])] == [
        *("drop", "deny", "drop"),
        None,
    ]
    plan_faults(file, [Fault("Send", "quota")])
    assert faults.next("Send") == Fault("Send", "quota")
    with pytest.raises(ValueError, match="explode is no fault"):
        Fault("Send", "explode")


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("drop", ConnectionBroken),
        ("hang", ConnectionBroken),
        ("deny", WSManFaultError),
        ("quota", WSManFaultError),
        ("timeout", WinRMOperationTimeoutError),
    ],
)
def test_a_client_sees_the_fault_once(desk: Desk, do: str, expected: type[Exception]) -> None:
    protocol = desk.winrm()
    shell = protocol.open_shell()
    plan_faults(desk.place.faults, [Fault("Command", do, seconds=0.2)])
    with pytest.raises(expected):
        protocol.run_command(shell, "whoami")
    protocol.run_command(shell, "whoami")
    protocol.close_shell(shell)


@pytest.mark.ansible
def test_what_was_cut_off_before_is_not_done_and_what_was_cut_off_after_is(desk: Desk) -> None:
    plan_faults(desk.place.faults, [Fault("Receive", "drop")])
    (dropped,) = desk.play(TASK)
    assert dropped["failed"]
    assert MADE not in desk.state()["registry"]
    plan_faults(desk.place.faults, [Fault("Receive", "break")])
    (broken,) = desk.play(TASK)
    assert broken["failed"]
    assert MADE in desk.state()["registry"]


@pytest.mark.ansible
def test_ansible_reads_on_behind_noise_and_stops_at_garbage(desk: Desk) -> None:
    plan_faults(desk.place.faults, [Fault("Receive", "noise")])
    (noisy,) = desk.play(TASK)
    assert not noisy.get("failed"), noisy
    plan_faults(desk.place.faults, [Fault("Receive", "garbage")])
    (garbage,) = desk.play(TASK)
    assert garbage["failed"]
    assert "No start of json char found" in str(garbage)
