"""`doctor HOST` on a real machine to which the things really happened that it tells.

Only the clock is not among them: a practice machine shares the one of the computer that it runs on. Everything is done
to one machine, which stands in the inventory under several names, and looked at twice: in trouble, and mended.
"""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from deskprov.practice.waiting import wait_until
from tests.adapters.ssh.practice_user import PASSWORD
from tests.end_to_end.bench import Bench
from tests.impostor import impostor

pytestmark = pytest.mark.practice

HOLD = """
import fcntl, os, time
lock = open("/var/lib/dpkg/lock-frontend", "wb")
fcntl.lockf(lock, fcntl.LOCK_EX)
open("/run/held", "w").close()
while not os.path.exists("/run/let-go"):
    time.sleep(0.1)
"""
ACCOUNTS = {
    "keyless": "keyless ALL=(ALL) NOPASSWD: ALL\n",
    "pupil": "",
    "aide": "aide ALL=(ALL) ALL\n",
}

Found = dict[str, dict[str, dict[str, Any]]]


def doctor(bench: Bench, *hosts: str, status: int) -> Found:
    """The checks by machine and name."""
    found = bench.data("doctor", *hosts, "--json", status=status)["hosts"]
    assert [each["host"] for each in found] == list(hosts)
    return {each["host"]: {check["check"]: check for check in each["checks"]} for each in found}


