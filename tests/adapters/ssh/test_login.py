"""Logging in with what the inventory states, and with nothing else."""

import base64
import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paramiko
import pytest

from deskprov.adapters.ssh import SshTransport
from deskprov.errors import LoginRefused, ProbeFailed, SecretUnavailable, Unreachable
from deskprov.testing import FixedSecrets
from tests.adapters.ssh.servers import Recorded, Script, a_host, new_key, public_line, recording_server

HOST_KEY = new_key()


def ask(ssh: SshTransport, script: Script, **connection: str) -> tuple[Exception, Recorded]:
    """What became of a log-in; the server runs nothing, so `ProbeFailed` means that we were in."""
    outcomes = (LoginRefused, ProbeFailed, SecretUnavailable, Unreachable)
    with recording_server(script, HOST_KEY) as (port, recorded), pytest.raises(outcomes) as caught:
        ssh.ask(a_host(port, public_line(HOST_KEY), **connection), b"")
    return caught.value, recorded


def key_file(path: Path, passphrase: str = "", kind: str = "ed25519") -> paramiko.PKey:
    """A new private key file; returns its public half."""
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", path], check=True)
    kind, encoded, *_ = path.with_name(path.name + ".pub").read_text().split()
    return paramiko.PKey.from_type_string(kind, base64.b64decode(encoded))


