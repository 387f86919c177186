"""The identity comes first: unknown or changed, and not one byte of a credential is sent."""

from pathlib import Path

import pytest

from deskprov.adapters.known_hosts import KnownHosts
from deskprov.adapters.ssh import SshTransport
from deskprov.errors import IdentityNotTrusted, ProbeFailed
from deskprov.formats.known_hosts import fingerprint
from deskprov.model.ports.machine import HostKey
from tests.adapters.ssh.conftest import LIMITS
from tests.adapters.ssh.servers import Script, a_host, new_key, public_line, recording_server

OPEN_DOOR = Script(password="pass-word", methods="password")


def test_unknown_identity_is_refused_before_any_credential(ssh: SshTransport) -> None:
    key = new_key()
    with recording_server(OPEN_DOOR, key) as (port, recorded), pytest.raises(IdentityNotTrusted) as caught:
        ssh.ask(a_host(port, password="login"), b"")
    assert recorded.connections == 1
    assert recorded.attempts == []
    assert fingerprint(public_line(key)) in caught.value.message
    assert "deskprov host trust lab-01" in caught.value.hint
    assert caught.value.exit_status == 6


def test_changed_key_of_the_same_kind_is_refused_before_any_credential(ssh: SshTransport) -> None:
    old, new = public_line(new_key()), new_key()
    with recording_server(OPEN_DOOR, new) as (port, recorded), pytest.raises(IdentityNotTrusted) as caught:
        ssh.ask(a_host(port, old, password="login"), b"")
    assert recorded.connections == 1
    assert recorded.attempts == []
    assert fingerprint(old) in caught.value.message
    assert fingerprint(public_line(new)) in caught.value.message
    assert "installed again" in caught.value.hint


def test_another_kind_of_key_is_refused_and_named(ssh: SshTransport) -> None:
    """An impostor cannot slip in with a key of a kind that was never pinned."""
    old, new = public_line(new_key()), new_key("ecdsa-sha2-nistp256")
    with recording_server(OPEN_DOOR, new) as (port, recorded), pytest.raises(IdentityNotTrusted) as caught:
        ssh.ask(a_host(port, old, password="login"), b"")
    assert recorded.attempts == []
    assert f"the ecdsa-sha2-nistp256 key {fingerprint(public_line(new))}" in caught.value.message


def test_damaged_pin_is_refused_without_a_connection(ssh: SshTransport) -> None:
    with (
        recording_server(OPEN_DOOR, new_key()) as (port, recorded),
        pytest.raises(IdentityNotTrusted, match="cannot be used"),
    ):
        ssh.ask(a_host(port, "ssh-ed25519 !!!", password="login"), b"")
    assert recorded.connections == 0


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
def test_the_pinned_kind_is_the_one_used_when_the_machine_has_several(ssh: SshTransport, kind: str) -> None:
    keys = {name: new_key(name) for name in ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa")}
    with (
        recording_server(OPEN_DOOR, *keys.values()) as (port, recorded),
        pytest.raises(ProbeFailed),
    ):  # the server runs nothing
        ssh.ask(a_host(port, public_line(keys[kind]), password="login"), b"")
    assert recorded.attempts == [("password", "tech", "pass-word")]


def test_offered_shows_the_key_and_sends_nothing(tmp_path: Path) -> None:
    key = new_key("ecdsa-sha2-nistp256")
    with recording_server(OPEN_DOOR, key) as (port, recorded):
        offered = KnownHosts(tmp_path, limits=LIMITS).offered(a_host(port, password="login"))
    assert offered == HostKey(public_line(key), fingerprint(public_line(key)))
    assert recorded.attempts == []
