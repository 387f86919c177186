"""Windows PCs are taken in by a one-time password, then by one of their own; wherever it breaks off, it goes on."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from deskprov.adapters.enrolment_seals import RsaSeals
from deskprov.api.enrolling import examine, take_in
from deskprov.api.handing_over import keep_batch_key
from deskprov.errors import LoginRefused, Unreachable
from deskprov.formats.certificates import certificate_der, ssh_key_of
from deskprov.formats.known_hosts import certificate_line
from deskprov.model.enrolment import NAMESPACE, Batch, CarriedFile
from deskprov.model.escrow import EscrowState, Owner
from deskprov.model.inventory import Host
from deskprov.model.newcomer import Enrolled, Rules
from deskprov.model.result import Outcome
from deskprov.testing import (
    FakeSite,
    FixedKeys,
    MemoryFiles,
    MemoryInventory,
    ScriptedRunner,
    ScriptedTransport,
)

GUID = "0f3a1c52-9d7e-4b8a-8c11-5a6b7c8d9e0f"
OWN = Owner("SN-1", "users/deskprov")
CERTIFICATE = RsaSeals().new_pair("PC-1").certificate
PIN = certificate_line(certificate_der(CERTIFICATE))


class PowerCut(BaseException):
    """Everything ends here."""


class Pc:
    """A PC that lets in whoever has its password, and takes another; `after` says what happens then."""

    def __init__(self, site: FakeSite, one_time: str) -> None:
        self._site = site
        self.password = one_time
        self.serial = "SN-1"
        self.tried: list[str] = []
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    def ask(self, host: Host, program: bytes) -> bytes:
        given = self._site.secrets.value(_login(host))
        self.tried.append(given)
        if given != self.password:
            raise LoginRefused(host.name, f"{host.name} refuses it.")
        data = json.loads(program.decode().rpartition("\nmain '")[2].rpartition("'")[0].replace("\\u0027", "'"))
        answers = [{"answer": self._answer(*question)} for question in data["questions"]]
        begin, end = (f"\ndeskprov-{word}-{data['nonce']}\n" for word in ("begin", "end"))
        return f"{begin}{json.dumps({'answers': answers})}{end}".encode()

    def _answer(self, name: str, argument: Any) -> Any:
        if not name.endswith("hand_over_windows.ps1"):
            return {"bios": [{"SerialNumber": self.serial}], "machine_guid": GUID}
        self.before()
        _, _, sealed = argument
        self.password = self._site.seals.opened(sealed, f"key of {CERTIFICATE}")
        self.after()
        return {"in_force": True}


def _login(host: Host) -> Any:
    from deskprov.model.secret import as_password

    return as_password(host.connection.login_secret, host.name)


class Desk:
    """A site with the key of one batch in escrow, and the file of one PC."""

    def __init__(self) -> None:
        self.site = FakeSite(
            MemoryFiles({"profiles/pc.yml": "profile: pc\nplatform: windows\n"}),
            MemoryInventory(),
            ScriptedTransport(lambda host, program: self.pc.ask(host, program)),
            ScriptedRunner(lambda *_: pytest.fail("nothing is to be changed")),
        )
        now = self.site.clock.now()
        self.batch = Batch(
            "batch-1", f"ecdsa-sha2-nistp256 {'B' * 68}", now - timedelta(days=1), now + timedelta(days=13)
        )
        self.site.batches.add(self.batch)
        self.seal = self.site.seals.new_pair("batch-1")
        keep_batch_key(self.site, "batch-1", self.seal)
        self.pc = Pc(self.site, "one-time-password")
        self.sealed = base64.b64encode(b"x" * 384).decode()
        opened = self.site.seals.opened
        self.site.seals.opened = (  # type: ignore[method-assign]
            lambda text, private: "one-time-password" if text == self.sealed else opened(text, private)
        )

    def file(self, signer: str = CERTIFICATE, **changed: Any) -> CarriedFile:
        said = {
            "platform": "windows",
            "transport": "winrm",
            "site": "Example school district",
            "batch": "batch-1",
            "user": "deskprov",
            "name": "GV-0001",
            "port": 5986,
            "addresses": ["192.0.2.7"],
            "serial": "SN-1",
            "uuid": "",
            "machine_id": GUID,
            "macs": [],
            "os": "Microsoft Windows 11 Pro",
            "made": "2026-09-01T08:00:00Z",
            "certificate": CERTIFICATE,
            "one_time": self.sealed,
            **changed,
        }
        text = json.dumps(said)
        by_machine = FixedKeys.signature(ssh_key_of(certificate_der(signer)), text, NAMESPACE)
        by_batch = FixedKeys.signature(self.batch.public_key, text, NAMESPACE)
        paper = {"deskprov_enrolment": 1, "enrolment": text, "by_machine": by_machine, "by_batch": by_batch}
        return CarriedFile("SN-1.json", json.dumps(paper).encode())

    def enroll(self) -> Enrolled:
        [one] = take_in(self.site, examine(self.site, [self.file()], Rules()), lambda one: None)
        return one

    def again(self) -> Enrolled:
        """The same command in a new process: nothing of the first is left in memory."""
        self.site.secrets = type(self.site.secrets)({})
        self.pc.before = self.pc.after = lambda: None
        pins = self.site.host_keys.pinned
        for name, host in self.site.inventory.hosts.items():
            self.site.inventory.hosts[name] = replace(host, known_host=pins.get(name, ""))
        return self.enroll()

    def states(self) -> list[EscrowState]:
        return [kept.state for kept in self.site.escrow.of(OWN)]

    def in_escrow(self) -> str:
        [kept] = self.site.escrow.of(OWN)
        return self.site.escrow.open(kept).plain


@pytest.fixture
def desk() -> Desk:
    return Desk()


def is_in_with_a_password_of_its_own(desk: Desk) -> bool:
    host = desk.site.inventory.hosts["SN-1"]
    assert (host.connection.password, host.connection.transport) == ("per-device", "winrm")
    assert desk.site.host_keys.pinned == {"SN-1": PIN}
    return desk.states() == [EscrowState.CURRENT] and desk.in_escrow() == desk.pc.password != "one-time-password"


def test_a_pc_comes_in_and_its_one_time_password_is_burned(desk: Desk) -> None:
    assert desk.enroll().result.outcome is Outcome.OK
    assert is_in_with_a_password_of_its_own(desk)
    assert desk.pc.tried[0] == "one-time-password"
    assert desk.pc.tried[-1] == desk.pc.password, "its own has let us in before the other was burned"


def test_the_same_file_again_is_nothing_to_do_and_after_a_retirement_it_is_refused(desk: Desk) -> None:
    desk.enroll()
    tried = len(desk.pc.tried)
    assert desk.again().result.outcome is Outcome.OK
    assert desk.pc.tried[tried:] == [desk.pc.password], "its own opens it, and nothing else is tried"
    tried = len(desk.pc.tried)
    desk.site.inventory.hosts.clear()
    replayed = desk.again()
    assert replayed.result.outcome is Outcome.REFUSED
    assert "refuses the one-time password of its file: it was used already" in replayed.result.message
    assert desk.pc.tried[tried:] == ["one-time-password"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_cut_off_while_the_password_is_on_its_way_it_goes_on(desk: Desk, moment: str) -> None:
    def cut() -> None:
        raise PowerCut

    setattr(desk.pc, moment, cut)
    with pytest.raises(PowerCut):
        desk.enroll()
    assert desk.states() == [EscrowState.PENDING], "it was sealed before it was sent"
    assert not desk.site.inventory.hosts
    assert desk.again().result.outcome is Outcome.OK
    assert is_in_with_a_password_of_its_own(desk)


def test_cut_off_between_inventory_and_proof_it_is_proved_by_the_next_call(desk: Desk) -> None:
    prove = desk.site.escrow.prove

    def cut(*_: Any) -> None:
        raise PowerCut

    desk.site.escrow.prove = cut  # type: ignore[method-assign]
    with pytest.raises(PowerCut):
        desk.enroll()
    desk.site.escrow.prove = prove  # type: ignore[method-assign]
    assert desk.states() == [EscrowState.PENDING]
    assert desk.again().result.outcome is Outcome.OK
    assert is_in_with_a_password_of_its_own(desk)


def test_a_pc_that_falls_silent_half_way_is_told_with_what_to_do(desk: Desk) -> None:
    def silence() -> None:
        raise Unreachable("SN-1", "SN-1 does not answer.", hint="Is it on?")

    desk.pc.after = silence
    result = desk.enroll().result
    assert result.outcome is Outcome.UNREACHABLE
    assert "Its own password is sealed here, and may be in force there" in result.message
    assert "The same command goes on from here" in result.hint
    assert desk.again().result.outcome is Outcome.OK


def test_a_pc_that_is_another_keeps_its_password(desk: Desk) -> None:
    desk.pc.serial = "SN-2"
    one = desk.enroll()
    assert one.result.outcome is Outcome.REFUSED
    assert "its serial number is SN-2, not SN-1" in one.result.message
    assert desk.pc.password == "one-time-password"
    assert not (desk.states() or desk.site.inventory.hosts or desk.site.host_keys.pinned or desk.site.assets.all())


def test_a_file_that_another_certificate_has_signed_is_refused_before_anybody_is_asked(desk: Desk) -> None:
    """Whoever has the stick can sign for the batch, but not with the key of a PC that is not theirs."""
    file = desk.file(signer=RsaSeals().new_pair("PC-2").certificate)
    [one] = take_in(desk.site, examine(desk.site, [file], Rules()), lambda one: None)
    assert one.result.outcome is Outcome.REFUSED
    assert "not signed with the host key or certificate that it states" in one.result.message
    assert desk.pc.tried == []


def test_without_the_key_nothing_is_asked(desk: Desk) -> None:
    desk.site.escrow.locked = True
    assert desk.enroll().result.outcome is Outcome.REFUSED
    desk.site.escrow.locked = False
    desk.site.escrow._rows.clear()
    one = desk.again()
    assert "is not kept here" in one.result.message
    assert desk.pc.tried == []


def test_a_pc_that_is_set_up_anew_has_only_its_new_password(desk: Desk) -> None:
    desk.enroll()
    desk.site.inventory.hosts.clear()
    desk.pc.password = "one-time-password"
    first = desk.in_escrow()
    assert desk.again().result.outcome is Outcome.OK
    assert is_in_with_a_password_of_its_own(desk)
    assert desk.in_escrow() != first


def test_one_that_is_in_and_whose_script_was_run_again_gets_a_new_password_of_its_own(desk: Desk) -> None:
    desk.enroll()
    first, desk.pc.password = desk.in_escrow(), "one-time-password"
    assert desk.again().result.outcome is Outcome.OK
    assert is_in_with_a_password_of_its_own(desk)
    assert desk.in_escrow() != first


def test_one_that_is_in_and_takes_neither_password_is_not_called_enrolled(desk: Desk) -> None:
    desk.enroll()
    desk.pc.password = "another-one-time-password"
    result = desk.again().result
    assert result.outcome is not Outcome.OK
    assert "refuses the one-time password of its file" in result.message


def test_one_that_is_in_and_is_off_now_is_in(desk: Desk) -> None:
    desk.enroll()

    def silence(host: Host, program: bytes) -> bytes:
        raise Unreachable(host.name, f"{host.name} does not answer.")

    desk.pc.ask = silence  # type: ignore[method-assign]
    result = desk.again().result
    assert (result.outcome, result.message) == (Outcome.OK, "enrolled as SN-1; it does not answer now")
