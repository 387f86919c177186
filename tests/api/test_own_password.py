"""The password that deskprov logs in with on Windows is replaced; wherever it breaks off, one of the two lets it in."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from deskprov.adapters.enrolment_seals import RsaSeals
from deskprov.api import secrets as verbs
from deskprov.api.kept_passwords import keep_new, prove
from deskprov.api.own_login import find_ways_in
from deskprov.api.own_password import replace_own
from deskprov.api.rotating import rotate_of_machines
from deskprov.errors import LoginRefused, ProbeFailed, Unreachable
from deskprov.model.asset import Asset
from deskprov.model.escrow import EscrowState, NewSecret, Owner
from deskprov.model.inventory import Connection, Host
from deskprov.model.ports.assets import AssetChange
from deskprov.model.secret import SecretRef, Value, as_password
from deskprov.presenters.secrets import after_rotation
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport
from tests.api.test_applying import Watcher

OWN, TECH = Owner("pc-1", "users/deskprov"), Owner("pc-1", "users/tech")
CERTIFICATE = RsaSeals().new_pair("deskprov-sealing").certificate
WRONG = 1326


class PowerCut(BaseException):
    """Everything ends here."""


class Desk:
    """A site with one PC, which lets in whoever has its password; `point` is called by name at each step of it."""

    def __init__(self) -> None:
        self.pc = Host("pc-1", Connection("192.0.2.7", user="deskprov", password="per-device", transport="winrm"))
        self.site = FakeSite(
            MemoryFiles({}),
            MemoryInventory(self.pc),
            ScriptedTransport(self.answer),
            ScriptedRunner(lambda *_: pytest.fail("Ansible is not asked")),
        )
        self.password = "old"
        self.of_others = {"tech": "tech-old"}
        self.refused = 0
        self.tried: list[str] = []
        self.point: Callable[[str], None] = lambda name: None
        self.site.assets.save([AssetChange(None, Asset(host="pc-1"))], self.site.clock.now(), "kim")
        self.keep(OWN, "old", EscrowState.CURRENT)

    def keep(self, owner: Owner, value: str, state: EscrowState) -> None:
        self.site.escrow.keep(NewSecret(owner, Value(value, f"mark of {value}"), state), self.site.clock.now(), "kim")

    def values(self, owner: Owner = OWN) -> list[tuple[str, str]]:
        escrow = self.site.escrow
        return [(kept.state.value, escrow.open(kept).plain) for kept in escrow.of(owner)]

    def another_day(self) -> None:
        """A new process: what is held goes, and the login is what escrow says, as ProvidedSecrets has it."""
        kept = self.site.escrow.of(OWN)
        settled = next((each for each in kept if each.state is not EscrowState.PENDING), kept[0])
        self.site.secrets.hold(as_password("per-device:users/deskprov", "pc-1"), self.site.escrow.open(settled))

    def answer(self, host: Host, program: bytes) -> bytes:
        self.point("ask")
        if self.site.secrets.value(SecretRef("per-device:users/deskprov", host="pc-1")) != self.password:
            self.refused += 1
            raise LoginRefused(host.name, "pc-1 refuses it.")
        data = json.loads(program.decode().rpartition("\nmain '")[2].rpartition("'")[0].replace("\\u0027", "'"))
        answers = [{"answer": self._answer(*question)} for question in data["questions"]]
        self.point("answer")
        begin, end = (f"\ndeskprov-{word}-{data['nonce']}\n" for word in ("begin", "end"))
        return f"{begin}{json.dumps({'answers': answers})}{end}".encode()

    def _answer(self, name: str, argument: Any) -> Any:
        match name.rpartition("/")[2]:
            case "make_windows.ps1":
                return CERTIFICATE
            case "replace_windows.ps1":
                self.password = self._opened(argument[2])
                return {"in_force": True}
            case "try_windows.ps1":
                return {name: self._codes(name, sealed) for name, _, sealed in argument[1] if name in self.of_others}
        return True

    def _codes(self, name: str, sealed: list[str]) -> list[int]:
        codes: list[int] = []
        for each in sealed:
            self.tried.append(self._opened(each))
            codes.append(0 if self.tried[-1] == self.of_others[name] else WRONG)
            if codes[-1] == 0:
                break
        return codes

    def _opened(self, sealed: str) -> str:
        return self.site.seals.opened(sealed, f"key of {CERTIFICATE}")


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.another_day()
    return made


def test_the_new_one_is_sealed_first_and_the_old_one_burned_last(desk: Desk) -> None:
    seen: list[list[str]] = []
    desk.point = lambda name: seen.append([state for state, _ in desk.values()])
    [done] = replace_own(desk.site, [desk.pc])
    assert (done.owner, done.trouble) == (OWN, "")
    assert [tuple(states) for states in seen] == [("current",)] * 2 + [("pending", "current")] * 4, "for the key first"
    assert desk.values() == [("current", desk.password)]
    assert desk.password != "old"
    assert desk.refused == 0


def test_one_that_a_person_has_mistyped_costs_nothing(desk: Desk) -> None:
    for given, left in (("mistyped", "old"), ("typed", "typed")):
        desk.keep(OWN, given, EscrowState.GIVEN)
        desk.password = left
        desk.another_day()
        find_ways_in(desk.site, [desk.pc])
        assert desk.values() == [("current", left)]


def test_wherever_it_is_cut_off_the_next_look_gets_in(desk: Desk) -> None:
    """At each question and answer: the first before the new one is sealed, the last before the old one burns."""
    points = 0

    def count(name: str) -> None:
        nonlocal points
        points += 1

    desk.point = count
    list(replace_own(desk.site, [desk.pc]))
    assert points == 6
    for last in range(points):
        cut = Desk()
        cut.another_day()
        left = last

        def until(name: str) -> None:
            nonlocal left
            if left == 0:
                raise PowerCut
            left -= 1

        cut.point = until
        with pytest.raises(PowerCut):
            list(replace_own(cut.site, [cut.pc]))
        cut.point = lambda name: None
        cut.another_day()
        find_ways_in(cut.site, [cut.pc])
        assert cut.values() == [("current", cut.password)], last
        assert cut.refused <= 1, "a wrong log-on at most"
        assert cut.site.transport.ask(cut.pc, b"\nmain '" + b'{"nonce": "x", "questions": []}' + b"'")


@pytest.mark.parametrize("error", [Unreachable, ProbeFailed])
def test_where_it_does_not_answer_both_are_kept(desk: Desk, error: type[Unreachable]) -> None:
    def gone(name: str) -> None:
        if desk.password != "old":
            raise error("pc-1", "pc-1 is gone.")

    desk.point = gone
    [done] = replace_own(desk.site, [desk.pc])
    assert done.trouble.startswith("pc-1 is gone. Both passwords are kept")
    assert [state for state, _ in desk.values()] == ["pending", "current"]
    find_ways_in(desk.site, [desk.pc])
    assert [state for state, _ in desk.values()] == ["pending", "current"]
    desk.point = lambda name: None
    find_ways_in(desk.site, [desk.pc])
    assert desk.values() == [("current", desk.password)]


def test_where_nothing_is_open_nobody_is_asked(desk: Desk) -> None:
    find_ways_in(desk.site, [desk.pc])
    assert desk.site.transport.asked == []


def test_where_neither_lets_us_in_nothing_is_burned(desk: Desk) -> None:
    desk.keep(OWN, "new", EscrowState.PENDING)
    desk.password = "set by hand"
    find_ways_in(desk.site, [desk.pc])
    assert desk.values() == [("pending", "new"), ("current", "old")]
    assert desk.site.secrets.value(SecretRef("per-device:users/deskprov", host="pc-1")) == "old"


def rotated(desk: Desk, *, agreed: bool) -> str:
    asked: list[str] = []

    def agree(names: Any) -> bool:
        asked.extend(names)
        return agreed

    done = rotate_of_machines(desk.site, ["pc-1"], ["deskprov"], Watcher(), lambda _: True, agree)
    assert asked == ["pc-1"]
    return after_rotation(done, "--for pc-1").plain


def test_it_is_rotated_by_its_name_after_a_yes(desk: Desk) -> None:
    said = rotated(desk, agreed=False)
    assert said == "Nothing was sent, because it was not confirmed: pc-1/deskprov"
    assert desk.values() == [("current", "old")]
    assert rotated(desk, agreed=True) == "✓ New password proved, old one burned: pc-1/deskprov"
    assert desk.values() == [("current", desk.password)]
    desk.site.locks.held.add("pc-1")
    assert "pc-1/deskprov: " in rotated(desk, agreed=True)
    assert len(desk.values()) == 1, "of a machine that is busy none is made"


# --- other accounts ---------------------------------------------------------------------------------------------


def test_what_the_pc_takes_is_proved_and_the_rest_burned(desk: Desk) -> None:
    desk.keep(TECH, "tech-old", EscrowState.CURRENT)
    desk.keep(TECH, "never sent", EscrowState.PENDING)
    prove(desk.site, [desk.pc])
    assert desk.values(TECH) == [("current", "tech-old")]
    assert desk.tried == ["never sent", "tech-old"]
    prove(desk.site, [desk.pc])
    assert desk.tried == ["never sent", "tech-old"], "what is settled is not tried again"


def test_without_the_private_key_what_this_run_made_is_proved(desk: Desk) -> None:
    desk.keep(TECH, "tech-old", EscrowState.CURRENT)
    keep_new(desk.site, desk.pc, [SecretRef("per-device:users/tech", host="pc-1")])
    [new, _] = desk.values(TECH)
    desk.site.escrow.locked = True
    desk.of_others["tech"] = "set by a person"
    prove(desk.site, [desk.pc])
    [told, _] = verbs.tested_on(desk.site, "pc-1")[-2:]
    assert "cannot be opened on this computer" in told.problem
    desk.of_others["tech"] = new[1]
    prove(desk.site, [desk.pc])
    desk.site.escrow.locked = False
    assert desk.values(TECH) == [("current", new[1])]


def test_what_is_kept_is_tried_on_the_pc_once_each(desk: Desk) -> None:
    desk.keep(TECH, "tech-old", EscrowState.CURRENT)
    desk.keep(Owner("pc-1", "users/gone"), "x", EscrowState.CURRENT)
    desk.of_others["deskprov"] = "old"
    told = {each.name: each.problem for each in verbs.tested_on(desk.site, "pc-1")}
    assert told == {"pc-1/deskprov": "", "pc-1/tech": "", "pc-1/gone": "There is no such account on the machine."}
    desk.of_others["tech"] = "set by a person"
    desk.tried.clear()
    told = {each.name: each.problem for each in verbs.tested_on(desk.site, "pc-1")}
    assert told["pc-1/tech"] == "The password on the machine is another than the one that is kept."
    assert desk.tried.count("tech-old") == 1
