"""Secrets: what is listed, set, tested and revealed, and when a password of a machine's own is kept, with fakes."""

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from deskprov.api import secrets as verbs
from deskprov.api.in_force import make_current, secret_of
from deskprov.api.join_files import keep_join_files
from deskprov.api.kept_passwords import keep_new, prove
from deskprov.api.rotating import rotate_of_machines, rotate_of_site
from deskprov.errors import NoHostMatched, RecordError, SecretUnavailable, Unreachable, WrongUsage
from deskprov.formats.salts import salt_of
from deskprov.model.asset import Asset
from deskprov.model.enrolment import CarriedFile
from deskprov.model.escrow import EscrowAct, EscrowEvent, EscrowState, Kept, NewSecret, Owner, owner_of
from deskprov.model.inventory import WINRM, Connection, Host
from deskprov.model.ports.assets import AssetChange
from deskprov.model.problem import InvalidInput
from deskprov.model.result import HostResult, Outcome, ResourceResult, RunResult, Status
from deskprov.model.secret import SecretForm, SecretRef, Value
from deskprov.model.secret_report import LeftOut, Rotation
from deskprov.model.settings import SecretProvider, Settings
from deskprov.presenters.secrets import after_rotation, after_set, revealed_note
from deskprov.testing import (
    FakeSite,
    FixedSecrets,
    MemoryEscrow,
    MemoryFiles,
    MemoryInventory,
    ScriptedRunner,
    ScriptedTransport,
)
from tests.api.test_applying import Watcher

KEY = "age1" + "q" * 58
TECH = Owner("pc-1", "users/tech")
OWN = SecretRef("per-device:users/tech", SecretForm.SHA512_CRYPT, "pc-1")
PROFILE = """\
profile: office
platform: linux
users:
  - {name: tech, password: per-device}
  - {name: guest, password: wifi}
"""


def host(name: str, **connection: str) -> Host:
    return Host(name, Connection("192.0.2.1", user="admin", **connection), profile="office")


