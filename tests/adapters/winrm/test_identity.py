"""Who answers: nothing is sent to whoever does not show the pinned certificate; its names and dates do not count."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.adapters.limits import Limits
from deskprov.adapters.winrm.certificate import Compared, offered_certificate, pinned_connection
from deskprov.adapters.winrm.runspace import Runspace
from deskprov.adapters.winrm.shell import Shell
from deskprov.adapters.winrm.transport import WinRmTransport
from deskprov.errors import HostError, IdentityNotTrusted, Unreachable
from deskprov.formats.known_hosts import fingerprint
from deskprov.model.inventory import OVER_TLS, Connection, Host
from deskprov.testing import FixedSecrets
from tests.adapters.winrm.endpoints import endpoint, http
from tests.practice.windows.desk import Desk

PROTOCOLS = (Shell, Runspace)
OTHER = f"x509-sha256 {'0' * 64}"
NOW = datetime.now(UTC)


def host_at(port: int, known_host: str = "", transport: str = "winrm") -> Host:
    return Host("pc-1", Connection("127.0.0.1", port, password="pw", transport=transport), known_host=known_host)


def pinned(host: Host) -> Host:
    return replace(host, known_host=offered_certificate(host, Limits()).line)


def test_what_is_offered_is_what_the_machine_has(desk: Desk) -> None:
    assert offered_certificate(host_at(desk.pc.port), Limits()).line == desk.pc.host_key


@pytest.mark.parametrize("known_host", ["", OTHER, "ssh-ed25519 AAAA", "x509-sha256 12"])
def test_nobody_logs_on_to_a_machine_that_is_not_trusted(desk: Desk, known_host: str) -> None:
    before = desk.journal("logon")
    with pytest.raises(IdentityNotTrusted) as caught:
        WinRmTransport(FixedSecrets({"pw": desk.password})).ask(host_at(desk.pc.port, known_host), b"")
    assert "deskprov host trust pc-1" in caught.value.hint
    shown = fingerprint(desk.pc.host_key)
    assert (shown in caught.value.message) is (known_host in ("", OTHER)), "what it shows is said, to be compared"
    assert desk.journal("logon") == before


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_each_connection_is_compared_before_its_first_byte(elsewhere: Path, protocol: type[Shell | Runspace]) -> None:
    """Whoever comes in between after the first look hears nothing at all."""
    with endpoint(elsewhere, NOW, [http("200 OK")]) as impostor:
        exchange = protocol(host_at(impostor.port, OTHER), "0" * 64, "secret", Limits())
        with pytest.raises(IdentityNotTrusted, match="shows another certificate"):
            exchange.log_on()
        exchange.leave()
    assert set(impostor.heard) == {b""}


@pytest.mark.parametrize("transport", OVER_TLS)
def test_what_was_compared_is_what_is_spoken_on(elsewhere: Path, transport: str) -> None:
    """One handshake for the look at the certificate and for the log-on."""
    with endpoint(elsewhere, NOW, [http("401 Unauthorized", WWW_Authenticate="Basic")]) as machine:
        host = pinned(host_at(machine.port, transport=transport))
        with pytest.raises(HostError, match="does not take log-ons by NTLM"):
            WinRmTransport(FixedSecrets({"pw": "secret"})).ask(host, b"")
    looked, spoken = machine.heard
    assert looked == b""
    assert spoken.startswith(b"POST /wsman")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_one_that_ended_while_it_waited_is_made_anew_and_compared(
    desk: Desk, elsewhere: Path, protocol: type[Shell | Runspace]
) -> None:
    own = desk.pc.host_key.split()[1]
    with endpoint(elsewhere, NOW, []) as ends:
        exchange = protocol(host_at(desk.pc.port), own, desk.password, Limits(), ended(ends.port))
        exchange.log_on()
        exchange.leave()
    with endpoint(elsewhere, NOW, []) as ends:
        exchange = protocol(host_at(desk.pc.port, OTHER), "0" * 64, desk.password, Limits(), ended(ends.port))
        with pytest.raises(IdentityNotTrusted, match="shows another certificate"):
            exchange.log_on()
        exchange.leave()


def ended(port: int) -> Compared:
    """A connection that the other side has closed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    tls = context.wrap_socket(socket.create_connection(("127.0.0.1", port)))
    assert tls.recv(1) == b""
    return Compared(tls)


def test_who_has_taken_a_connection_keeps_it(desk: Desk) -> None:
    """A thread that was left alone may still send on it; closed under it, its number would be somebody else's."""
    with pinned_connection(pinned(host_at(desk.pc.port)), Limits()) as compared:
        taken = compared.take()
        assert compared.take() is None
    assert taken is not None
    with taken:
        assert taken.fileno() != -1


def test_what_nobody_has_taken_is_closed(desk: Desk) -> None:
    with pinned_connection(pinned(host_at(desk.pc.port)), Limits()) as compared:
        tls = compared._held[0]
    assert tls.fileno() == -1


@pytest.mark.parametrize("transport", OVER_TLS)
def test_a_certificate_that_is_old_and_for_another_name_is_as_good(elsewhere: Path, transport: str) -> None:
    """After a rename, or years, the pinned certificate is still the machine's; the log-on is what is refused here."""
    long_ago = NOW - timedelta(days=40 * 365)
    with endpoint(elsewhere, long_ago, [http("401 Unauthorized", WWW_Authenticate="Basic")]) as old:
        host = pinned(host_at(old.port, transport=transport))
        with pytest.raises(HostError, match="does not take log-ons by NTLM"):
            WinRmTransport(FixedSecrets({"pw": "secret"})).ask(host, b"")
    assert any(b"POST /wsman" in said for said in old.heard)
    assert not any(b"secret" in said for said in old.heard)


@pytest.mark.parametrize("transport", OVER_TLS)
def test_nobody_is_sent_on_to_somebody_else(
    elsewhere: Path, tmp_path_factory: pytest.TempPathFactory, transport: str
) -> None:
    with endpoint(tmp_path_factory.mktemp("other"), NOW, [http("200 OK")]) as other:
        away = http("307 Temporary Redirect", Location=f"https://127.0.0.1:{other.port}/wsman")
        with endpoint(elsewhere, NOW, [away]) as sender, pytest.raises(HostError):
            WinRmTransport(FixedSecrets({"pw": "secret"})).ask(pinned(host_at(sender.port, transport=transport)), b"")
        assert set(other.heard) <= {b""}


@pytest.mark.parametrize("transport", OVER_TLS)
def test_nobody_is_sent_on_to_where_nothing_is_encrypted(elsewhere: Path, transport: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:
        away = http("307 Temporary Redirect", Location=f"http://127.0.0.1:{plain.getsockname()[1]}/wsman")
        with endpoint(elsewhere, NOW, [away]) as sender, pytest.raises(HostError):
            WinRmTransport(FixedSecrets({"pw": "secret"}), limits=Limits(login=2.0)).ask(
                pinned(host_at(sender.port, transport=transport)), b""
            )
        plain.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody came
            plain.accept()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_of_the_surroundings_leads_elsewhere(
    desk: Desk, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, protocol: type[Shell | Runspace]
) -> None:
    with endpoint(elsewhere, NOW, [http("200 OK")]) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        exchange = protocol(host_at(desk.pc.port), desk.pc.host_key.split()[1], desk.password, Limits())
        exchange.log_on()
        exchange.leave()
    assert proxy.heard == []


def test_who_is_not_there_is_said_in_words() -> None:
    with pytest.raises(Unreachable, match="refuses connections on port 1") as caught:
        offered_certificate(host_at(1), Limits())
    assert "WinRM" in caught.value.hint
