"""Whoever looks at a PC while its own password is rotated, or rotates it during a look, loses none that is in force."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from deskprov.adapters.enrolment_seals import RsaSeals
from deskprov.api.applying import apply
from deskprov.api.doctoring import examine
from deskprov.api.own_login import find_ways_in
from deskprov.api.own_password import BOTH_KEPT, NOTHING_SENT, Replaced, replace_own
from deskprov.api.plan_files import plan_and_write
from deskprov.api.running import Request
from deskprov.api.verifying import plan, verify
from deskprov.errors import LoginRefused, SecretUnavailable
from deskprov.model.asset import Asset
from deskprov.model.escrow import EscrowState, Kept, NewSecret, Owner
from deskprov.model.inventory import Connection, Host
from deskprov.model.ports.assets import AssetChange
from deskprov.model.ports.machine import Greeting, HostKey
from deskprov.model.secret import SecretRef, Value
from deskprov.model.settings import Settings
from deskprov.testing import (
    FakeSite,
    FixedClock,
    MemoryEscrow,
    MemoryFiles,
    MemoryInventory,
    MemoryLocks,
    MemoryRecord,
    ScriptedApproach,
    ScriptedRunner,
    ScriptedTransport,
)
from tests.api.test_applying import Watcher

NAMES = ["pc-1", "pc-2"]
CERTIFICATE = RsaSeals().new_pair("deskprov-sealing").certificate

Look = Callable[[FakeSite], object]
LOOKS: dict[str, Look] = {
    "plan": lambda site: plan(site, Request(NAMES), Watcher()),
    "plan -o": lambda site: plan_and_write(site, Request(NAMES), Watcher()),
    "verify": lambda site: verify(site, Request(NAMES), Watcher()),
    "doctor": lambda site: examine(site, NAMES, lambda _: None),
    "setup": lambda site: apply(site, Request(NAMES), Watcher(), lambda _: False, verb="setup"),
}


class PointedEscrow(MemoryEscrow):
    """One with points before and after each change."""

    point: Callable[[], None]
    refused: str = ""
    """The machine for which nothing can be kept."""

    def keep(self, new: NewSecret, at: datetime, by: str) -> Kept:
        if new.owner.host == self.refused:
            raise SecretUnavailable("Nothing can be sealed.")
        self.point()
        kept = super().keep(new, at, by)
        self.point()
        return kept

    def prove(self, kept: Kept, at: datetime, by: str) -> None:
        self.point()
        super().prove(kept, at, by)
        self.point()


class Room:
    """Two PCs, each of which lets in whoever has its password and holds a key; all sites share record and escrow."""

    def __init__(self) -> None:
        self.hosts = [
            Host(name, Connection(f"192.0.2.{n}", user="deskprov", password="per-device", transport="winrm"), "pc")
            for n, name in enumerate(NAMES, 1)
        ]
        self.passwords = {name: f"old of {name}" for name in NAMES}
        self.keys = dict.fromkeys(NAMES, False)
        self.memory, self.locks = MemoryRecord(), MemoryLocks()
        self.clock = FixedClock(datetime(2026, 9, 1, 8, tzinfo=UTC))
        self.escrow = PointedEscrow(self.memory)
        self.escrow.point = lambda: None
        for name in NAMES:
            self.memory.save([AssetChange(None, Asset(host=name))], self.clock.now(), "kim")
            self.keep(name, self.passwords[name], EscrowState.CURRENT)
        self.left = -1
        self.points = 0
        self.then: Callable[[], object] = lambda: None
        self.most_pending = 0
        self.escrow.point = self.point

    def at(self, number: int, then: Callable[[], object]) -> None:
        """Does this at the point of that number, where nothing counts as a point."""
        self.left, self.then, self.points = number, then, 0

    def point(self) -> None:
        pending = sum(kept.state is EscrowState.PENDING for kept in self.escrow.kept())
        self.most_pending = max(self.most_pending, pending)
        self.points += 1
        self.left -= 1
        if self.left == -1:
            self.escrow.point = lambda: None
            self.then()
            self.escrow.point = self.point

    def keep(self, name: str, value: str, state: EscrowState) -> None:
        new = NewSecret(owner(name), Value(value, f"mark of {value}"), state)
        self.escrow.keep(new, self.clock.now(), "kim")

    def values(self, name: str) -> list[tuple[str, str]]:
        return [(kept.state.value, self.escrow.open(kept).plain) for kept in self.escrow.of(owner(name))]

    def site(self, locks: MemoryLocks | None = None) -> FakeSite:
        """Another process; one of another controller with locks of its own."""
        self.clock.forward(1)
        site = FakeSite(
            MemoryFiles({"profiles/pc.yml": "profile: pc\nplatform: windows\n"}),
            MemoryInventory(*self.hosts),
            ScriptedTransport(lambda host, program: self.answer(site, host, program)),
            ScriptedRunner(lambda *_: pytest.fail("Ansible is not asked")),
            ScriptedApproach(
                {name: ["192.0.2.1"] for name in NAMES},
                {name: Greeting("192.0.2.1", "WS-Man") for name in NAMES},
                {name: HostKey("sha256 AAAA", "SHA256:abc") for name in NAMES},
            ),
            settings=Settings(format=1, name="Example school district", concurrency=1),
            memory=self.memory,
            locks=locks or self.locks,
            clock=self.clock,
            passwords=round(self.clock.monotonic()) * 100,
        )
        site.escrow = self.escrow
        for name in NAMES:  # as ProvidedSecrets has it
            kept = self.escrow.of(owner(name))
            settled = next(each for each in kept if each.state is not EscrowState.PENDING)
            site.secrets.hold(login(name), self.escrow.open(settled))
        return site

    def rotate(self, site: FakeSite | None = None) -> list[Replaced]:
        return list(replace_own(site or self.site(), self.hosts))

    def answer(self, site: FakeSite, host: Host, program: bytes) -> bytes:
        if site.secrets.value(login(host.name)) != self.passwords[host.name]:
            raise LoginRefused(host.name, f"{host.name} refuses it.")
        self.escrow.point()
        data = json.loads(program.decode().rpartition("\nmain '")[2].rpartition("'")[0].replace("\\u0027", "'"))
        answers = [self._answer(site, host.name, *question) for question in data["questions"]]
        self.escrow.point()
        begin, end = (f"\ndeskprov-{word}-{data['nonce']}\n" for word in ("begin", "end"))
        return f"{begin}{json.dumps({'answers': answers})}{end}".encode()

    def _answer(self, site: FakeSite, name: str, script: str, argument: Any) -> dict[str, Any]:
        match script.rpartition("/")[2]:
            case "make_windows.ps1":
                self.keys[name] = True
                return {"answer": CERTIFICATE}
            case "forget_windows.ps1":
                self.keys[name] = False
            case "replace_windows.ps1" if not self.keys[name]:
                return {"error": "The certificate that it shows is not in its own store."}
            case "replace_windows.ps1":
                self.passwords[name] = site.seals.opened(argument[2], f"key of {CERTIFICATE}")
                return {"answer": {"in_force": True}}
        return {"answer": True}


def owner(name: str) -> Owner:
    return Owner(name, "users/deskprov")


def login(name: str) -> SecretRef:
    return SecretRef("per-device:users/deskprov", host=name)


def rooms(begin: Callable[[Room], object], first: Callable[[Room], object]) -> Iterator[tuple[int, Room]]:
    """A room for each point of what is done first, begun alike."""
    counted = Room()
    begin(counted)
    counted.at(-1, lambda: None)
    first(counted)
    assert counted.points
    for number in range(counted.points):
        room = Room()
        begin(room)
        yield number, room


def broken_off(in_force: str) -> Callable[[Room], None]:
    """What a rotation leaves that was broken off before the new one was sent (`old`), or after (`new`)."""

    def begin(room: Room) -> None:
        for name in NAMES:
            room.keep(name, f"new of {name}", EscrowState.PENDING)
            room.passwords[name] = f"{in_force} of {name}"

    return begin


@pytest.mark.parametrize("verb", LOOKS)
def test_a_look_at_each_point_of_a_rotation_burns_nothing(verb: str) -> None:
    for number, room in rooms(lambda _: None, Room.rotate):
        room.at(number, lambda: LOOKS[verb](room.site()))  # noqa: B023 - called within the turn
        assert [each.trouble for each in room.rotate()] == ["", ""], number
        for name in NAMES:
            assert room.values(name) == [("current", room.passwords[name])], number
            assert room.passwords[name] != f"old of {name}"


@pytest.mark.parametrize("verb", LOOKS)
@pytest.mark.parametrize("in_force", ["old", "new"])
def test_a_rotation_at_each_point_of_a_look_burns_nothing(verb: str, in_force: str) -> None:
    for number, room in rooms(broken_off(in_force), lambda room: LOOKS[verb](room.site())):
        done: list[Replaced] = []
        room.at(number, lambda: done.extend(room.rotate()))  # noqa: B023
        LOOKS[verb](room.site())
        assert len(done) == len(NAMES)
        for name, each in zip(NAMES, done, strict=True):
            assert not each.trouble or each.trouble == f"{name} is busy with another run. {NOTHING_SENT}", number
        assert settled(room) == [[("current", room.passwords[name])] for name in NAMES], number


def settled(room: Room) -> list[list[tuple[str, str]]]:
    """What is kept once somebody has looked again."""
    find_ways_in(room.site(), room.hosts)
    return [room.values(name) for name in NAMES]


@pytest.mark.parametrize("verb", LOOKS)
def test_a_look_from_another_controller_loses_nothing_either(verb: str) -> None:
    """It knows nothing of this one's locks."""
    for number, room in rooms(lambda _: None, Room.rotate):
        room.at(number, lambda: LOOKS[verb](room.site(MemoryLocks())))  # noqa: B023
        room.rotate()
        assert settled(room) == [[("current", room.passwords[name])] for name in NAMES], number
    for number, room in rooms(broken_off("old"), lambda room: LOOKS[verb](room.site())):
        room.at(number, lambda: room.rotate(room.site(MemoryLocks())))  # noqa: B023
        LOOKS[verb](room.site())
        assert settled(room) == [[("current", room.passwords[name])] for name in NAMES], number


