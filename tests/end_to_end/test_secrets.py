"""A secret is in no file, argument, environment, log or record: after success and failure, however much is said."""

import secrets
from pathlib import Path

import pytest

from tests.end_to_end.bench import Bench
from tests.end_to_end.canary import in_files, watched_processes

pytestmark = [pytest.mark.practice, pytest.mark.timeout(600)]

SUDO = f"sudo canary {secrets.token_hex(8)}/é+ß"
TECH = f"tech canary {secrets.token_hex(8)}/ñ+&"
SPREAD = ["/etc", "/tmp", "/var", "/root", "/home", "/run", "/dev/shm", "/srv"]

GOOD = """\
users:
  - name: tech
    full_name: Technician
    password: tech-password
"""
BAD = """\
users:
  - name: tech
    full_name: Technician
    shell: /bin/bash
    password: tech-password
software:
  - nosuchpackage
"""


@pytest.fixture(scope="module")
def guarded(bench: Bench) -> Bench:
    """practice-1, whose sudo wants a password; deskprov gets it, and the module's secret, from a program."""
    vault = bench.root.parent / "vault"
    vault.mkdir(mode=0o700)
    for name, value in (("sudo", SUDO), ("tech", TECH)):
        (vault / name).write_text(value + "\n", "utf-8")
    bench.write(
        "deskprov.yml",
        "format: 1\nname: Example school district\nsecrets:\n"
        f"  sudo-password: {{command: [cat, {vault}/sudo]}}\n  tech-password: {{command: [cat, {vault}/tech]}}\n",
    )
    bench.on("practice-1", "chpasswd", stdin=f"deskprov:{SUDO}\n".encode())
    bench.on(
        "practice-1", "sh", "-c", "rm -f /etc/sudoers.d/*; echo 'deskprov ALL=(ALL) ALL' > /etc/sudoers.d/deskprov"
    )
    [machine] = bench.data("practice", "list", "--json")["machines"]
    bench.run(
        *("host", "add", "pc-1", "--address", machine["address"], "--port", str(machine["port"])),
        *("--user", machine["user"], "--key", machine["key_file"], "--become-secret", "sudo-password"),
    )
    bench.write("inventory_hosts/known_hosts.txt", f"pc-1 {machine['host_key']}\n")
    bench.profile("good", GOOD)
    bench.profile("bad", BAD)
    return bench


@pytest.mark.parametrize("verbosity", range(5))
@pytest.mark.parametrize(("profile", "status"), [("good", 0), ("bad", 1)])
def test_nothing_of_it_anywhere(guarded: Bench, profile: str, status: int, verbosity: int) -> None:
    guarded.machines.command("practice-1", ["userdel", "--remove", "tech"])
    loud = ["-" + "v" * verbosity] if verbosity else []
    with watched_processes(SUDO) as sudo_seen, watched_processes(TECH) as tech_seen:
        said = guarded.run("setup", "pc-1", "--profile", profile, "--yes", *loud, status=status)
    assert not sudo_seen | tech_seen
    for secret in (SUDO, TECH):
        assert secret not in said
        for folder in (guarded.root, Path("/dev/shm"), Path("/tmp")):
            hits = [hit for hit in in_files(folder, secret) if "/vault/" not in hit]
            assert not hits
        for folder in SPREAD:
            guarded.on("practice-1", "python3", "-c", _SEARCH, folder, stdin=secret.encode())
    assert guarded.on("practice-1", "getent", "passwd", "tech")


_SEARCH = """
import os, sys
secret = sys.stdin.buffer.read()
needles = [secret, secret.decode().encode('utf-16-le')]
hits = []
for base, folders, files in os.walk(sys.argv[1]):
    for name in files:
        path = os.path.join(base, name)
        if os.path.islink(path) or not os.path.isfile(path):
            continue
        try:
            data = open(path, 'rb').read()
        except OSError:
            continue
        hits += [path for needle in needles if needle in data]
sys.exit('\\n'.join(hits) or 0)
"""