@pytest.fixture
def agent(ssh: SshTransport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A running ssh-agent without keys."""
    address = str(tmp_path / "agent")
    process = subprocess.Popen(["ssh-agent", "-D", "-a", address], stdout=subprocess.DEVNULL)
    while not Path(address).exists():
        time.sleep(0.01)
    monkeypatch.setenv("SSH_AUTH_SOCK", address)
    yield
    process.terminate()
    process.wait()


def add_to_agent(path: Path, passphrase: str) -> None:
    helper = path.with_name("askpass")
    helper.write_text(f"#!/bin/sh\necho {passphrase}\n")
    helper.chmod(0o700)
    environment = {**os.environ, "SSH_ASKPASS": str(helper), "SSH_ASKPASS_REQUIRE": "force"}
    subprocess.run(["ssh-add", "-q", path], check=True, env=environment)


def test_password_is_the_only_thing_tried_when_only_a_password_is_stated(ssh: SshTransport, tmp_path: Path) -> None:
    (tmp_path / "home/.ssh").mkdir()
    key_file(tmp_path / "home/.ssh/id_ed25519")
    error, recorded = ask(ssh, Script(password="pass-word"), password="login")
    assert isinstance(error, ProbeFailed)
    assert recorded.attempts == [("password", "tech", "pass-word")]


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_key_file_relative_to_the_site(ssh: SshTransport, tmp_path: Path, kind: str) -> None:
    key = key_file(tmp_path / "fleet_key", kind=kind)
    error, recorded = ask(ssh, Script(key=key), key_file="fleet_key")
    assert isinstance(error, ProbeFailed)
    assert recorded.attempts == [("publickey", "tech", public_line(key))]


def test_a_refused_key_is_not_followed_by_anything_that_was_not_stated(ssh: SshTransport, tmp_path: Path) -> None:
    (tmp_path / "home/.ssh").mkdir()
    key_file(tmp_path / "home/.ssh/id_ed25519")
    key = key_file(tmp_path / "fleet_key")
    error, recorded = ask(ssh, Script(), key_file="fleet_key")
    assert isinstance(error, LoginRefused)
    assert "refuses the user tech with the key" in error.message
    assert [what for _, _, what in recorded.attempts] == [public_line(key)]


def test_key_then_password_when_both_are_stated(ssh: SshTransport, tmp_path: Path) -> None:
    key_file(tmp_path / "fleet_key")
    error, recorded = ask(ssh, Script(password="pass-word"), key_file="fleet_key", password="login")
    assert isinstance(error, ProbeFailed)
    assert [method for method, _, _ in recorded.attempts] == ["publickey", "password"]


def test_key_and_password_when_the_machine_wants_both(ssh: SshTransport, tmp_path: Path) -> None:
    key = key_file(tmp_path / "fleet_key")
    script = Script(key=key, password="pass-word", methods="publickey", second_method="password")
    error, _ = ask(ssh, script, key_file="fleet_key", password="login")
    assert isinstance(error, ProbeFailed)
    error, _ = ask(ssh, script, key_file="fleet_key")
    assert isinstance(error, LoginRefused)
    assert "wants also: password" in error.message


def test_a_refused_password_is_sent_once(ssh: SshTransport) -> None:
    error, recorded = ask(ssh, Script(password="pass-word", methods="password,keyboard-interactive"), password="wrong")
    assert isinstance(error, LoginRefused)
    assert recorded.attempts == [("password", "tech", "no-such-word")]
    assert "the password wrong" in error.message
    assert "no-such-word" not in error.message + error.hint


def test_password_through_a_dialogue(ssh: SshTransport) -> None:
    error, recorded = ask(ssh, Script(password="pass-word", methods="keyboard-interactive"), password="login")
    assert isinstance(error, ProbeFailed)
    assert recorded.attempts[-1] == ("keyboard-interactive", "tech", "pass-word")


@pytest.mark.parametrize("prompts", [[("Code: ", True)], [("Password: ", False), ("Token: ", False)]])
def test_a_dialogue_that_asks_for_more_gets_no_password(ssh: SshTransport, prompts: list[tuple[str, bool]]) -> None:
    script = Script(password="pass-word", methods="keyboard-interactive", prompts=prompts)
    error, recorded = ask(ssh, script, password="login")
    assert isinstance(error, LoginRefused)
    assert "asks for more than a password" in error.message
    assert not any("pass-word" in what for method, _, what in recorded.attempts if method == "keyboard-interactive")


def test_methods_that_do_not_fit_are_named(ssh: SshTransport, tmp_path: Path) -> None:
    error, _ = ask(ssh, Script(methods="publickey"), password="login")
    assert "takes no password from tech, only: publickey" in str(error)
    key_file(tmp_path / "fleet_key")
    error, _ = ask(ssh, Script(methods="password"), key_file="fleet_key")
    assert "takes no key from tech, only: password" in str(error)


def test_undeclared_secret_sends_nothing(ssh: SshTransport) -> None:
    error, recorded = ask(ssh, Script(), password="never-declared")
    assert isinstance(error, SecretUnavailable)
    assert recorded.attempts == []


def test_password_with_a_line_break_is_not_sent(ssh: SshTransport) -> None:
    error, recorded = ask(ssh, Script(), password="two-lines")
    assert isinstance(error, LoginRefused)
    assert recorded.attempts == []


def test_encrypted_key_without_agent(ssh: SshTransport, tmp_path: Path) -> None:
    key_file(tmp_path / "fleet_key", "open sesame")
    error, recorded = ask(ssh, Script(), key_file="fleet_key")
    assert "protected by a passphrase" in str(error)
    assert isinstance(error, LoginRefused)
    assert f"ssh-add {tmp_path}/fleet_key" in error.hint
    assert recorded.attempts == []


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("beside", [True, False], ids=["with .pub", "without .pub"])
def test_encrypted_key_comes_from_the_agent_and_no_other_does(ssh: SshTransport, tmp_path: Path, beside: bool) -> None:
    other = tmp_path / "other"
    key_file(other, "sesame")
    add_to_agent(other, "sesame")
    key = key_file(tmp_path / "fleet_key", "sesame")
    add_to_agent(tmp_path / "fleet_key", "sesame")
    if not beside:
        (tmp_path / "fleet_key.pub").unlink()
    error, recorded = ask(ssh, Script(key=key), key_file="fleet_key")
    assert isinstance(error, ProbeFailed)
    assert [what for _, _, what in recorded.attempts] == [public_line(key)]


@pytest.mark.usefixtures("agent")
def test_without_a_statement_agent_then_usual_files(ssh: SshTransport, tmp_path: Path) -> None:
    first = key_file(tmp_path / "in-agent", "sesame")
    add_to_agent(tmp_path / "in-agent", "sesame")
    (tmp_path / "home/.ssh").mkdir()
    key_file(tmp_path / "home/.ssh/id_rsa", "locked away", kind="rsa")
    second = key_file(tmp_path / "home/.ssh/id_ed25519")
    error, recorded = ask(ssh, Script(key=second))
    assert isinstance(error, ProbeFailed)
    assert [what for _, _, what in recorded.attempts] == [public_line(first), public_line(second)]


def test_without_any_key_it_says_so(ssh: SshTransport) -> None:
    error, recorded = ask(ssh, Script(password="pass-word"))
    assert "There is no key to log in to lab-01 with" in str(error)
    assert recorded.attempts == []


def test_key_file_that_cannot_serve(ssh: SshTransport, tmp_path: Path) -> None:
    assert "cannot be read" in str(ask(ssh, Script(), key_file="nowhere")[0])
    (tmp_path / "junk").write_text("no key")
    (tmp_path / "junk").chmod(0o600)
    assert "is no private key" in str(ask(ssh, Script(), key_file="junk")[0])
    key_file(tmp_path / "open")
    (tmp_path / "open").chmod(0o644)
    error, recorded = ask(ssh, Script(), key_file="open")
    assert "can be read by others" in str(error)
    assert recorded.attempts == []


def test_password_is_proved_on_one_machine_and_refused_twice_at_most(ssh: SshTransport, secrets: FixedSecrets) -> None:
    """Thirty machines at once, one wrong secret: two log-ins fail, and the account is not locked."""
    with recording_server(Script(password="pass-word"), HOST_KEY) as (port, recorded):

        def outcome(number: int) -> str:
            host = a_host(port, public_line(HOST_KEY), name=f"lab-{number}", password="wrong")
            with pytest.raises(LoginRefused) as caught:
                ssh.ask(host, b"")
            return caught.value.message

        with ThreadPoolExecutor(30) as pool:
            messages = list(pool.map(outcome, range(30)))
    assert len(recorded.attempts) == 2
    assert sum("was refused by 2 machines and is not sent" in message for message in messages) == 28
    assert secrets.asked == ["wrong", "wrong"]