def test_what_another_controller_burns_late_is_kept_again() -> None:
    """It was let in with the old one, and says so when the new one is in force already."""

    def late(room: Room) -> None:
        for kept in room.escrow.kept():
            if room.escrow.open(kept).plain == "old of pc-1":
                room.escrow.prove(kept, room.clock.now(), "kim")

    kept_again = 0
    for number, room in rooms(lambda _: None, Room.rotate):
        room.at(number, lambda: late(room))  # noqa: B023
        [done, _] = room.rotate()
        assert room.passwords["pc-1"] in [value for _, value in room.values("pc-1")], number
        if done.trouble:
            assert done.trouble == f"What was kept for pc-1/deskprov has been replaced. {BOTH_KEPT}"
            assert [state for state, _ in room.values("pc-1")] == ["pending", "current"]
            kept_again += 1
        assert settled(room) == [[("current", room.passwords[name])] for name in NAMES], number
    assert kept_again > 1


def test_a_rotation_logs_in_with_what_another_one_has_made_meanwhile() -> None:
    room = Room()
    late = room.site()
    assert [each.trouble for each in [*room.rotate(), *room.rotate(late)]] == [""] * 4
    assert settled(room) == [[("current", room.passwords[name])] for name in NAMES]


def test_a_new_one_is_sealed_when_it_can_be_sent_at_once() -> None:
    room = Room()
    assert [each.trouble for each in room.rotate()] == ["", ""]
    assert room.most_pending == 1, "one machine at a time, by `concurrency`"


def test_where_one_cannot_be_kept_the_others_go_on() -> None:
    room = Room()
    room.escrow.refused = "pc-1"
    assert [each.trouble for each in room.rotate()] == [f"Nothing can be sealed. {NOTHING_SENT}", ""]
    assert room.values("pc-1") == [("current", "old of pc-1")]
    assert room.passwords["pc-1"] == "old of pc-1"
    assert room.values("pc-2") == [("current", room.passwords["pc-2"])]
