"""What a practice PC says when it is examined is judged as the answer of Windows would be."""

from datetime import UTC, datetime
from typing import Any

from deskprov.model.check import Check, Verdict
from deskprov.model.facts import Facts
from deskprov.model.inventory import Connection
from deskprov.practice.windows.answers import readiness
from deskprov.practice.windows.computer import fresh_state
from deskprov.stages.examine.anywhere import Asked
from deskprov.stages.examine.machine import checks


def examined(**machine: Any) -> dict[str, Check]:
    state = fresh_state("pc-1", 0)
    state["machine"] |= machine
    began = datetime.now(UTC)
    answer = readiness.look(state, None)
    asked = Asked(Connection("192.0.2.1", transport="winrm"), began, datetime.now(UTC), None)
    return {check.name: check for check in checks(asked, answer, Facts())}


def test_a_fresh_one_is_ready() -> None:
    assert {check.verdict for check in examined().values()} == {Verdict.OK}


def test_what_is_wrong_with_it_is_said() -> None:
    battery = {"EstimatedChargeRemaining": 9, "BatteryStatus": 1}
    found = examined(clock_off=-86400, free=2**20, batteries=[battery])
    assert {name: check.verdict.value for name, check in found.items() if check.verdict is not Verdict.OK} == {
        "clock": "failed",
        "disk": "failed",
        "power": "warning",
    }
