"""The broker gives a run what it declared, while it lives, to this user only."""

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from deskprov.adapters.ansible import broker_client
from deskprov.adapters.ansible.broker import ADDRESS, Broker, Handout
from deskprov.model.secret import SecretForm, SecretRef

VALUES = {SecretRef("wifi"): "hunter2-wifi", SecretRef("tech", SecretForm.SHA512_CRYPT): "$6$hash"}
PROMPT = "tech@192.0.2.7's password: "


@pytest.fixture
def address(runs: Path) -> Path:
    return runs / "s"


@pytest.fixture
def broker(address: Path, tmp_path: Path) -> Iterator[Broker]:
    program = tmp_path / "real-playbook"
    program.write_text('#!/bin/sh\necho "$*"; ls -l /proc/self/fd\n')
    program.chmod(0o755)
    held = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    with Broker(address, Handout(program, (held,), VALUES, password="hunter2-login")) as serving:
        yield serving
    os.close(held)


def ask(address: Path, request: object) -> Mapping[str, Any]:
    return answer(address, json.dumps(request).encode() + b"\n")


def answer(address: Path, raw: bytes) -> Mapping[str, Any]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(address))
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        reply = json.loads(connection.recv(65536))
    assert isinstance(reply, dict)
    return reply


def client(address: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-I", "-S", broker_client.__file__, *arguments],
        env={ADDRESS: str(address), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_declared_secrets_in_their_declared_form(broker: Broker, address: Path) -> None:
    assert ask(address, {"want": "secret", "name": "wifi", "form": "plain"}) == {"value": "hunter2-wifi"}
    assert ask(address, {"want": "secret", "name": "tech", "form": "sha512_crypt"}) == {"value": "$6$hash"}


@pytest.mark.parametrize(
    "request_", [
        {"want": "secret", "name": "tech", "form": "plain"},
        {"want": "secret", "name": "wifi", "form": "sha512_crypt"},
        {"want": "secret", "name": "login", "form": "plain"},
        {"want": "secret", "name": "wifi"},
        {"want": "secret", "name": 1, "form": "plain"},
        {"want": "everything"},
        {}, [], None, "secret", 7,
    ],
)  # fmt: skip
def test_nothing_else(broker: Broker, address: Path, request_: object) -> None:
    reply = ask(address, request_)
    assert set(reply) == {"refused"}
    assert "hunter2" not in str(reply)


@pytest.mark.parametrize("raw", [b"", b"\n", b"{", b"\xff\xfe\n", b"[" * 20_000, b'"' + b"x" * 100_000 + b'"\n'])
def test_nonsense_does_no_harm(broker: Broker, address: Path, raw: bytes) -> None:
    with suppress(OSError, ValueError):  # it may hang up on us
        answer(address, raw)
    assert "value" in ask(address, {"want": "secret", "name": "wifi", "form": "plain"})


def test_a_child_that_is_killed_while_asking_does_no_harm(broker: Broker, address: Path) -> None:
    for _ in range(3):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(address))
    assert "value" in ask(address, {"want": "secret", "name": "wifi", "form": "plain"})


def test_only_this_user_can_open_it(broker: Broker, address: Path) -> None:
    assert stat.S_IMODE(address.stat().st_mode) == 0o600


def test_another_user_gets_nothing_even_through_an_open_door(broker: Broker, address: Path) -> None:
    address.chmod(0o666)
    address.parent.chmod(0o755)
    code = (
        "import socket, sys\n"
        "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
        's.sendall(b\'{"want": "secret", "name": "wifi", "form": "plain"}\\n\')\n'
        "print(s.recv(65536))"
    )
    done = subprocess.run(
        ["/usr/bin/python3", "-c", code, str(address)], user=65534, group=65534, extra_groups=[], capture_output=True
    )
    assert b"hunter2" not in done.stdout + done.stderr
    assert b"ConnectionResetError" in done.stderr or done.stdout == b"b''\n" or b"BrokenPipe" in done.stderr


def test_after_the_run_there_is_nobody_to_ask(address: Path, tmp_path: Path) -> None:
    with Broker(address, Handout(tmp_path, (), VALUES, password=None)):
        pass
    with pytest.raises(ConnectionRefusedError):
        ask(address, {"want": "secret", "name": "wifi", "form": "plain"})


@pytest.mark.parametrize(
    "prompt", [PROMPT, "Password: ", "(tech@192.0.2.7) Password: ", "(tech@192.0.2.7) Password for tech@pc-1: "]
)
def test_ssh_gets_the_password_when_it_asks_for_it(broker: Broker, address: Path, prompt: str) -> None:
    done = client(address, "askpass", prompt)
    assert (done.returncode, done.stdout) == (0, "hunter2-login\n")


@pytest.mark.parametrize(
    "prompt",
    [
        "Enter passphrase for key '/home/tech/.ssh/id_ed25519': ",
        "tech@192.0.2.7's old password: ",
        "Enter tech@192.0.2.7's new password: ",
        "(tech@192.0.2.7) New password: ",
        "(tech@192.0.2.7) Current password: ",
        "(tech@192.0.2.7) Verification code: ",
        "Are you sure you want to continue connecting (yes/no/[fingerprint])? ",
        "",
    ],
)
def test_ssh_gets_it_for_no_other_question(broker: Broker, address: Path, prompt: str) -> None:
    done = client(address, "askpass", prompt)
    assert (done.returncode, done.stdout) == (1, "")


def test_one_ssh_process_gets_the_password_once(broker: Broker, address: Path) -> None:
    assert "value" in ask(address, {"want": "password", "prompt": PROMPT, "asker": 4711})
    assert "refused" in ask(address, {"want": "password", "prompt": PROMPT, "asker": 4711})
    assert "value" in ask(address, {"want": "password", "prompt": PROMPT, "asker": 4712})


def test_no_password_when_the_log_in_is_by_key(address: Path, tmp_path: Path) -> None:
    with Broker(address, Handout(tmp_path, (), VALUES, password=None)):
        assert "refused" in ask(address, {"want": "password", "prompt": PROMPT, "asker": 1})


def test_the_launcher_becomes_the_playbook_and_has_the_lock(broker: Broker, address: Path, tmp_path: Path) -> None:
    done = client(address, "playbook", "-i", "in ventory", "x.yml", PATH="/usr/bin:/bin")
    assert done.stdout.startswith("-i in ventory x.yml\n")
    assert str(tmp_path / "lock") in done.stdout


def test_a_run_is_started_once(broker: Broker, address: Path) -> None:
    assert client(address, "playbook", PATH="/usr/bin:/bin").returncode == 0
    again = client(address, "playbook", PATH="/usr/bin:/bin")
    assert again.returncode == 126
    assert "The playbook was not started" in again.stdout


def test_without_a_broker_nothing_starts(runs: Path) -> None:
    done = client(runs / "nowhere", "playbook")
    assert done.returncode == 126
    assert "The playbook was not started" in done.stdout


def test_no_value_in_a_representation(tmp_path: Path) -> None:
    assert "hunter2" not in repr(Handout(tmp_path, (), VALUES, password="hunter2"))
