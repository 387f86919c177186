"""A practice PC that is told to reboot goes off the network, and comes back in another life, or as a fault has it."""

import time
from collections.abc import Callable

import pytest
from requests.exceptions import RequestException

from deskprov.formats.windows_reboot import LOOK, WindowsLife, windows_life
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe
from deskprov.practice.waiting import wait_until
from deskprov.practice.windows.faults import REBOOT, Fault
from deskprov.stages.probe import compile_program, parse_answers
from deskprov.stages.reboot import lives
from tests.practice.windows.desk import Desk
from tests.practice.windows.planned import FOR_EVER, plan_faults

# a PC that goes away in the middle of a handshake leaves urllib3 with a socket for the collector
pytestmark = pytest.mark.filterwarnings("ignore:.*unclosed <ssl.SSLSocket:", "ignore:.*<ssl.SSLSocket:")

NONCE = "0123456789abcdef"
LIVES = lives(Platform.WINDOWS)
WITHIN = 20.0


def ask(desk: Desk, question: Probe) -> object:
    """What it answers to deskprov's own question, over the wire."""
    [answer] = parse_answers(desk.run(compile_program([question], NONCE)), [question], NONCE)
    return answer


def life(desk: Desk) -> WindowsLife | None:
    """None while it does not answer."""
    try:
        return windows_life(ask(desk, LOOK))
    except RequestException:
        return None


def comes(desk: Desk, state: Callable[[WindowsLife | None], bool]) -> WindowsLife | None:
    seen: list[WindowsLife | None] = []
    assert wait_until(lambda: state(seen.append(life(desk)) or seen[-1]), WITHIN), seen
    return seen[-1]


def test_it_is_off_and_then_in_another_life_that_begins_when_it_is_back(desk: Desk) -> None:
    before, told_at = desk.state(), time.time()
    assert ask(desk, LIVES.note(["computer/this"])) is True
    assert ask(desk, LIVES.reboot("computer/this")) == str(before["machine"]["boot_id"])
    plan_faults(desk.place.faults, [Fault(REBOOT, "away", seconds=1.0), Fault(REBOOT, "busy", answers=2)])
    comes(desk, lambda now: now is None)
    back = comes(desk, lambda now: now is not None)
    assert back == WindowsLife(str(before["machine"]["boot_id"] + 1), busy=("it is still installing updates",))
    assert comes(desk, lambda now: now is not None and not now.busy)
    assert desk.state()["machine"]["boot"] >= int(told_at + 1)
    assert [entry["boot_id"] for entry in desk.journal("started")] == [before["machine"]["boot_id"] + 1]
    assert desk.pc.state == "running"


def test_the_same_life_a_loop_and_one_that_stays_away(desk: Desk) -> None:
    first = desk.state()["machine"]["boot_id"]
    plan_faults(desk.place.faults, [Fault(REBOOT, "same")])
    ask(desk, LIVES.reboot("x"))
    comes(desk, lambda now: now is None)
    assert comes(desk, lambda now: now is not None) == WindowsLife(str(first))
    plan_faults(desk.place.faults, [Fault(REBOOT, "again", times=2, seconds=0.1)])
    ask(desk, LIVES.reboot("x"))
    comes(desk, lambda now: now is not None and now.boot == str(first + 3))
    plan_faults(desk.place.faults, [Fault(REBOOT, "away", seconds=FOR_EVER)])
    ask(desk, LIVES.reboot("x"))
    comes(desk, lambda now: now is None)
    name = desk.place.name
    assert desk.machines.stop() == [name], "one that is away can be ended"


@pytest.mark.parametrize(("at", "do"), [(REBOOT, "drop"), ("Connect", "away"), ("Send", "same")])
def test_each_place_has_faults_of_its_own(at: str, do: str) -> None:
    with pytest.raises(ValueError, match="is no fault"):
        Fault(at, do)
