"""A practice PC that is cut off refuses whoever comes from outside, and takes that back by itself, in real time."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from requests.exceptions import RequestException
from winrm.exceptions import InvalidCredentialsError

from deskprov.formats.windows_registry.way_in import ALWAYS_SAVED
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe
from deskprov.practice.waiting import wait_until
from deskprov.practice.windows.computer import fresh_state, write_state
from deskprov.practice.windows.faults import REBOOT, UNDO, Fault
from deskprov.practice.windows.reach import is_reached
from deskprov.resources.firewall_rules.practice_windows import KEY
from deskprov.stages.probe import compile_program, parse_answers
from deskprov.stages.reboot import Standing, lives
from deskprov.stages.undo import Order, arm, objection, settle, settled
from tests.practice.windows.desk import Desk
from tests.practice.windows.planned import plan_faults

# a PC that goes away in the middle of a handshake leaves urllib3 with a socket for the collector
pytestmark = pytest.mark.filterwarnings("ignore:.*unclosed <ssl.SSLSocket:", "ignore:.*<ssl.SSLSocket:")

WINDOWS = Platform.WINDOWS
NONCE = "0123456789abcdef"
WITHIN = 20.0
BLOCKS = "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|RA4=127.0.0.0/255.0.0.0|Name=school|"
ADMINISTRATORS = "administrators"


def ask(desk: Desk, *questions: Probe) -> list[Any]:
    return list(parse_answers(desk.run(compile_program(questions, NONCE)), questions, NONCE))


def standing(desk: Desk) -> Standing | None:
    """None while nobody is let in."""
    try:
        return lives(WINDOWS).read(ask(desk, *lives(WINDOWS).look))
    except (RequestException, InvalidCredentialsError):
        return None


def armed(desk: Desk, token: str, seconds: float = 1) -> None:
    places = tuple(place.saved for place in ALWAYS_SAVED)
    saved = (places, ("WinRM", "sshd"), ())
    order = Order(token, int(seconds), "deskprov", ["firewall_rules/school"], False, saved)
    [answer] = ask(desk, arm(WINDOWS, order))
    assert objection(answer) == ""


def put(desk: Desk, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes it behind its back, as a module would."""
    state = desk.state()
    change(state)
    write_state(desk.place.state, state)


def block(state: dict[str, Any]) -> None:
    rules = {"path": KEY, "values": {"{1}": {"name": "{1}", "type": "string", "data": BLOCKS}}}
    state["registry"][KEY.lower()] = rules
    own = state["users"]["deskprov"]["sid"]
    state["groups"][ADMINISTRATORS]["members"].remove(own)


def may_log_on(desk: Desk) -> bool:
    state = desk.state()
    return state["users"]["deskprov"]["sid"] in state["groups"][ADMINISTRATORS]["members"]


def test_it_is_cut_off_until_it_takes_that_back_and_says_so_once(desk: Desk) -> None:
    armed(desk, "first")
    put(desk, block)
    with pytest.raises(RequestException):
        ask(desk, *lives(WINDOWS).look)
    assert wait_until(lambda: standing(desk) is not None, WITHIN)
    found = standing(desk)
    assert found is not None
    assert (found.unconfirmed, found.taken_back) == (False, ("firewall_rules/school",))
    assert may_log_on(desk)
    told, again = ask(desk, settle(WINDOWS, "first", keep=True), settle(WINDOWS, "", keep=False))
    assert [settled(told), settled(again)] == [
        settled({"kept": False, "problems": []}),
        settled({"kept": False, "problems": ["the machine knows nothing of it"]}),
    ]
    after = standing(desk)
    assert after is not None
    assert after.taken_back == ()


def test_what_is_confirmed_stays(desk: Desk) -> None:
    armed(desk, "second", seconds=60)
    put(desk, lambda state: state["firewall"].update(public=False))
    [kept] = ask(desk, settle(WINDOWS, "second", keep=True))
    assert settled(kept) == settled({"kept": True, "problems": []})
    assert (desk.state()["undo"], desk.state()["firewall"]["public"]) == ({}, False)


