"""PSRP over plain HTTP: each message sealed with the key of the log-on, NTLM's or that of a real Kerberos; and Basic.

The endpoint is a practice PC's, in this process. No Windows and no Active Directory is here.
"""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from msgspec.structs import replace
from pypsrp.exceptions import WinRMTransportError
from pypsrp.powershell import RunspacePool
from pypsrp.wsman import WSMan

from deskprov.adapters.limits import Limits
from deskprov.adapters.winrm import runspace
from deskprov.adapters.winrm.approach import WinRmApproach
from deskprov.adapters.winrm.transport import WinRmTransport
from deskprov.errors import IdentityNotTrusted, LoginRefused, ProbeFailed
from deskprov.model.inventory import Host
from deskprov.model.platform import Platform
from deskprov.stages.facts import facts, facts_probes
from deskprov.stages.probe import compile_program, parse_answers
from deskprov.testing import FixedSecrets
from tests.adapters.winrm.endpoints import http
from tests.practice.windows.http_door import PASSWORD, Door, http_door
from tests.realm import Realm, realm

NONCE = "4f1d2c3b"
DOMAIN_PASSWORD = "domain-9a02 word"
USER = "tech@EXAMPLE.ORG"


def ask(host: Host, password: str) -> str:
    """The system that the machine says it has."""
    probes = facts_probes(Platform.WINDOWS)
    said = WinRmTransport(FixedSecrets({"pw": password}), limits=Limits(login=5.0)).ask(
        host, compile_program(probes, NONCE)
    )
    return facts(Platform.WINDOWS, parse_answers(said, probes, NONCE)).os


@pytest.fixture
def domain(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Realm]:
    with realm(tmp_path_factory.mktemp("realm"), {"tech": DOMAIN_PASSWORD}) as made:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("KRB5CCNAME", f"FILE:{made.folder / 'tickets'}")
        yield made


@pytest.mark.parametrize("log_on", ["ntlm", "basic"])
def test_nothing_is_sent_where_nobody_has_stated_the_risk(tmp_path: Path, log_on: str) -> None:
    with http_door(tmp_path, auth_basic=1, allow_unencrypted=1) as door:
        with pytest.raises(IdentityNotTrusted, match="is not logged on to"):
            ask(door.host(log_on=log_on, risk_taken=False), PASSWORD)
        assert not (door.folder / "journal.jsonl").exists()


def test_ntlm_seals_each_message(tmp_path: Path) -> None:
    with http_door(tmp_path) as door:
        assert ask(door.host(), PASSWORD).startswith("Windows 11")
        with pytest.raises(LoginRefused):
            ask(door.host(), "wrong")
        plain = WSMan("127.0.0.1", port=door.port, username="deskprov", password=PASSWORD, ssl=False, auth="ntlm")
        plain.transport.wrap_required = False
        with pytest.raises(WinRMTransportError):
            RunspacePool(plain).open()
        plain.close()


def test_basic_is_taken_where_the_pc_allows_it_and_in_clear_where_it_allows_that_too(tmp_path: Path) -> None:
    with http_door(tmp_path) as door, pytest.raises(LoginRefused):
        ask(door.host(log_on="basic"), PASSWORD)
    with http_door(tmp_path, auth_basic=1) as door, pytest.raises(ProbeFailed):
        ask(door.host(log_on="basic"), PASSWORD)
    with http_door(tmp_path, auth_basic=1, allow_unencrypted=1) as door:
        assert ask(door.host(log_on="basic"), PASSWORD).startswith("Windows 11")


def test_there_is_nothing_to_look_at_before_a_log_on(tmp_path: Path) -> None:
    with http_door(tmp_path) as door:
        assert WinRmApproach().greeting(door.host()).line == "HTTP"
        assert WinRmApproach().identity(door.host()).line == ""
        assert door.journal("logon") == []


@pytest.mark.kerberos
def test_kerberos_comes_in_with_a_ticket_and_leaves_none_behind(domain: Realm, tmp_path: Path) -> None:
    with http_door(tmp_path) as door:
        domain.write_keytab(door.folder / "keytab")
        assert ask(door.host("localhost", user=USER, log_on="kerberos"), DOMAIN_PASSWORD).startswith("Windows 11")
        assert door.journal("logon") == [{"what": "logon", "user": USER, "taken": True}]
    assert "WSMAN/localhost" in domain.log
    assert not (domain.folder / "tickets").exists()


@pytest.mark.kerberos
def test_a_mistyped_domain_password_is_refused_twice_in_all_by_thirty_machines(domain: Realm, tmp_path: Path) -> None:
    with http_door(tmp_path) as door:
        domain.write_keytab(door.folder / "keytab")
        host = door.host("localhost", user=USER, log_on="kerberos")
        transport = WinRmTransport(FixedSecrets({"pw": "mistyped"}))

        def refused(number: int) -> str:
            with pytest.raises(LoginRefused) as caught:
                transport.ask(replace(host, name=f"pc-{number}"), b"")
            return caught.value.message

        with ThreadPoolExecutor(10) as threads:
            said = list(threads.map(refused, range(30)))
    assert sum("the domain refuses the password" in words for words in said) == 2
    assert domain.log.count("verify failure: Preauthentication failed") == 2
    assert door.journal("logon") == []


@pytest.mark.kerberos
@pytest.mark.parametrize(
    ("user", "address", "words"),
    [
        ("nobody@EXAMPLE.ORG", "localhost", "the domain does not know the user"),
        (USER, "127.0.0.1", "the domain does not know the machine by this name"),
        ("tech@ELSEWHERE.EXAMPLE", "localhost", "nothing here says where the domain's controllers are"),
    ],
)
def test_why_there_is_no_ticket(domain: Realm, tmp_path: Path, user: str, address: str, words: str) -> None:
    with http_door(tmp_path) as door, pytest.raises(LoginRefused, match=words) as caught:
        ask(door.host(address, user=user, log_on="kerberos"), DOMAIN_PASSWORD)
    assert "kinit" in caught.value.hint


@pytest.mark.kerberos
def test_who_has_not_the_key_of_the_machine_hears_nothing_of_ours(domain: Realm) -> None:
    """An impostor says that all is well, without the proof that only the machine can give."""
    challenge = http("401 Unauthorized", WWW_Authenticate="Negotiate")
    for answers in ([challenge, http("200 OK")], [challenge, http("200 OK", WWW_Authenticate="Negotiate bm9pc2U=")]):
        with _impostor(answers) as (port, heard):
            host = Door(domain.folder, port).host("localhost", user=USER, log_on="kerberos")
            with pytest.raises(IdentityNotTrusted, match="does not prove by Kerberos that it is localhost"):
                ask(host, DOMAIN_PASSWORD)
        assert b"Authorization: Negotiate" in b"".join(heard)
        assert b"Envelope" not in b"".join(heard)


def test_without_the_libraries_it_says_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runspace, "_KERBEROS", False)
    with http_door(tmp_path) as door, pytest.raises(LoginRefused, match="libraries are not installed") as caught:
        ask(door.host("localhost", user=USER, log_on="kerberos"), DOMAIN_PASSWORD)
    assert 'pip install "deskprov[kerberos]"' in caught.value.hint


@contextmanager
def _impostor(answers: list[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """One that answers each request in its turn, and writes down what it is sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def serve() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                connection.settimeout(1)
                with connection:
                    for answer in answers:
                        heard.append(connection.recv(65536))
                        connection.sendall(answer)
                    heard.append(connection.recv(65536))

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join()
