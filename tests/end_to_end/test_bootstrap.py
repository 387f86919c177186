"""The script for a bare machine, run in real ones: twice, pasted, with what was missing, and taken back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.bench import Bench

pytestmark = [pytest.mark.practice, pytest.mark.timeout(600)]

BARE = "userdel --remove deskprov 2>/dev/null; rm /etc/sudoers.d/deskprov; systemctl -q disable --now ssh 2>/dev/null"
STATE = """\
set -e
getent passwd deskprov || echo no account
systemctl is-enabled ssh.service || :; systemctl is-active ssh.service || :
dpkg-query -W -f '${db:Status-Abbrev}${Package} ${Version}\\n'
find /etc/ssh /etc/sudoers.d /etc/passwd /etc/group /etc/shadow /stick /root /home /var/lib/deskprov* -type f \
    -exec sha256sum {} + 2>/dev/null | sort -k2 || :
"""
"""What the script could change. The back-up copies that useradd(8) makes (`/etc/passwd-`) are not looked at."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A site with a log-in key, and two practice machines: one bare, one as it comes."""
    bench = Bench(tmp_path_factory.mktemp("site"))
    bench.run("bootstrap", "login-key")
    bench.run("practice", "start", "linux", "--count", "2")
    try:
        bench.on("practice-1", "sh", "-c", BARE)
        yield bench
    finally:
        bench.run("practice", "stop")


def carried(bench: Bench, machine: str, *options: str) -> str:
    """The script on a stick in the machine; returns its text."""
    script = bench.root / "boot.sh"
    bench.run("bootstrap", "linux", "--force", "-o", str(script), *options)
    bench.on(machine, "sh", "-c", "mkdir -p /stick; cat >/stick/boot.sh", stdin=script.read_bytes())
    return script.read_text()


def enrolment(bench: Bench, machine: str) -> dict[str, object]:
    [name] = bench.on(machine, "sh", "-c", "ls /stick/*.json").decode().split()
    enrolled: dict[str, object] = json.loads(json.loads(bench.on(machine, "cat", name))["enrolment"])
    return enrolled


def test_a_bare_machine_twice_and_back(bench: Bench) -> None:
    carried(bench, "practice-1")
    before = bench.on("practice-1", "sh", "-c", STATE)
    first = bench.on("practice-1", "sh", "/stick/boot.sh").decode()
    assert "Made the account deskprov" in first
    told = enrolment(bench, "practice-1")
    [machine, _] = bench.data("practice", "list", "--json")["machines"]
    assert (told["addresses"], told["port"]) == ([machine["address"]], machine["port"])
    assert told["host_key"] == machine["host_key"]
    after = bench.on("practice-1", "sh", "-c", STATE)
    second = bench.on("practice-1", "sh", "/stick/boot.sh").decode()
    assert second.count("already") == 5
    assert [line for line in bench.on("practice-1", "sh", "-c", STATE).splitlines() if b".json" not in line] == [
        line for line in after.splitlines() if b".json" not in line
    ]
    assert (
        bench.on("practice-1", "sh", "-c", "sshd -T | grep ^passwordauthentication") == b"passwordauthentication no\n"
    )
    bench.on("practice-1", "sh", "/stick/boot.sh", "--undo")
    assert bench.on("practice-1", "sh", "-c", STATE).decode().splitlines() == before.decode().splitlines()
    assert "Nothing to take back" in bench.on("practice-1", "sh", "/stick/boot.sh", "--undo").decode()