@dataclass
class Desk:
    """A site with two machines, which say what `salts` has by machine."""

    hosts: Sequence[Host] = field(default_factory=lambda: [host("pc-1"), host("pc-2")])
    salts: dict[str, dict[str, str]] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    missing: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.site = FakeSite(
            MemoryFiles({"profiles/office.yml": PROFILE}),
            MemoryInventory(*self.hosts),
            ScriptedTransport(self._answer),
            ScriptedRunner(lambda *_: pytest.fail("Ansible is not asked")),
            settings=Settings(
                format=1,
                name="X",
                escrow_keys=[KEY],
                secrets={"wifi": SecretProvider(escrow=True), "door": SecretProvider(ask=True)},
            ),
            secrets=FixedSecrets({"wifi": "hunter2", "door": "knock"}),
        )
        self.site.assets.save([AssetChange(None, Asset(host=h.name)) for h in self.hosts], self.site.clock.now(), "kim")

    def _answer(self, host: Host, program: bytes) -> bytes:
        if host.name in self.away:
            raise Unreachable(host.name, "it is off")
        block = json.loads(base64.b64decode(re.findall(rb'main\("([^"]+)"\)', program)[-1]))
        if len(block["questions"]) != 1:
            raise Unreachable(host.name, "it answers about passwords only")
        [[_, accounts]] = block["questions"]
        there = [name for name in accounts if (host.name, name) not in self.missing]
        answer = {name: self.salts.get(host.name, {}).get(name, "") for name in there}
        nonce = block["nonce"]
        text = json.dumps({"answers": [{"answer": answer}]})
        return f"\ndeskprov-begin-{nonce}\n{text}\ndeskprov-end-{nonce}\n".encode()

    def kept(self, value: str, *, current: bool = False, owner: Owner = TECH) -> Value:
        new = NewSecret(
            owner, Value(value, f"mark {value[::-1]}"), EscrowState.CURRENT if current else EscrowState.PENDING
        )
        self.site.escrow.keep(new, self.site.clock.now(), "kim")
        return new.value

    def has(self, value: Value, owner: Owner = TECH) -> None:
        """The machine has this password now."""
        secret = SecretRef(f"per-device:{owner.key}", host=owner.host)
        self.salts.setdefault(owner.host, {})["tech"] = salt_of(value.mark, secret)

    def values(self, owner: Owner = TECH) -> list[tuple[str, str]]:
        escrow = self.site.escrow
        return [(kept.state.value, escrow.open(kept).plain) for kept in escrow.of(owner)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


# --- in the flow ----------------------------------------------------------------------------------------------------


def test_a_password_is_kept_before_it_is_held(desk: Desk) -> None:
    keep_new(desk.site, desk.hosts[0], [SecretRef("wifi", host="pc-1"), OWN])
    assert desk.values() == [("pending", "sample-password-1")]
    assert desk.site.secrets.value(OWN) == "sample-password-1"
    assert desk.site.escrow.of(Owner("", "wifi")) == []


def test_what_cannot_be_kept_is_not_held(desk: Desk) -> None:
    desk.site.escrow.keys = ()
    with pytest.raises(SecretUnavailable, match="no keys"):
        keep_new(desk.site, desk.hosts[0], [OWN])
    with pytest.raises(SecretUnavailable, match="not declared"):
        desk.site.secrets.value(OWN)


@pytest.mark.parametrize("option", ["password", "become_password"])
def test_our_own_way_in_is_not_changed(option: str) -> None:
    machine = host("pc-1", **{option: "per-device"})
    desk = Desk([machine])
    with pytest.raises(SecretUnavailable, match="deskprov itself gets into pc-1 with this password"):
        keep_new(desk.site, machine, [SecretRef("per-device:users/admin", host="pc-1")])
    assert desk.site.escrow.kept() == []


def test_what_the_machine_has_is_proved_and_the_rest_burned(desk: Desk) -> None:
    desk.kept("old", current=True)
    desk.has(desk.kept("new"))
    prove(desk.site, desk.hosts)
    assert desk.values() == [("current", "new")]
    assert desk.site.transport.asked == ["pc-1"]
    prove(desk.site, desk.hosts)
    assert desk.site.transport.asked == ["pc-1"]


def test_what_the_machine_has_not_is_burned_and_the_old_one_stays(desk: Desk) -> None:
    desk.has(desk.kept("old", current=True))
    desk.kept("never sent")
    prove(desk.site, desk.hosts)
    assert desk.values() == [("current", "old")]


def test_of_several_the_one_that_is_there_is_found(desk: Desk) -> None:
    desk.kept("old", current=True)
    first = desk.kept("first")
    desk.kept("second")
    desk.has(first)
    prove(desk.site, desk.hosts)
    assert desk.values() == [("current", "first")]


@pytest.mark.parametrize("silence", ["off", "strange"])
def test_while_a_machine_does_not_answer_both_are_kept(desk: Desk, silence: str) -> None:
    desk.kept("old", current=True)
    desk.kept("new")
    if silence == "off":
        desk.away.add("pc-1")
    else:
        desk.site.transport.answer = lambda *_: b"good morning"
    prove(desk.site, desk.hosts)
    assert desk.values() == [("pending", "new"), ("current", "old")]


@pytest.mark.parametrize("there", ["", "of another machine, or of a person"])
def test_nothing_is_burned_because_of_what_nobody_knows(desk: Desk, there: str) -> None:
    desk.kept("old", current=True)
    desk.kept("new")
    desk.salts["pc-1"] = {"tech": there}
    prove(desk.site, desk.hosts)
    assert desk.values() == [("pending", "new"), ("current", "old")]


# --- rotating: what is refused before anything is done ------------------------------------------------------------


def refusal(rotate: Callable[[], object]) -> str:
    with pytest.raises((WrongUsage, SecretUnavailable)) as told:
        rotate()
    return f"{told.value.message} | {told.value.hint}"


def test_rotation_says_what_stands_against_it(desk: Desk) -> None:
    watcher = Watcher()

    def of_machines(*accounts: str, site: FakeSite = desk.site) -> str:
        return refusal(lambda: rotate_of_machines(site, ["pc-1"], accounts, watcher, lambda _: True, lambda _: True))

    def of_site(name: str, value: str = "", site: FakeSite = desk.site) -> str:
        return refusal(lambda: rotate_of_site(site, name, value, watcher, lambda _: True, lambda _: None))

    assert of_machines("guest").startswith("On pc-1 the account guest has no password of its own, by the profile")
    desk.site.files.files["profiles/office.yml"] = PROFILE.replace("per-device", "door").encode()
    assert "State password: per-device for it in the profile office." in of_machines()
    desk.kept("pa55", current=True)
    assert "Kept from another profile, or set by hand: pc-1/tech." in of_machines()
    desk.site.escrow = MemoryEscrow(desk.site.record)
    assert "There is no secret" in of_site("nothing") or "not declared" in of_site("nothing")
    assert "deskprov does not keep door" in of_site("door", "new")
    assert "no text in UTF-8" in of_site("wifi", "\udcff")
    desk.site.files.files["profiles/office.yml"] = b"profile: office\n"
    assert "have mistakes" in of_site("wifi")
    assert "could lock itself" in of_site("wifi", site=Desk([host("pc-1", password="wifi")]).site)
    assert desk.site.escrow.kept() == []


def test_a_secret_that_no_machine_uses_is_replaced_at_once(desk: Desk) -> None:
    desk.site.files.files["profiles/office.yml"] = PROFILE.replace("wifi", "door").encode()
    desk.kept("old", current=True, owner=Owner("", "wifi"))
    done = rotate_of_site(desk.site, "wifi", "brand-new", Watcher(), lambda _: True, lambda _: None)
    assert (done.runs, done.proved, done.open) == ([], [], [])
    assert desk.values(Owner("", "wifi")) == [("current", "brand-new")]


WIFI = Owner("", "wifi")


def test_what_was_set_is_written_and_not_burned_for_a_random_one(desk: Desk) -> None:
    desk.missing = {("pc-1", "guest"), ("pc-2", "guest")}
    desk.kept("old", current=True, owner=WIFI)
    verbs.store(desk.site, WIFI, "set by kim")
    told: list[LeftOut] = []
    done = rotate_of_site(desk.site, "wifi", "", Watcher(), lambda _: pytest.fail("nothing to ask"), told.append)
    assert desk.values(WIFI) == [("current", "set by kim")]
    assert (told, done.runs) == ([LeftOut(["pc-1/guest", "pc-2/guest"], [])], [])


def test_what_was_set_and_is_on_every_machine_gives_way_to_a_new_one(desk: Desk) -> None:
    [given] = verbs.store(desk.site, WIFI, "set by kim")
    seen = {name: {"guest": salt_of(given.mark, SecretRef("wifi", host=name))} for name in ("pc-1", "pc-2")}
    desk.salts = {"pc-1": seen["pc-1"]}
    desk.away = {"pc-2"}
    told: list[LeftOut] = []
    rotate_of_site(desk.site, "wifi", "", Watcher(), lambda _: False, told.append)
    assert desk.values(WIFI) == [("given", "set by kim")]  # of pc-2 nobody knows
    assert told == [LeftOut([], ["pc-2"])]
    desk.away, desk.salts = set(), seen
    rotate_of_site(desk.site, "wifi", "", Watcher(), lambda _: False, told.append)
    assert [state for state, _ in desk.values(WIFI)] == ["pending", "current"]


def test_it_is_said_what_deskprov_keeps_after_a_rotation() -> None:
    def said(proved: Sequence[str], unproved: Sequence[str], provider: str) -> str:
        return after_rotation(Rotation([], proved, unproved, provider), "door").plain

    assert said([], [], "escrow") == "✓ The new value is kept; no account that exists uses it."
    assert said(["pc-1/tech"], [], "escrow").startswith("✓ New password proved, old one burned: pc-1/tech")
    for proved, unproved in (([], []), (["pc-1/tech"], []), ([], ["pc-1/tech"])):
        words = said(proved, unproved, "env")
        assert "burned" not in words
        assert "is kept" not in words
        assert "deskprov keeps neither the new nor the old one: it comes from env." in words


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_what_there_is_where_it_is_used_and_no_value(desk: Desk) -> None:
    desk.kept("pa55", current=True)
    desk.kept("hunter2", current=True, owner=Owner("", "wifi"))
    (wifi, door, tech), broken = verbs.listed(desk.site)
    assert broken == []
    assert (wifi.name, wifi.provider, wifi.used) == ("wifi", "escrow", ["pc-1/guest", "pc-2/guest"])
    assert (door.name, door.provider, door.used, door.since) == ("door", "ask", [], None)
    assert (tech.name, tech.since) == ("pc-1/tech", desk.site.clock.now())
    assert "pa55" not in repr([wifi, door, tech])


def test_only_what_deskprov_keeps_can_be_set(desk: Desk) -> None:
    assert verbs.settable(desk.site, "wifi", "") == Owner("", "wifi")
    assert verbs.settable(desk.site, "tech", "pc-1") == verbs.settable(desk.site, "users/tech", "pc-1") == TECH
    with pytest.raises(WrongUsage, match="its value comes from ask"):
        verbs.settable(desk.site, "door", "")
    with pytest.raises(WrongUsage, match="no secret called wify") as told:
        verbs.settable(desk.site, "wify", "")
    assert told.value.hint == "Did you mean wifi?"
    verbs.store(desk.site, TECH, "by hand")
    assert desk.values() == [("given", "by hand")]
    for bad in ("", "two\nlines", "a\0b"):
        with pytest.raises(WrongUsage, match="one line"):
            verbs.store(desk.site, TECH, bad)


def test_a_mistyped_value_burns_nothing_until_the_machine_shows_which_is_in_force(desk: Desk) -> None:
    desk.has(desk.kept("works", current=True))
    [typo, working] = verbs.store(desk.site, TECH, "typo")
    assert desk.values() == [("given", "typo"), ("current", "works")]
    assert (typo.state, working.state) == (EscrowState.GIVEN, EscrowState.CURRENT)
    desk.salts["pc-1"]["tech"] = "set by hand on the machine"
    verbs.tested_on(desk.site, "pc-1")
    assert desk.values() == [("given", "typo"), ("current", "works")]
    desk.has(Value("works", f"mark {'works'[::-1]}"))
    assert [told.problem for told in verbs.tested_on(desk.site, "pc-1")] == [""]
    assert desk.values() == [("current", "works")]


def test_who_is_meant_by_a_name(desk: Desk) -> None:
    with pytest.raises(WrongUsage, match="keeps no passwords of pc-1"):
        verbs.owner_named(desk.site, "pc-1")
    desk.kept("x", current=True)
    assert verbs.owner_named(desk.site, "wifi") == Owner("", "wifi")
    assert verbs.owner_named(desk.site, "pc-1") == verbs.owner_named(desk.site, "PC-1/tech") == TECH
    desk.kept("y", current=True, owner=Owner("pc-1", "users/boss"))
    with pytest.raises(WrongUsage, match="keeps 2 passwords of pc-1: pc-1/boss, pc-1/tech"):
        verbs.owner_named(desk.site, "pc-1")
    with pytest.raises(NoHostMatched):
        verbs.owner_named(desk.site, "pc-9/tech")
    desk.site.inventory.retire("pc-1")
    assert verbs.owner_named(desk.site, "pc-1/tech") == TECH  # a retired machine's password is still in the record


def test_looking_is_written_down_before_anything_is_shown(desk: Desk) -> None:
    desk.kept("pa55", current=True)
    shown = verbs.revealed(desk.site, TECH, "locked out")
    assert [value for _, value in shown.values] == ["pa55"]
    assert "pa55" not in repr(shown)
    [event, _] = desk.site.escrow.events(TECH)
    assert (event.act, event.by, event.reason) == (EscrowAct.REVEALED, "robin", "locked out")

    def full_disk(event: EscrowEvent) -> None:
        raise RecordError("The record cannot be written: the disk is full.")

    desk.site.escrow.log = full_disk  # type: ignore[method-assign]
    with pytest.raises(RecordError):
        verbs.revealed(desk.site, TECH, "again")


def test_nothing_is_written_down_when_nothing_can_be_shown(desk: Desk) -> None:
    with pytest.raises(SecretUnavailable, match="No value is kept for pc-1/tech"):
        verbs.revealed(desk.site, TECH, "x")
    desk.kept("pa55", current=True)
    desk.site.escrow.locked = True
    with pytest.raises(SecretUnavailable, match="not on this computer"):
        verbs.revealed(desk.site, TECH, "x")
    for blank in ("", "  ", "-.-", "a\nb", "a\x1b[2Jb"):
        with pytest.raises(WrongUsage, match="That is no reason"):
            verbs.revealed(desk.site, TECH, blank)
    assert EscrowAct.REVEALED not in [event.act for event in desk.site.escrow.events(TECH)]


def test_each_secret_is_tried(desk: Desk) -> None:
    wifi, door = verbs.tested(desk.site, [], may_ask=False)
    assert (wifi.problem, door.problem, door.skipped) == (
        "",
        "",
        "only a person knows it, and there is nobody to ask",
    )
    assert verbs.tested(desk.site, ["door"], may_ask=True)[0].skipped == ""
    with pytest.raises(SecretUnavailable):
        verbs.tested(desk.site, ["nothing"], may_ask=True)


def test_what_is_kept_is_compared_with_the_machine(desk: Desk) -> None:
    value = desk.kept("pa55", current=True)
    assert "no password on the machine" in verbs.tested_on(desk.site, "pc-1")[0].problem
    desk.has(value)
    assert verbs.tested_on(desk.site, "pc-1")[0].problem == ""
    desk.salts["pc-1"]["tech"] = "another"
    [told] = verbs.tested_on(desk.site, "pc-1")
    assert "another than the one that is kept" in told.problem
    assert told.hint.endswith("deskprov secret rotate --for pc-1 tech")
    desk.away.add("pc-1")
    with pytest.raises(Exception, match="pc-1 does not answer"):
        verbs.tested_on(desk.site, "pc-1")
    assert verbs.tested_on(desk.site, "pc-2") == []


def test_keys(desk: Desk) -> None:
    desk.kept("pa55", current=True)
    assert verbs.keys(desk.site).keys == [(KEY, 0)]
    desk.site.escrow.keys = (KEY,)
    assert verbs.reseal(desk.site) == 1
    assert (verbs.keys(desk.site).keys, verbs.keys(desk.site).problem) == ([(KEY, 1)], "")
    desk.site.escrow.locked = True
    assert "not on this computer" in verbs.keys(desk.site).problem
    made = verbs.new_keys(desk.site)
    assert (made.further, made.settings) == (True, f"  - {made.public}\n")
    assert made.file in desk.site.keys.saved
    desk.site.settings = Settings(format=1, name="X")
    assert verbs.new_keys(desk.site).settings.startswith("escrow_keys:")


def test_the_secret_of_what_is_kept(desk: Desk) -> None:
    desk.kept("x")
    assert secret_of(desk.site.escrow.of(TECH)[0]) == SecretRef("per-device:users/tech", host="pc-1")


@pytest.mark.parametrize("secret", [SecretRef("wifi"), SecretRef("per-device:users/tech", host="pc-1")])
def test_what_another_run_burned_is_kept_again_by_who_has_it(desk: Desk, secret: SecretRef) -> None:
    escrow, now, owner = desk.site.escrow, desk.site.clock.now(), owner_of(secret)
    old = escrow.keep(NewSecret(owner, Value("old", "m1"), EscrowState.CURRENT), now, "kim")
    new = escrow.keep(NewSecret(owner, Value("new", "m2")), now, "robin")
    desk.site.secrets.hold(secret, Value("new", "m2"))
    escrow.prove(old, now, "kim")
    with pytest.raises(SecretUnavailable, match="has been replaced"):
        make_current(desk.site, new)
    [again, current] = escrow.of(owner)
    assert (again.state, escrow.open(again), current) == (EscrowState.PENDING, Value("new", "m2"), old)
    make_current(desk.site, again)
    with pytest.raises(SecretUnavailable, match="has been replaced"):
        make_current(desk.site, old)
    assert [kept.id for kept in escrow.of(owner)] == [again.id], "this run has never had the old one"


JOIN_KEY = "offline_join/this"


def carried(*files: tuple[str, str]) -> list[CarriedFile]:
    return [CarriedFile(name, base64.b64encode(text.encode())) for name, text in files]


def test_files_for_joining_are_kept_by_machine_and_the_last_one_counts() -> None:
    desk = Desk()
    kept = keep_join_files(desk.site, carried(("d/pc-1.txt", "one"), ("d/pc-2.txt", "two")))
    assert [(each.owner.host, each.owner.key) for each in kept] == [("pc-1", JOIN_KEY), ("pc-2", JOIN_KEY)]
    keep_join_files(desk.site, carried(("pc-1.txt", "one again")))
    [now] = desk.site.escrow.of(Owner("pc-1", JOIN_KEY))
    assert base64.b64decode(desk.site.escrow.open(now).plain) == b"one again"
    assert [each.name for each in verbs.listed(desk.site)[0] if each.provider == "escrow"][-2:] == [
        f"pc-1/{JOIN_KEY}",
        f"pc-2/{JOIN_KEY}",
    ]


def test_of_files_for_joining_all_or_none_are_kept_and_every_mistake_is_told() -> None:
    desk = Desk()
    files = [*carried(("pc-1.txt", "one"), ("x/pc-1.txt", "two"), ("pc-9.txt", "?")), CarriedFile("pc-2.txt", b"s3-cr")]
    with pytest.raises(InvalidInput) as caught:
        keep_join_files(desk.site, files)
    said = "\n".join(map(str, caught.value.problems))
    for words in ("the second file for pc-1", "no machine called pc-9", "pc-2.txt:1:1: is no file of `djoin"):
        assert words in said
    assert "s3-cr" not in said
    assert desk.site.escrow.kept() == []


def test_where_one_file_for_joining_cannot_be_kept_none_is() -> None:
    desk = Desk()

    class Full(MemoryEscrow):
        """Has room for one."""

        def keep_all(self, new: Sequence[NewSecret], at: datetime, by: str) -> Sequence[Kept]:
            if len(new) + len(self.kept()) > 1:
                raise RecordError("The disk is full.")
            return super().keep_all(new, at, by)

    desk.site.escrow = Full(desk.site.memory)
    with pytest.raises(RecordError):
        keep_join_files(desk.site, carried(("pc-1.txt", "one"), ("pc-2.txt", "two")))
    assert desk.site.escrow.kept() == []


def test_a_file_for_joining_is_not_made_up_by_deskprov() -> None:
    desk = Desk(hosts=[host("pc-1")])
    secret = SecretRef(f"per-device:{JOIN_KEY}", host="pc-1")
    with pytest.raises(SecretUnavailable, match="offline_join/this"):
        keep_new(desk.site, desk.hosts[0], [secret])
    assert desk.site.escrow.kept() == []


# --- what is the password of no account ------------------------------------------------------------------------------

LAB = """\
profile: office
platform: windows
computer: {name: "${host.name}", domain: example.org, join_user: joiner@example.org, join_password: door}
wifi:
  - {ssid: Library, security: wpa2, password: wifi}
"""


@pytest.fixture
def lab() -> Desk:
    windows = [replace(host("pc-1"), connection=Connection("192.0.2.1", user="admin", transport=WINRM))]
    made = Desk(windows)
    made.site.files.files["profiles/office.yml"] = LAB.encode()
    kept = {"wifi": SecretProvider(escrow=True), "door": SecretProvider(escrow=True)}
    made.site.settings = made.site.settings.model_copy(update={"secrets": kept})
    return made


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wifi", "To write it on the machines: deskprov setup pc-1 --reset 'wifi/Library'"),
        ("door", "It is used while computer/this is set up and kept on no machine"),
    ],
)
def test_only_passwords_of_accounts_are_rotated(lab: Desk, name: str, words: str) -> None:
    owner = Owner("", name)
    kept = verbs.store(lab.site, owner, "brand-new")
    said = after_set(kept, verbs.way_of(lab.site, owner)).plain
    assert words in said
    assert "rotate" not in said
    with pytest.raises(WrongUsage, match="no account on machines") as error:
        rotate_of_site(lab.site, name, "", Watcher(), lambda _: pytest.fail("nothing to ask"), lambda _: None)
    assert words in error.value.hint
    note = revealed_note(verbs.revealed(lab.site, owner, "locked out")).plain
    assert "rotate" not in note
    assert f"deskprov secret set {name}" in note


def test_after_a_look_at_a_file_for_joining_it_is_made_anew(lab: Desk) -> None:
    owner = Owner("pc-1", "offline_join/this")
    lab.kept("QUJD", current=True, owner=owner)
    note = revealed_note(verbs.revealed(lab.site, owner, "lost")).plain
    assert "rotate" not in note
    assert "deskprov secret import pc-1.txt" in note


def test_a_rotation_that_was_not_confirmed_wrote_nothing() -> None:
    def told(status: Status) -> str:
        machine = HostResult("pc-1", Outcome.WAITING, False, 0.0, [ResourceResult("users/tech", status)])
        run = RunResult("", "rotate", datetime(2026, 9, 1, tzinfo=UTC), Outcome.WAITING, [machine])
        return after_rotation(Rotation([run], [], ["pc-1/tech"]), "--for pc-1").plain

    assert told(Status.CHANGED).startswith("✗ Not proved: pc-1/tech")
    said = told(Status.DRIFT)
    assert said == (
        "Nothing was written: pc-1/tech. What was in force stays in force.\nAgain: deskprov secret rotate --for pc-1"
    )
