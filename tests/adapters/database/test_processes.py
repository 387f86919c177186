"""A process is known by its birth, so that another one with its number is not taken for it."""

import os
import subprocess
from collections.abc import Callable

import pytest

from deskprov.adapters.database.processes import birth, born_by_proc, born_by_ps, own_birth

WAYS = [
    pytest.param(birth, id="as here"),
    pytest.param(born_by_ps, id="ps"),
    pytest.param(born_by_proc, id="proc"),
]


@pytest.mark.parametrize("way", WAYS)
def test_the_living_have_a_birth_and_the_dead_none(way: Callable[[int], str]) -> None:
    child = subprocess.Popen(["sleep", "600"])
    living = way(child.pid)
    assert living
    assert way(child.pid) == living
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert way(child.pid) == ""  # dead, and nobody has asked for its status yet
    child.wait()
    assert way(child.pid) == ""


def test_two_processes_are_not_the_same() -> None:
    assert own_birth() == (os.getpid(), birth(os.getpid()))
    assert birth(os.getpid()) != birth(os.getppid())
