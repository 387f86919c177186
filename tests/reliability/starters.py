"""Technicians who all start setting up one machine at the same moment; the machine answers when the test says so."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier, Event, Lock
from pathlib import Path
from threading import Thread
from typing import Any

from alembic import command

from deskprov.adapters.locks import KernelLocks
from deskprov.api.applying import apply
from deskprov.api.running import Request
from deskprov.cli.exit_status import exit_status
from deskprov.model.inventory import Host
from deskprov.testing import ScriptedTransport
from deskprov.wiring import RealSite
from tests.api.test_applying import Watcher, look_here
from tests.reliability.killable import HOST, PRELOADED

LOADED = (command, *PRELOADED)


@dataclass(frozen=True)
class Gate:
    """All start together; `asked` is set when the machine is asked, and it answers once `answer` is.

    Who takes `first` is the first who asks. There must be no second, who would end the waiting of all.
    """

    together: Barrier
    first: Lock
    asked: Event
    answer: Event


class WaitingSite(RealSite):
    """The real site of this folder, whose machine is asked through a gate."""

    def __init__(self, folder: Path, wait: Callable[[], None]) -> None:
        super().__init__(folder, may_ask=False)
        self._here = folder
        self._wait = wait

    @cached_property
    def transport(self) -> ScriptedTransport:
        def answer(host: Host, program: bytes) -> bytes:
            self._wait()
            return look_here(host, program)

        return ScriptedTransport(answer)

    @cached_property
    def locks(self) -> KernelLocks:
        return KernelLocks(self._here / "locks")


def start_many(folder: Path, threads: int, gate: Gate, told: Pipe) -> None:
    """Starts in so many threads; tells exit status, words and how often the machine was asked of each."""
    ends: list[tuple[int, str, int]] = []
    starting = [Thread(target=_start, args=(folder, gate, ends)) for _ in range(threads)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    told.send(ends)
    told.close()


def _start(folder: Path, gate: Gate, ends: list[Any]) -> None:
    asked: list[None] = []

    def wait() -> None:
        asked.append(None)
        gate.asked.set()
        if not gate.first.acquire(block=False):
            gate.answer.set()
        gate.answer.wait()

    site = WaitingSite(folder, wait)
    gate.together.wait()
    try:
        [host] = apply(site, Request([HOST]), Watcher(), lambda plans: False, verb="setup").hosts
        ends.append((exit_status([host.outcome]), f"{host.message} {host.hint}", len(asked)))
    except Exception as error:
        ends.append((-1, f"{type(error).__name__}: {error}", len(asked)))
