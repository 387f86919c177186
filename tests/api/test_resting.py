"""Machines with nothing to do have their results at once; those that were kept awake are told all at the same time."""

import json
from collections.abc import Callable
from threading import Barrier
from typing import cast

import pytest

from deskprov.api.resting import at_rest
from deskprov.errors import Unreachable
from deskprov.model.facts import Facts
from deskprov.model.inventory import WINRM, Connection, Host
from deskprov.model.plan import HostPlan
from deskprov.model.platform import Platform
from deskprov.model.ports.progress import Stage, Watcher
from deskprov.model.result import Outcome
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport

MACHINES = 6


class Told:
    """A watcher that keeps what it is told of stages."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, Stage]] = []

    def stage(self, host: str, stage: Stage) -> None:
        """Kept."""
        self.stages.append((host, stage))


def machines(awake: Callable[[int], bool]) -> list[tuple[Host, HostPlan]]:
    names = [f"pc-{number}" for number in range(MACHINES)]
    return [
        (
            Host(name, Connection("192.0.2.1", user="deskprov", transport=WINRM)),
            HostPlan(name, "lab", Platform.WINDOWS, Facts(kept_awake=awake(number)), changes=[]),
        )
        for number, name in enumerate(names)
    ]


def site(answer: Callable[[Host], object]) -> FakeSite:
    def ask(host: Host, program: bytes) -> bytes:
        given = answer(host)
        data = json.loads(program.decode().rpartition("\nmain '")[2].rpartition("'")[0].replace("\\u0027", "'"))
        begin, end = (f"\ndeskprov-{word}-{data['nonce']}\n" for word in ("begin", "end"))
        return f"{begin}{json.dumps({'answers': [{'answer': given}]})}{end}".encode()

    runner = ScriptedRunner(lambda *_: pytest.fail("Ansible is not asked"))
    return FakeSite(MemoryFiles({}), MemoryInventory(), ScriptedTransport(ask), runner)


def test_all_that_were_kept_awake_are_told_at_once_and_who_is_off_holds_up_nobody() -> None:
    together = Barrier(MACHINES)

    def answer(host: Host) -> object:
        together.wait(20)
        if host.name == "pc-0":
            raise Unreachable(host.name, "it is off")
        return {"released": True}

    told = Told()
    ended = {
        result.host: (result.outcome, result.message)
        for _, result in at_rest(site(answer), machines(lambda number: True), cast(Watcher, told))
    }
    good = dict.fromkeys((f"pc-{number}" for number in range(MACHINES)), (Outcome.OK, ""))
    assert ended == {**good, "pc-0": (Outcome.OK, "It is still kept awake: it is off")}
    assert sorted(told.stages) == [(f"pc-{number}", Stage.RELEASING) for number in range(MACHINES)]


def test_the_others_are_asked_nothing_and_wait_for_nobody() -> None:
    asked: list[str] = []

    def answer(host: Host) -> object:
        asked.append(host.name)
        return {"released": True}

    told = Told()
    ended = at_rest(site(answer), machines(lambda number: number == 0), cast(Watcher, told))
    assert [next(ended)[1].host for _ in range(MACHINES - 1)] == [f"pc-{number}" for number in range(1, MACHINES)]
    assert (asked, told.stages) == ([], [])
    assert [result.host for _, result in ended] == asked == ["pc-0"]