def test_what_was_there_before_stays(bench: Bench) -> None:
    """Here the account, its keys, its sudo rule and the SSH server are there already: only a line is added."""
    carried(bench, "practice-2", "--from", "127.0.0.0/8", "--language", "es")
    before = bench.on("practice-2", "sh", "-c", STATE)
    keys = bench.on("practice-2", "cat", "/home/deskprov/.ssh/authorized_keys")
    said = bench.on("practice-2", "sh", "/stick/boot.sh").decode()
    assert "La cuenta deskprov ya existe." in said
    now = bench.on("practice-2", "cat", "/home/deskprov/.ssh/authorized_keys")
    assert now.startswith(keys)
    assert b'\nrestrict,pty,from="127.0.0.0/8" ssh-ed25519 ' in now
    for setting, account in (("no", "deskprov"), ("yes", "root")):
        asked = f"sshd -T -C user={account},host=localhost,addr=127.0.0.1 | grep ^passwordauthentication"
        assert bench.on("practice-2", "sh", "-c", asked).decode() == f"passwordauthentication {setting}\n"
    bench.on("practice-2", "sh", "/stick/boot.sh", "--undo")
    assert bench.on("practice-2", "sh", "-c", STATE).decode().splitlines() == before.decode().splitlines()


def test_pasted_into_a_shell_of_root(bench: Bench) -> None:
    text = carried(bench, "practice-2")
    before = bench.on("practice-2", "sh", "-c", STATE)
    said = bench.on(
        "practice-2", "bash", "-i", stdin=f"unset HISTFILE; cd /root\n{text}echo status $?\nexit\n".encode()
    ).decode()
    assert "-----BEGIN DESKPROV ENROLMENT-----" in said
    assert "status 0" in said
    bench.on("practice-2", "sh", "/stick/boot.sh", "--undo")
    assert bench.on("practice-2", "sh", "-c", STATE).decode().splitlines() == before.decode().splitlines()


@pytest.mark.soak
def test_the_server_is_installed_and_removed(bench: Bench) -> None:
    carried(bench, "practice-1")
    bench.on("practice-1", "sh", "-c", "DEBIAN_FRONTEND=noninteractive apt-get purge -q -y openssh-server 2>&1")
    before = bench.on("practice-1", "sh", "-c", STATE)
    assert "Installed: openssh-server" in bench.on("practice-1", "sh", "/stick/boot.sh").decode()
    assert bench.on("practice-1", "systemctl", "is-active", "ssh.service") == b"active\n"
    bench.on("practice-1", "sh", "/stick/boot.sh", "--undo")
    assert bench.on("practice-1", "sh", "-c", STATE).decode().splitlines() == before.decode().splitlines()


def test_what_is_wrong_stops_it_in_words(bench: Bench, tmp_path: Path) -> None:
    carried(bench, "practice-2")
    for spoil, mend, words in (
        ("echo Nonsense yes >/etc/ssh/sshd_config.d/20-bad.conf", "rm /etc/ssh/sshd_config.d/20-bad.conf", "Nonsense"),
        (
            "mkdir -p -m 700 /root/.ssh; cd /home/deskprov; mv .ssh kept; ln -s /root/.ssh .ssh",
            "cd /home/deskprov; rm .ssh; mv kept .ssh",
            "the key could not be written to /home/deskprov/.ssh",
        ),
        ("usermod -s /usr/sbin/nologin deskprov", "usermod -s /bin/bash deskprov", "its shell is /usr/sbin/nologin"),
        ("echo 'deskprov ALL=(ALL) !ALL' >/etc/sudoers.d/zz", "rm /etc/sudoers.d/zz", "sudo does not let deskprov in"),
    ):
        bench.on("practice-2", "sh", "-c", spoil)
        done = bench.machines.command("practice-2", ["sh", "/stick/boot.sh"])
        assert done.returncode == 1
        assert words in done.stderr.decode(), done
        assert "STOPPED" in done.stderr.decode()
        bench.on("practice-2", "sh", "-c", mend)
    as_user = bench.machines.command("practice-2", ["runuser", "-u", "deskprov", "--", "sh", "/stick/boot.sh"])
    assert as_user.returncode == 1
    assert "This needs root" in as_user.stderr.decode()
    bench.on("practice-2", "sh", "/stick/boot.sh", "--undo")
