"""A technician on a bad day: wrong keys, silent machines, busy machines, wrong names."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
import pytest

from tests.end_to_end.bench import Bench, statuses

pytestmark = pytest.mark.practice

PROFILE = "folders:\n  - path: /srv/one\n"
SLOW = """\
software:
  - hello
  - tree
  - cowsay
  - figlet
"""


@pytest.fixture(scope="module")
def office(bench: Bench) -> Bench:
    bench.profile("office", PROFILE)
    bench.profile("slow", SLOW)
    return bench


class _Recorder(paramiko.ServerInterface):
    """Refuses every log-in and writes down that there was one."""

    def __init__(self, log: list[str]) -> None:
        self._log = log

    def get_allowed_auths(self, username: str) -> str:
        self._log.append(f"asked for methods as {username}")
        return "password,publickey"

    def check_auth_none(self, username: str) -> int:
        self._log.append(f"none as {username}")
        return paramiko.AUTH_FAILED

    def check_auth_password(self, username: str, password: str) -> int:
        self._log.append(f"password of {username}")
        return paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self._log.append(f"key of {username}")
        return paramiko.AUTH_FAILED


@contextmanager
def impostor() -> Iterator[tuple[int, list[str]]]:
    """An SSH server with a host key of its own; yields its port and the list of what it was told."""
    log: list[str] = []
    key = paramiko.ECDSAKey.generate()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                transport = paramiko.Transport(connection)
                transport.add_server_key(key)
                try:
                    transport.start_server(server=_Recorder(log))
                    transport.join(10)
                except (paramiko.SSHException, EOFError, OSError):
                    pass  # the client hung up, as it should
                finally:
                    transport.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], log
        finally:
            ended.set()
            thread.join()


def test_an_unknown_machine_gets_no_credential(office: Bench) -> None:
    with impostor() as (port, log):
        office.run("host", "add", "new-1", "--address", "127.0.0.1", "--port", str(port), "--profile", "office")
        said = office.run("setup", "new-1", "--yes", status=6)
        office.run("host", "retire", "new-1", "--yes")
    assert "deskprov host trust new-1" in said
    assert log == []


def test_a_machine_whose_key_changed_gets_no_credential(office: Bench) -> None:
    [machine] = office.data("practice", "list", "--json")["machines"]
    with impostor() as (port, log):
        office.run("host", "add", "moved-1", "--address", "127.0.0.1", "--port", str(port), "--profile", "office")
        known = office.write("inventory_hosts/known_hosts.txt", f"moved-1 {machine['host_key']}\n")
        said = office.run("setup", "moved-1", "--yes", status=6)
        office.run("host", "retire", "moved-1", "--yes")
    assert "chang" in said
    assert log == []
    assert "moved-1" not in known.read_text("utf-8")


def test_a_silent_machine_is_unreachable(office: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    office.run("host", "add", "silent-1", "--address", "127.0.0.1", "--port", str(port), "--profile", "office")
    said = office.run("setup", "silent-1", "practice-1", "--profile", "office", "--yes", status=4)
    office.run("host", "retire", "silent-1", "--yes")
    assert "silent-1" in said
    assert "✓ practice-1" in said


def test_nobody_of_that_name(office: Bench) -> None:
    assert "practice-1" in office.run("setup", "practise-1", "--yes", status=5)


def test_no_target_is_never_all(office: Bench) -> None:
    office.run("setup", "--yes", status=64)


def test_a_wrong_profile_is_shown_with_file_and_line(office: Bench) -> None:
    office.write("profiles/wrong.yml", "profile: wrong\nplatform: linux\nfolders:\n  - path: /srv/one\n    mod: '1'\n")
    said = office.run("setup", "practice-1", "--profile", "wrong", "--yes", status=3)
    (office.root / "profiles" / "wrong.yml").unlink()
    assert "profiles/wrong.yml:5:5" in said
    assert "mode" in said


def test_of_two_setups_at_once_one_runs(office: Bench) -> None:
    both = [office.start("setup", "practice-1", "--profile", "slow", "--yes") for _ in range(2)]
    said = [process.communicate(timeout=240) for process in both]
    assert sorted(process.returncode for process in both) == [0, 75], said
    assert statuses(office.data("verify", "practice-1", "--profile", "slow", "--json"), "practice-1") == {
        f"software/{name}": "ok" for name in ("hello", "tree", "cowsay", "figlet")
    }


def test_ctrl_c_is_recorded_and_nothing_stays_behind(office: Bench) -> None:
    office.profile("slow", SLOW + "  - sl\n  - fortune-mod\n  - toilet\n")
    process = office.start("setup", "practice-1", "--profile", "slow", "--yes", "-v")
    assert process.stderr is not None
    for line in process.stderr:
        if b"software/" in line and (b"changed" in line or b"started" in line):
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    newest = office.data("run", "list", "--json")["runs"][0]
    assert newest["outcome"] == "interrupted"
    office.run("setup", "practice-1", "--profile", "slow", "--yes")
