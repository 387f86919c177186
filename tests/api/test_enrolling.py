"""Taking machines in, with the real look at a machine on this computer, and a record, pins and inventory in memory."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from deskprov.api.enrolling import examine, set_batch, take_in
from deskprov.errors import IdentityNotTrusted, Unreachable, WrongUsage
from deskprov.model.asset import Asset
from deskprov.model.enrolment import NAMESPACE, Batch, CarriedFile
from deskprov.model.history import EventKind
from deskprov.model.inventory import Connection, Host
from deskprov.model.newcomer import Enrolled, Rules
from deskprov.model.playbook import Halt
from deskprov.model.ports.assets import AssetChange
from deskprov.model.problem import InvalidInput
from deskprov.model.result import Outcome
from deskprov.testing import FakeSite, FixedKeys, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport
from tests.formats.test_enrolment import KEY, SAID

SERIAL, MACHINE = "SN-1", "3ff013a417dd41aa980bffd247c0f091"


def look_here(host: Host, program: bytes) -> bytes:
    """The probe, really run, on this computer, with the identity that these tests need."""
    output = subprocess.run([sys.executable, "-I", "-S", "-"], input=program, capture_output=True, check=True).stdout
    output = re.sub(rb'"machine_id": "[^"]*"', f'"machine_id": "{MACHINE}"'.encode(), output)
    return re.sub(rb'"dmi": \{[^}]*\}', f'"dmi": {{"product_serial": "{SERIAL}"}}'.encode(), output)


class Desk:
    """A site with one batch, and files of machines that all are this computer."""

    def __init__(self) -> None:
        self.answer: Callable[[Host, bytes], bytes] = look_here
        self.site = FakeSite(
            MemoryFiles({"profiles/office.yml": "profile: office\nplatform: linux\n"}),
            MemoryInventory(),
            ScriptedTransport(lambda host, program: self.answer(host, program)),
            ScriptedRunner(lambda *_: pytest.fail("nothing is to be changed")),
        )
        now = self.site.clock.now()
        self.batch = Batch("batch-1", f"ssh-ed25519 {'B' * 68}", now - timedelta(days=1), now + timedelta(days=13))
        self.site.batches.add(self.batch)

    def file(self, **changed: Any) -> CarriedFile:
        said = {**SAID, "serial": SERIAL, "uuid": "", "machine_id": MACHINE, "batch": "batch-1", **changed}
        text = json.dumps(said)
        by_machine = FixedKeys.signature(said["host_key"], text, NAMESPACE)
        by_batch = FixedKeys.signature(self.batch.public_key, text, NAMESPACE)
        paper = {"deskprov_enrolment": 1, "enrolment": text, "by_machine": by_machine, "by_batch": by_batch}
        return CarriedFile(f"{said['serial']}.json", json.dumps(paper).encode())

    def enroll(self, *files: CarriedFile, rules: Rules | None = None) -> list[Enrolled]:
        found = examine(self.site, files, rules or Rules())
        return take_in(self.site, found, lambda one: None)

    def nothing_is_kept(self) -> bool:
        return not (self.site.inventory.hosts or self.site.host_keys.pinned or self.site.assets.all())


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_machine_of_the_list_comes_in(desk: Desk) -> None:
    listed = Asset(tag="GV-1", serial=SERIAL, site_fields={"profile": "office"})
    desk.site.assets.save([AssetChange(None, listed)], desk.site.clock.now(), "robin")
    [one] = desk.enroll(desk.file())
    assert (one.result.host, one.result.outcome) == ("GV-1", Outcome.OK)
    assert desk.site.inventory.hosts["GV-1"].profile == "office"
    assert desk.site.host_keys.pinned == {"GV-1": KEY}
    [asset] = desk.site.assets.all()
    assert (asset.tag, asset.host, asset.machine_id) == ("GV-1", "GV-1", MACHINE)
    assert desk.site.assets.events(asset)[0].kind is EventKind.ENROLLED
    assert set_batch(desk.site, [one]) == ["GV-1"] == desk.site.inventory.batch


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"serial": "SN-2"}, "its serial number is SN-1, not SN-2"),
        ({"serial": ""}, "its serial number is SN-1, not none"),
        ({"uuid": "4c4c4544"}, "its UUID is none, not 4c4c4544"),
        ({"machine_id": "2" * 32}, f"its installation is {MACHINE}, not"),
    ],
)
def test_nothing_is_kept_of_another_machine(desk: Desk, said: dict[str, str], words: str) -> None:
    [one] = desk.enroll(desk.file(**said))
    assert one.result.outcome is Outcome.REFUSED
    assert words in one.result.message
    assert desk.nothing_is_kept()


def test_each_address_is_tried_and_an_impostor_is_told(desk: Desk) -> None:
    def at_the_second(host: Host, program: bytes) -> bytes:
        if host.connection.address == SAID["addresses"][0]:
            raise Unreachable(host.name, "no route")
        return look_here(host, program)

    desk.answer = at_the_second
    [one] = desk.enroll(desk.file())
    assert one.result.outcome is Outcome.OK
    assert desk.site.inventory.hosts[SERIAL].connection.address == SAID["addresses"][1]

    other = Desk()

    def somebody_else(host: Host, program: bytes) -> bytes:
        if host.connection.address == SAID["addresses"][0]:
            raise Unreachable(host.name, "no route")
        raise IdentityNotTrusted(host.name, "another key")

    other.answer = somebody_else
    [one] = other.enroll(other.file())
    assert one.result.outcome is Outcome.REFUSED
    assert "shows another host key" in one.result.message
    assert other.nothing_is_kept()


def test_signatures_count_or_the_machine_is_not_asked(desk: Desk) -> None:
    good = desk.file()
    paper = json.loads(good.content)
    for spoiled, words in (
        ({"by_batch": paper["by_machine"]}, "was not written by the script of batch-1"),
        ({"by_machine": paper["by_batch"]}, "was not signed with the host key"),
        ({"enrolment": paper["enrolment"].replace("debian", "dabian")}, "was not written by the script"),
    ):
        [one] = desk.enroll(CarriedFile("a.json", json.dumps({**paper, **spoiled}).encode()))
        assert one.result.outcome is Outcome.REFUSED
        assert words in one.result.message
    [one] = desk.enroll(desk.file(batch="batch-2"))
    assert "is none of this site" in one.result.message
    desk.site.clock.forward(14 * 86400)
    [one] = desk.enroll(good)
    assert "batch-1 ended on" in one.result.message
    assert not desk.site.transport.asked
    assert desk.nothing_is_kept()


def test_what_was_broken_off_goes_on(desk: Desk) -> None:
    """The power goes between record and inventory: nothing is doubled the next time."""
    add = desk.site.inventory.add

    class PowerCut(BaseException):
        pass

    def cut(host: Host, group: str | None) -> None:
        raise PowerCut

    desk.site.inventory.add = cut  # type: ignore[method-assign]
    with pytest.raises(PowerCut):
        desk.enroll(desk.file())
    desk.site.inventory.add = add  # type: ignore[method-assign]
    [one] = desk.enroll(desk.file())
    assert (one.result.host, one.result.outcome) == (SERIAL, Outcome.OK)
    assert len(desk.site.assets.all()) == 1
    hosts, pins = dict(desk.site.inventory.hosts), dict(desk.site.host_keys.pinned)
    asked = len(desk.site.transport.asked)
    desk.site.inventory.hosts[SERIAL] = Host(**{**_fields(hosts[SERIAL]), "known_host": pins[SERIAL]})
    [again] = desk.enroll(desk.file())
    assert again.result.outcome is Outcome.OK
    assert len(desk.site.transport.asked) == asked


def test_ctrl_c_leaves_the_rest_to_the_next_time(desk: Desk) -> None:
    desk.site.interrupts.now = Halt.AFTER_STEP
    object.__setattr__(desk.site.settings, "concurrency", 1)
    keys = [f"{KEY[:-4]}{number:04d}" for number in range(30)]
    files = [desk.file(serial=f"SN-{number + 1}", host_key=key) for number, key in enumerate(keys)]
    outcomes = [one.result.outcome for one in desk.enroll(*files)]
    assert Outcome.INTERRUPTED in outcomes
    assert len(desk.site.inventory.hosts) == outcomes.count(Outcome.OK)


def test_every_bad_file_is_said_before_anything_is_done(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as caught:
        desk.enroll(desk.file(), CarriedFile("a.json", b"{"), CarriedFile("b.json", desk.file(port=0).content))
    assert [problem.source.file for problem in caught.value.problems] == ["a.json", "b.json"]
    assert desk.nothing_is_kept()


def test_a_practice_machine_is_no_newcomer_however_often_its_file_is_there(desk: Desk) -> None:
    practice = Host("practice-5", Connection("127.0.0.2"), practice=True)
    desk.site.inventory.write_practice([practice])
    once = desk.file(serial="", name="practice-5")
    anew = CarriedFile("anew.json", desk.file(serial="", name="practice-5", made="2026-08-31T07:00:00Z").content)
    done = desk.enroll(once, CarriedFile("copy.json", once.content), anew)
    assert [one.newcomer.file for one in done] == [once.name, "anew.json"]
    assert {one.result.outcome for one in done} == {Outcome.REFUSED}
    assert {one.result.message for one in done} == {"practice-5 is a practice machine of this site already"}
    assert set_batch(desk.site, done) == []


def test_the_batch_has_only_machines_of_the_inventory_that_are_no_practice_machines(desk: Desk) -> None:
    done = desk.enroll(desk.file())
    gone = [replace(one, result=replace(one.result, host=name)) for one in done for name in ("practice-5", "gone")]
    desk.site.inventory.write_practice([Host("practice-5", Connection("127.0.0.2"), practice=True)])
    assert set_batch(desk.site, [*gone, *done]) == [SERIAL] == desk.site.inventory.batch


def test_a_refusal_is_told_once_and_a_machine_that_comes_in_as_it_does(desk: Desk) -> None:
    told: list[str] = []
    files = [desk.file(), CarriedFile("of-another-site.json", desk.file(batch="batch-2").content)]
    take_in(desk.site, examine(desk.site, files, Rules()), lambda one: told.append(one.newcomer.file))
    assert told == [files[0].name]


def test_a_profile_must_be_there(desk: Desk) -> None:
    with pytest.raises(WrongUsage, match="There is no profile offise"):
        desk.enroll(desk.file(), rules=Rules(profile="offise"))
    listed = Asset(tag="GV-1", serial=SERIAL, site_fields={"profile": "offise"})
    desk.site.assets.save([AssetChange(None, listed)], desk.site.clock.now(), "robin")
    [one] = desk.enroll(desk.file())
    assert one.result.outcome is Outcome.REFUSED
    assert one.result.hint == "Did you mean office?"


def _fields(host: Host) -> dict[str, Any]:
    return {name: getattr(host, name) for name in host.__struct_fields__}