def test_after_a_reboot_in_between_it_takes_as_long_again(desk: Desk) -> None:
    """Also when its time came while it was off."""
    plan_faults(desk.place.faults, [Fault(REBOOT, "away", seconds=2.0)])
    armed(desk, "third", seconds=1)
    before = desk.state()
    ask(desk, lives(WINDOWS).reboot("a test"))
    put(desk, block)
    assert wait_until(lambda: desk.state()["machine"]["boot_id"] > before["machine"]["boot_id"], WITHIN)
    again = desk.state()["undo"]
    assert "saved" in again
    assert again["due"] > before["undo"]["due"] + 1
    assert wait_until(lambda: standing(desk) is not None, WITHIN)
    [told] = ask(desk, settle(WINDOWS, "third", keep=True))
    assert settled(told) == settled({"kept": False, "problems": []})


def test_a_power_cut_in_the_middle_only_delays_it(desk: Desk) -> None:
    plan_faults(desk.place.faults, [Fault(UNDO, "cut")])
    life = desk.state()["machine"]["boot_id"]
    armed(desk, "fourth")
    put(desk, block)
    assert wait_until(lambda: desk.state()["machine"]["going_down"], WITHIN)
    half = desk.state()
    assert "saved" in half["undo"], "it has not ended"
    assert not may_log_on(desk), "it was in the middle"
    assert wait_until(lambda: standing(desk) is not None, WITHIN)
    assert desk.state()["machine"]["boot_id"] == life + 1
    [told] = ask(desk, settle(WINDOWS, "fourth", keep=True))
    assert settled(told) == settled({"kept": False, "problems": []})


ALLOWS = "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|{}Name=a|"


@pytest.mark.parametrize(
    ("reached", "rules", "firewall"),
    [
        (False, [], True),
        (True, [], False),
        (True, [ALLOWS.format("LPort=5986|")], True),
        (False, [ALLOWS.format("LPort=443|")], True),
        (True, [ALLOWS.format("LPort2_10=5000-6000|Profile=Private|")], True),
        (False, [ALLOWS.format("Profile=Public|")], True),
        (False, [ALLOWS.format("App=C:\\game.exe|")], True),
        (True, [ALLOWS.format("RA4=192.0.2.0/255.255.255.0|RA4=198.51.100.7|")], True),
        (False, [ALLOWS.format("RA4=198.51.100.0/24|")], True),
        (True, [ALLOWS.format("RA4=LocalSubnet|")], True),
        (False, [ALLOWS.format(""), ALLOWS.format("LPort=5986|").replace("Allow", "Block")], True),
        (True, [ALLOWS.format(""), ALLOWS.format("").replace("Allow", "Block").replace("TRUE", "FALSE")], True),
        (True, [ALLOWS.format(""), ALLOWS.format("").replace("Allow", "Block").replace("=6", "=17")], True),
        (True, [ALLOWS.format(""), ALLOWS.format("").replace("Allow", "Block").replace("=In", "=Out")], True),
    ],
)
def test_who_is_let_in(reached: bool, rules: list[str], firewall: bool) -> None:
    state = fresh_state("pc-1", 0)
    values = {str(number): {"name": str(number), "type": "string", "data": text} for number, text in enumerate(rules)}
    state["registry"][KEY.lower()] = {"path": KEY, "values": values}
    state["firewall"]["private"] = firewall
    assert is_reached(state, "winrm", 5986, "192.0.2.9") is reached
    assert is_reached(json.loads(json.dumps(state)), "ssh", 5986, "192.0.2.9") is reached
    state["services"]["winrm"]["state"] = "stopped"
    assert not is_reached(state, "winrm", 5986, "192.0.2.9")