@contextmanager
def in_trouble(bench: Bench) -> Iterator[None]:
    """A full disk, an installation under way, a restart that is due."""
    bench.on("practice-1", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/tmp")
    bench.on("practice-1", "sh", "-c", "dd if=/dev/zero of=/tmp/filler bs=64k 2>/dev/null || true")
    bench.on("practice-1", "touch", "/run/reboot-required")
    bench.on("practice-1", "tee", "/run/reboot-required.pkgs", stdin=b"linux-image-amd64\n")
    holder = threading.Thread(target=bench.on, args=("practice-1", "python3", "-c", HOLD))
    holder.start()
    try:
        assert wait_until(lambda: bench.machines.command("practice-1", ["test", "-e", "/run/held"]).returncode == 0, 60)
        yield
    finally:
        bench.on("practice-1", "touch", "/run/let-go")
        holder.join()
        bench.on("practice-1", "rm", "/run/reboot-required", "/run/reboot-required.pkgs")
        bench.on("practice-1", "umount", "/tmp")


@contextmanager
def web_server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def _accounts(bench: Bench) -> None:
    for user, sudoers in ACCOUNTS.items():
        bench.on("practice-1", "useradd", "--create-home", user)
        bench.on("practice-1", "chpasswd", stdin=f"{user}:{PASSWORD}".encode())
        bench.on("practice-1", "cp", "-r", "/home/deskprov/.ssh", f"/home/{user}/.ssh")
        bench.on("practice-1", "chown", "-R", user, f"/home/{user}/.ssh")
        bench.on("practice-1", "tee", f"/etc/sudoers.d/{user}", stdin=sudoers.encode())
    bench.on("practice-1", "rm", "/home/keyless/.ssh/authorized_keys")


def _inventory(bench: Bench, ports: dict[str, int]) -> None:
    """The machine under a name for each account, and the places where it is not."""
    [machine] = bench.data("practice", "list", "--json")["machines"]
    way = {"ansible_host": machine["address"], "ansible_port": machine["port"]}
    key = {"ansible_ssh_private_key_file": machine["key_file"]}
    aide = {**way, **key, "ansible_user": "aide"}
    hosts: dict[str, dict[str, Any]] = {
        "nowhere": {"ansible_host": "no-such-machine.invalid"},
        **{name: {"ansible_host": "127.0.0.1", "ansible_port": port} for name, port in ports.items()},
        "keyless": {**way, **key, "ansible_user": "keyless"},
        "pupil": {**way, **key, "ansible_user": "pupil", "deskprov_become_password": "sudo-password"},
        "aide-wrong": {**aide, "deskprov_become_password": "tech-password"},
        "aide": {**aide, "deskprov_become_password": "sudo-password"},
    }
    bench.write("inventory_hosts/hosts.yml", json.dumps({"all": {"hosts": hosts}}))
    pinned = ("changed", "keyless", "pupil", "aide-wrong", "aide")
    lines = [f"{name} {machine['host_key']}\n" for name in pinned]
    bench.write("inventory_hosts/known_hosts.txt", "".join(lines))


@pytest.fixture(scope="module")
def looked(bench: Bench) -> Iterator[tuple[Found, Found, list[str]]]:
    """What doctor said in trouble and afterwards, and all that an impostor was sent."""
    bench.env |= {"BENCH_SUDO_PASSWORD": PASSWORD, "BENCH_TECH_PASSWORD": "wrong-word"}
    _accounts(bench)
    with ExitStack() as stack:
        closed = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        other = stack.enter_context(impostor())
        ports = {"web": stack.enter_context(web_server()), "unknown": other.port, "changed": other.port}
        ports["closed"] = closed.getsockname()[1]
        closed.close()
        _inventory(bench, ports)
        with in_trouble(bench):
            names = ("practice-1", "nowhere", *ports, "keyless", "pupil", "aide-wrong")
            bad = doctor(bench, *names, status=1)
    yield bad, doctor(bench, "practice-1", "aide", status=0), other.log


Looked = tuple[Found, Found, list[str]]


def failed(looked: Looked, host: str, step: str) -> dict[str, Any]:
    """The check that failed; nobody looked at what comes after it."""
    checks = looked[0][host]
    names = list(checks)
    after = names[names.index(step) + 1 :]
    assert checks[step]["verdict"] == "failed", checks
    assert checks[step]["fix"]
    assert {checks[name]["verdict"] for name in after} == {"not looked at"}
    return checks[step]


def test_a_mended_machine_is_well_and_the_last_line_says_how_to_go_on(bench: Bench, looked: Looked) -> None:
    assert {check["verdict"] for check in looked[1]["practice-1"].values()} == {"ok"}
    said = bench.run("doctor", "practice-1")
    assert "✓ Everything is in place. Next: deskprov setup practice-1 --profile PROFILE" in said


def test_a_name_that_does_not_resolve(looked: Looked) -> None:
    assert "not known here" in failed(looked, "nowhere", "name")["found"]


def test_a_port_that_is_closed(looked: Looked) -> None:
    assert "refuses connections" in failed(looked, "closed", "port")["found"]


def test_something_else_at_the_port(looked: Looked) -> None:
    assert "it says “HTTP/1.1 400 Bad Request”" in failed(looked, "web", "port")["found"]


def test_an_unknown_and_a_changed_key_get_nothing(looked: Looked) -> None:
    assert "deskprov host trust unknown" in failed(looked, "unknown", "host_key")["fix"]
    assert "has changed" in failed(looked, "changed", "host_key")["found"]
    assert looked[2] == []


def test_a_key_that_the_machine_does_not_take(looked: Looked) -> None:
    assert "refuses the user keyless with the key" in failed(looked, "keyless", "login")["found"]


def test_no_right_to_sudo(looked: Looked) -> None:
    found = failed(looked, "pupil", "sudo")
    assert "does not allow pupil" in found["found"]
    assert "usermod -aG sudo pupil" in found["fix"]


def test_sudo_with_a_wrong_and_with_the_right_password(looked: Looked) -> None:
    assert "refused the password tech-password" in failed(looked, "aide-wrong", "sudo")["found"]
    sudo = looked[1]["aide"]["sudo"]
    assert sudo["verdict"] == "ok"
    assert sudo["found"].startswith("aide may use sudo with the password sudo-password")


def test_a_full_disk(looked: Looked) -> None:
    disk = looked[0]["practice-1"]["disk"]
    assert disk["verdict"] == "failed"
    assert "/tmp is full: / has " in disk["found"]


def test_a_package_lock_that_is_held(looked: Looked) -> None:
    lock = looked[0]["practice-1"]["package_lock"]
    assert lock["verdict"] == "warning"
    assert lock["found"].startswith("python3 (process ")
    assert "/var/lib/dpkg/lock-frontend" in lock["found"]


def test_a_restart_that_is_due(looked: Looked) -> None:
    reboot = looked[0]["practice-1"]["reboot"]
    assert reboot["verdict"] == "warning"
    assert "linux-image-amd64" in reboot["found"]


def test_what_a_machine_waits_for_a_restart_for_stands_in_its_record_and_its_last_line_can_be_pasted(
    bench: Bench,
) -> None:
    bench.profile("empty", "")
    bench.on("practice-1", "touch", "/run/reboot-required")
    bench.on("practice-1", "tee", "/run/reboot-required.pkgs", stdin=b"linux-image-amd64\nlibc6\nlibc6\n")
    try:
        bench.run("verify", "practice-1", "--profile", "empty")
    finally:
        bench.on("practice-1", "rm", "/run/reboot-required", "/run/reboot-required.pkgs")
    facts = bench.data("asset", "show", "practice-1", "--json")["facts"]
    assert facts["reboot_wanted"] == ["libc6", "linux-image-amd64"]
    shown = bench.run("asset", "show", "practice-1")
    assert "is wanted for libc6, linux-image-amd64" in shown
    _, command = shown.rstrip().rsplit("Next: deskprov ", 1)
    assert command == "verify practice-1 --profile empty"
    bench.run(*command.split())
