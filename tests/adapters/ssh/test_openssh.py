"""Against a real OpenSSH server, logging in as root without sudo."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.adapters.known_hosts import KnownHosts
from deskprov.adapters.ssh import SshTransport
from deskprov.errors import IdentityNotTrusted, LoginRefused, ProbeFailed, Unreachable
from tests.adapters.ssh.conftest import LIMITS, Limited
from tests.adapters.ssh.servers import new_key, public_line
from tests.adapters.ssh.sshd import OpenSshServer, openssh_server

pytestmark = pytest.mark.sshd


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSshServer]:
    with openssh_server(tmp_path_factory.mktemp("sshd")) as server:
        yield server


def test_program_runs_as_root_and_its_output_comes_back_whole(ssh: SshTransport, sshd: OpenSshServer) -> None:
    program = b"import os, sys; sys.stdout.buffer.write(bytes(range(256)) * 4096 + b'%d' % os.getuid())"
    assert ssh.ask(sshd.host(), program) == bytes(range(256)) * 4096 + b"0"


def test_program_is_isolated_python_and_stands_in_no_argument(ssh: SshTransport, sshd: OpenSshServer) -> None:
    program = b"""
import os, sys
flags = sys.flags
arguments = open("/proc/self/cmdline").read() + open(f"/proc/{os.getppid()}/cmdline").read()
print(flags.isolated, flags.no_site, flags.utf8_mode, "mark-in-the-program" in arguments)
print(sys.stdin.read() == "", os.environ["LC_ALL"], "\\N{SNOWMAN}")
"""
    assert ssh.ask(sshd.host(), program).decode().split() == ["1", "1", "0", "False", "True", "C.UTF-8", "\N{SNOWMAN}"]


def test_large_program(ssh: SshTransport, sshd: OpenSshServer) -> None:
    program = b"text = '''" + b"x" * 3_000_000 + b"'''\nprint(len(text))"
    assert ssh.ask(sshd.host(), program) == b"3000000\n"


def test_program_that_fails_says_why(ssh: SshTransport, sshd: OpenSshServer) -> None:
    with pytest.raises(ProbeFailed) as caught:
        ssh.ask(sshd.host(), b"print('half')\nraise ValueError('\\x1b[2J no such thing')")
    assert "exit status 1" in caught.value.message
    assert "ValueError: [2J no such thing" in caught.value.message
    assert caught.value.message.isprintable()


def test_output_over_the_cap(ssh: SshTransport, sshd: OpenSshServer) -> None:
    with pytest.raises(ProbeFailed, match="more than 8192 KiB"):
        ssh.ask(sshd.host(), b"import sys\nfor _ in range(50): sys.stdout.write('x' * 1_000_000)")


def test_program_over_the_time(limited: Limited, sshd: OpenSshServer) -> None:
    with pytest.raises(ProbeFailed, match="not done in time"):
        limited(answer=1).ask(sshd.host(), b"import time; time.sleep(4)")


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_each_kind_of_pinned_key(ssh: SshTransport, sshd: OpenSshServer, kind: str) -> None:
    assert ssh.ask(sshd.host(kind=kind), b"print(1)") == b"1\n"


def test_wrong_pin_reaches_no_log_in(ssh: SshTransport, sshd: OpenSshServer) -> None:
    before = len(sshd.log)
    with pytest.raises(IdentityNotTrusted):
        ssh.ask(replace(sshd.host(), known_host=public_line(new_key())), b"")
    with pytest.raises(IdentityNotTrusted):
        ssh.ask(replace(sshd.host(), known_host=""), b"")
    told = sshd.log[before:]
    assert "Connection from" in told
    assert "publickey" not in told
    assert "for root" not in told


def test_trust_then_ask(ssh: SshTransport, sshd: OpenSshServer, tmp_path: Path) -> None:
    keys = KnownHosts(tmp_path, limits=LIMITS)
    host = sshd.host()
    offered = keys.offered(host)
    keys.pin(host, offered)
    told = subprocess.run(
        ["ssh-keygen", "-lf", sshd.folder / "host_ed25519.pub"], capture_output=True, text=True, check=True
    )
    assert offered.fingerprint == told.stdout.split()[1]
    pinned = (tmp_path / "inventory_hosts/known_hosts.txt").read_text()
    assert pinned == f"lab-01 {offered.line}\n"
    accepted = subprocess.run(
        [
            *("ssh", "-F", "none", "-o", f"UserKnownHostsFile={tmp_path}/inventory_hosts/known_hosts.txt"),
            *("-o", "HostKeyAlias=lab-01", "-o", "StrictHostKeyChecking=yes", "-i", sshd.folder / "client"),
            *("-p", str(sshd.port), "root@127.0.0.1", "true"),
        ],
        check=False,
    )
    assert accepted.returncode == 0
    keys.forget("lab-01")
    assert (tmp_path / "inventory_hosts/known_hosts.txt").read_text() == ""


def test_key_that_is_not_authorised(ssh: SshTransport, sshd: OpenSshServer, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "stranger"], check=True)
    with pytest.raises(LoginRefused, match="refuses the user root with the key"):
        ssh.ask(sshd.host(key_file="stranger"), b"")


def test_password_where_none_is_taken(ssh: SshTransport, sshd: OpenSshServer) -> None:
    with pytest.raises(LoginRefused, match="takes no password from root, only: publickey"):
        ssh.ask(sshd.host(key_file="", password="login"), b"")


def test_too_many_keys_break_off_with_a_hint(tmp_path: Path, ssh: SshTransport) -> None:
    (tmp_path / "home/.ssh").mkdir(exist_ok=True)
    for kind in ("ed25519", "ecdsa", "rsa"):
        path = tmp_path / f"home/.ssh/id_{kind}"
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", path], check=True)
    with openssh_server(tmp_path, "MaxAuthTries 2") as server, pytest.raises(LoginRefused, match="broke off") as caught:
        ssh.ask(server.host(key_file=""), b"")
    assert "name the right key in the inventory" in caught.value.hint


def test_connection_that_dies_in_the_middle(ssh: SshTransport, sshd: OpenSshServer) -> None:
    program = b"import os, time; print('half', flush=True); os.kill(os.getppid(), 9); time.sleep(1)"
    with pytest.raises(Unreachable, match="broke off"):
        ssh.ask(sshd.host(), program)


def test_twenty_at_once_each_gets_its_own_answer(ssh: SshTransport, sshd: OpenSshServer) -> None:
    hosts = [sshd.host(name=f"lab-{number}") for number in range(20)]
    together = threading.Barrier(20)

    def ask(number: int) -> bytes:
        together.wait()
        return ssh.ask(hosts[number], f"import time; time.sleep(0.1); print('answer {number}' * 1000)".encode())

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))
    assert answers == [f"answer {number}".encode() * 1000 + b"\n" for number in range(20)]


def test_nothing_is_left_open(ssh: SshTransport, sshd: OpenSshServer) -> None:
    def open_now() -> tuple[int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    ssh.ask(sshd.host(), b"")
    before = open_now()
    for _ in range(5):
        ssh.ask(sshd.host(), b"print(1)")
        with pytest.raises(ProbeFailed):
            ssh.ask(sshd.host(), b"raise SystemExit(3)")
    deadline = time.monotonic() + 10
    while open_now() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert open_now() <= before


def test_nothing_of_paramiko_is_printed(sshd: OpenSshServer, tmp_path: Path) -> None:
    """A log of the library on the technician's screen would be noise, and hold what must not be passed on."""
    script = """
import sys
from pathlib import Path
from deskprov.adapters.ssh import SshTransport
from deskprov.errors import HostError
from deskprov.testing import FixedSecrets
from tests.adapters.ssh.servers import a_host
try:
    SshTransport(FixedSecrets({}), Path("/")).ask(a_host(int(sys.argv[1]), sys.argv[2]), b"")
except HostError as error:
    print(type(error).__name__)
"""
    pin = public_line(new_key())
    done = subprocess.run(
        [sys.executable, "-c", script, str(sshd.port), pin], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("IdentityNotTrusted\n", "")
