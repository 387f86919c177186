"""`doctor HOST`: one step after the other, and nothing after one that failed. The way is told, the looks are real."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest

from deskprov.api.doctoring import NAMES, examine
from deskprov.errors import (
    ElevationRefused,
    HostError,
    IdentityNotTrusted,
    LoginRefused,
    ProbeFailed,
    PythonMissing,
    SecretUnavailable,
    Unreachable,
)
from deskprov.model.asset import Asset
from deskprov.model.check import Check, Examination, Verdict
from deskprov.model.inventory import Connection, Host
from deskprov.model.ports.assets import AssetChange
from deskprov.model.ports.machine import Greeting, HostKey
from deskprov.model.result import Outcome
from deskprov.testing import (
    FakeSite,
    FixedSecrets,
    MemoryFiles,
    MemoryInventory,
    ScriptedApproach,
    ScriptedRunner,
    ScriptedTransport,
)

KEY = HostKey("ssh-ed25519 AAAA", "SHA256:abc")


def look_here(host: Host, program: bytes) -> bytes:
    """The program, really run, on this computer."""
    return subprocess.run([sys.executable, "-I", "-S", "-"], input=program, capture_output=True, check=True).stdout


def refuse(error: Exception) -> Callable[[Host, bytes], bytes]:
    def answer(host: Host, program: bytes) -> bytes:
        raise error

    return answer


def desk(answer: Callable[[Host, bytes], bytes] = look_here, *, user: str = "root", **connection: str) -> FakeSite:
    """A site with pc-1, whose way is clear, and pc-2, whose address nobody knows."""
    hosts = [Host(name, Connection("192.0.2.1", user=user, **connection)) for name in ("pc-1", "pc-2")]
    approach = ScriptedApproach({"pc-1": ["192.0.2.1"]}, {"pc-1": Greeting("192.0.2.1", "SSH-2.0-x")}, {"pc-1": KEY})
    return FakeSite(
        MemoryFiles({}),
        MemoryInventory(*hosts),
        ScriptedTransport(answer),
        ScriptedRunner(lambda *_: pytest.fail("Ansible was run")),
        approach,
    )


def one(site: FakeSite, target: str = "pc-1") -> Examination:
    [found] = examine(site, [target], lambda _: None)
    assert [check.name for check in found.checks] == list(NAMES)
    return found


def first_failed(found: Examination) -> Check:
    """The one failed check; everything before it is well, and nobody looked at anything after it."""
    at = next(number for number, check in enumerate(found.checks) if check.verdict is Verdict.FAILED)
    assert {check.verdict for check in found.checks[:at]} <= {Verdict.OK}
    assert {check.verdict for check in found.checks[at + 1 :]} <= {Verdict.NOT_LOOKED_AT}
    assert found.checks[at].fix
    return found.checks[at]


def test_the_order_is_that_of_the_way() -> None:
    assert NAMES[:5] == ("name", "port", "host_key", "login", "sudo")
    places = [NAMES.index(name) for name in ("disk", "clock", "package_lock", "reboot")]
    assert places == sorted(places)


def test_after_the_log_in_there_is_one_connection() -> None:
    site = desk()
    found = one(site)
    assert {check.verdict for check in found.checks[:5]} == {Verdict.OK}
    assert site.transport.asked == ["pc-1"]


def test_a_name_that_nobody_knows_ends_it() -> None:
    site = desk()
    found = one(site, "pc-2")
    assert (first_failed(found).name, found.outcome) == ("name", Outcome.UNREACHABLE)
    assert site.transport.asked == []


def test_a_port_that_does_not_answer_ends_it() -> None:
    site = desk()
    site.approach.greetings.clear()
    found = one(site)
    assert (first_failed(found).name, found.outcome) == ("port", Outcome.UNREACHABLE)


def test_nobody_logs_in_where_the_key_is_not_trusted() -> None:
    site = desk()
    site.approach.keys.clear()
    found = one(site)
    assert (first_failed(found).name, found.outcome) == ("host_key", Outcome.REFUSED)
    assert site.transport.asked == []


@pytest.mark.parametrize(
    ("error", "step", "outcome"),
    [
        (LoginRefused("pc-1", "No.", hint="Mend."), "login", Outcome.REFUSED),
        (Unreachable("pc-1", "It broke off.", hint="Again."), "login", Outcome.UNREACHABLE),
        (ElevationRefused("pc-1", "No.", hint="Mend."), "sudo", Outcome.REFUSED),
        (ProbeFailed("pc-1", "Noise.", hint="Mend."), "sudo", Outcome.FAILED),
        (PythonMissing("pc-1", "None.", hint="Install."), "python", Outcome.FAILED),
        (IdentityNotTrusted("pc-1", "Changed.", hint="Look."), "host_key", Outcome.REFUSED),
        (SecretUnavailable("None.", hint="Declare."), "sudo", Outcome.REFUSED),
    ],
)
def test_each_refusal_belongs_to_its_step(error: HostError, step: str, outcome: Outcome) -> None:
    found = one(desk(refuse(error), user="tech", key_file="~/.ssh/key"))
    failed = first_failed(found)
    assert (failed.name, failed.found, failed.fix, found.outcome) == (step, str(error), error.hint, outcome)


def test_a_log_in_by_password_alone_lacks_its_secret_at_the_log_in() -> None:
    found = one(desk(refuse(SecretUnavailable("None.", hint="Declare.")), user="tech", password="login"))
    assert first_failed(found).name == "login"


def test_an_answer_that_is_none_is_not_called_well() -> None:
    found = one(desk(lambda host, program: b"Welcome to pc-1!\n"))
    assert first_failed(found).found.startswith("pc-1 answered, but not with facts")


def test_the_record_says_who_it_should_be() -> None:
    """The look is real but for the serial number that the firmware gives."""

    def answer(host: Host, program: bytes) -> bytes:
        lines = look_here(host, program).decode().splitlines(keepends=True)
        document = json.loads(lines[2])
        document["answers"][1]["answer"]["dmi"] = {"product_serial": "AB-2"}
        return "".join([*lines[:2], json.dumps(document), "\n", *lines[3:]]).encode()

    site = desk(answer)
    site.assets.save([AssetChange(None, Asset(host="pc-1", serial="AB-1"))], site.clock.now(), "robin")
    found = one(site)
    identity = next(check for check in found.checks if check.name == "identity")
    assert (identity.verdict, found.outcome) == (Verdict.FAILED, Outcome.FAILED)
    assert "the record says AB-1, the machine AB-2" in identity.found


def test_many_are_told_in_the_order_asked_for_and_the_person_is_asked_before() -> None:
    site = desk(password="login")
    site.secrets = FixedSecrets({"login": "word"})
    told: list[str] = []
    found = examine(site, ["pc-2", "pc-1"], lambda one: told.append(one.host))
    assert told == ["pc-2", "pc-1"] == [each.host for each in found]
    assert site.secrets.prepared == ["login"]


def test_nothing_is_filed() -> None:
    site = desk()
    one(site)
    assert site.history.runs(5) == []
    assert site.assets.all() == []


@pytest.mark.parametrize(("days", "words"), [(61, ""), (59, "ends in 59 days, on "), (-3, "is over since ")])
def test_a_certificate_that_ends_soon_or_has_ended_is_said(days: int, words: str) -> None:
    site = desk()
    ends = site.clock.now() + timedelta(days=days)
    site.approach.keys["pc-1"] = HostKey("x509-sha256 5f2c", "SHA256:5F2C", ends)
    [check] = [check for check in one(site).checks if check.name == "host_key"]
    assert check.verdict is (Verdict.WARNING if words else Verdict.OK)
    assert check.found == "as pinned: x509-sha256 SHA256:5F2C" + (
        f". Its certificate {words}{ends:%Y-%m-%d}" if words else ""
    )


def no_answers(host: Host, program: bytes) -> bytes:
    """As a machine answers that can tell nothing; the program must be PowerShell's."""
    [block] = re.findall(r"^main '(.*)'$", program.decode("ascii"), re.MULTILINE)
    data = json.loads(block)
    answers = json.dumps({"answers": [{"error": "denied"} for _ in data["questions"]]})
    nonce = data["nonce"]
    return f"\r\ndeskprov-begin-{nonce}\r\n{answers}\r\ndeskprov-end-{nonce}\r\n".encode()


def test_a_machine_over_winrm_is_asked_in_powershell() -> None:
    site = desk(no_answers, user="deskprov", transport="winrm")
    found = one(site)
    assert [check.name for check in found.checks if check.verdict is Verdict.OK] == [*NAMES[:5]]
    assert all("denied" in check.found for check in found.checks[5:])
    assert (found.outcome, site.transport.asked) == (Outcome.OK, ["pc-1"])
