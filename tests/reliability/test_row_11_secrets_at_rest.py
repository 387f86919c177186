"""Row 11: secrets at rest are stolen. What is copied opens nothing, keys that others can reach are refused, and a
password that was replaced is refused by the machine, whatever was killed while it was replaced."""

import base64
import json
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from tests.canary import Canaries
from tests.end_to_end.bench import Bench

pytestmark = pytest.mark.practice

PROFILE = """\
users:
  - name: tech
    role: administrator
    password: per-device
  - name: shared
    role: administrator
    password: shared-password
"""
HOST = "practice-1"
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A site with keys and a set-up practice machine, whose account tech has a password of the machine's own."""
    bench = Bench(tmp_path_factory.mktemp("row-11"))
    bench.env["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config-11"))
    made = subprocess.run(bench.command("secret", "init"), env=bench.environment(), capture_output=True, check=True)
    settings = "format: 1\nname: Example school district\nsecrets:\n  shared-password: {escrow: true}\n"
    bench.write("deskprov.yml", settings + made.stdout.decode())
    bench.profile("office", PROFILE)
    bench.run("practice", "start", "linux", "--profile", "office")
    try:
        given(bench, "secret", "set", "shared-password", "--stdin", value="canary-of-the-site")
        said = bench.run("setup", HOST, "--yes")
        assert "a new password will be made for this device" in said
        bench.on(HOST, "sh", "-c", "echo '%sudo ALL=(ALL) ALL' > /etc/sudoers.d/office")
        yield bench
    finally:
        bench.run("practice", "stop")


def given(bench: Bench, *arguments: str, value: str) -> None:
    """Runs a command that reads a value from a pipe."""
    done = subprocess.run(
        bench.command(*arguments), env=bench.environment(), input=value.encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def in_files(folder: Path, secret: str) -> list[str]:
    """Every file below a folder that holds the secret in any form."""
    return Canaries({"it": secret}, since=0).in_files([folder])


def values(bench: Bench, name: str = f"{HOST}/tech") -> list[str]:
    """What `secret reveal` gives, newest first."""
    shown = bench.data("secret", "reveal", name, "--yes", "--reason", "a test", "--json", "--pipe")
    return [each["value"] for each in shown["values"]]


def takes(bench: Bench, password: str, user: str = "tech") -> bool:
    """Whether the machine takes this password of the account: sudo asks PAM, which compares with /etc/shadow."""
    command = ["runuser", "-u", user, "--", "sudo", "-S", "-k", "-p", "", "true"]
    return bench.machines.command(HOST, command, input=f"{password}\n".encode()).returncode == 0


def hash_on_machine(bench: Bench) -> bytes:
    return bench.on(HOST, "getent", "shadow", "tech")


def states(bench: Bench) -> list[str]:
    """States of what is kept of the machine's account, newest first, as the file has it."""
    with closing(sqlite3.connect(f"file:{bench.root}/.deskprov/deskprov.db?mode=ro", uri=True)) as connection:
        query = "SELECT state FROM escrow WHERE purpose = 'users/tech' AND state != 'replaced' ORDER BY id DESC"
        return [row[0] for row in connection.execute(query)]


def test_a_password_of_the_machines_own_opens_it_and_only_it(office: Bench) -> None:
    [password] = values(office)
    assert takes(office, password)
    assert not takes(office, password + "x")
    assert takes(office, "canary-of-the-site", "shared")
    assert states(office) == ["current"]
    assert "✓ practice-1/tech" in office.run("secret", "test", "--for", HOST)


def test_a_copy_of_everything_that_is_kept_opens_nothing(office: Bench, tmp_path: Path) -> None:
    secrets = [*values(office), "canary-of-the-site"]
    backup = tmp_path / "backup.db"
    database = f"{office.root}/.deskprov/deskprov.db"
    with closing(sqlite3.connect(database)) as record, closing(sqlite3.connect(backup)) as copy:
        record.backup(copy)
    office.run("db", "backup", str(tmp_path / "made-by-deskprov.db"))
    office.run("db", "backup")  # in the site's folder, and so in its copy
    said = [
        office.run("asset", "export", "csv", "-o", str(tmp_path / "assets.csv")),
        office.run("asset", "show", HOST, "--json"),
        office.run("secret", "list", "--json"),
        office.run("host", "history", HOST),
    ]
    copied = tmp_path / "site"
    shutil.copytree(office.root, copied, ignore=shutil.ignore_patterns("practice"))
    found = office.root / ".deskprov" / "planted"
    found.write_bytes(base64.b64encode(secrets[0].encode()))
    try:
        for secret in secrets:
            assert not in_files(tmp_path, secret)
            assert secret not in "".join(said)
        assert in_files(office.root, secrets[0]) == [f"{found}: it (base64+0)"]  # the search does find one
    finally:
        found.unlink()
    identity = next(Path(office.env["XDG_CONFIG_HOME"]).rglob("*.key")).read_text().split()[-1]
    assert not in_files(tmp_path, identity)


def test_a_key_that_others_can_read_opens_nothing(office: Bench) -> None:
    [key] = Path(office.env["XDG_CONFIG_HOME"]).rglob("*.key")
    reveal = ("secret", "reveal", f"{HOST}/tech", "--yes", "--reason", "a test", "--pipe")
    [password] = values(office)
    key.chmod(0o644)
    try:
        said = office.run(*reveal, status=6)
        assert "Others can read the private key" in said
        assert f"chmod 600 {key}" in said
        assert password not in said
    finally:
        key.chmod(0o600)
    settings = (office.root / "deskprov.yml").read_text()
    beside = Path(shutil.copy2(key, office.root / "site.key"))
    try:
        head, _, _ = settings.partition("escrow_identity")
        office.write("deskprov.yml", f"{head}escrow_identity: {{file: {json.dumps(str(beside))}}}\n")
        said = office.run(*reveal, status=6)
        assert "lies in the site, beside what it opens" in " ".join(said.split())
        assert password not in said
    finally:
        office.write("deskprov.yml", settings)
        beside.unlink()
    away = key.rename(key.with_suffix(".away"))
    try:
        assert "is not on this computer" in office.run(*reveal, status=6)
        assert "new password will be made" not in office.run("setup", HOST, "--yes")  # and nothing needs it
    finally:
        away.rename(key)


@pytest.mark.soak
def test_who_looked_when_and_why_is_in_the_record(office: Bench) -> None:
    office.run("secret", "reveal", f"{HOST}/tech", "--yes", "--reason", "Kim is locked out", "--pipe")
    shown = office.data("asset", "show", HOST, "--json")
    [event] = [event for event in shown["events"] if event["text"] == "Kim is locked out"]
    assert (event["kind"], event["detail"]) == ("secret", {"act": "revealed", "key": "users/tech"})
    assert event["by"]
    assert "nobody to ask" in office.run("secret", "reveal", f"{HOST}/tech", "--pipe", "--yes", status=64)
    refused = office.run("secret", "reveal", f"{HOST}/tech", "--yes", "--reason", "x", status=64)
    assert "on a terminal only" in refused


def test_what_was_rotated_is_refused(office: Bench) -> None:
    [old] = values(office)
    with Canaries({"old": old}, since=0).watched() as old_seen:
        said = office.run("secret", "rotate", "--for", HOST, "--yes")
    [new] = values(office)
    assert "New password proved, old one burned: practice-1/tech" in said
    assert new != old
    assert takes(office, new)
    assert not takes(office, old)
    assert not old_seen
    assert states(office) == ["current"]
    assert not in_files(office.root / ".deskprov", new)


@pytest.mark.soak
def test_a_secret_of_the_site_is_rotated_on_every_machine_that_uses_it(office: Bench) -> None:
    before = values(office, "shared-password")
    assert before == ["canary-of-the-site"]
    office.run("secret", "rotate", "shared-password", "--yes")
    [now] = values(office, "shared-password")
    assert now != before[0]
    assert takes(office, now, "shared")
    assert not takes(office, before[0], "shared")


def killed_when(office: Bench, ready: Callable[[], bool]) -> None:
    """Rotates, and kills deskprov the moment something is so."""
    process = office.start("secret", "rotate", "--for", HOST, "--yes")
    start = monotonic()
    while not ready():
        assert process.poll() is None, process.communicate()
        assert monotonic() - start < PATIENCE_SECONDS
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def settled(office: Bench) -> str:
    """What `secret test` says once the orphan, which still holds the machine, is gone."""
    start = monotonic()
    while "busy" in (said := office.run("secret", "test", "--for", HOST, status=[0, 6, 75])):
        assert monotonic() - start < PATIENCE_SECONDS
    return said


@pytest.mark.soak
def test_killed_before_the_machine_has_the_new_password(office: Bench) -> None:
    [old] = values(office)
    before = hash_on_machine(office)
    killed_when(office, lambda: states(office) == ["pending", "current"])
    both = values(office)
    assert both[1] == old
    assert any(takes(office, password) for password in both)
    settled(office)
    [left] = values(office)
    assert takes(office, left)
    assert (hash_on_machine(office) == before) == (left == old)
    assert states(office) == ["current"]


def test_killed_before_the_old_password_is_burned(office: Bench) -> None:
    [old] = values(office)
    before = hash_on_machine(office)
    killed_when(office, lambda: hash_on_machine(office) != before)
    new, *kept = values(office)
    assert kept == [old], "it was killed too late"
    assert takes(office, new)
    assert "✓ practice-1/tech" in settled(office)
    assert values(office) == [new]
    assert not takes(office, old)
    office.run("secret", "rotate", "--for", HOST, "--yes")
    assert takes(office, values(office)[0])


@pytest.mark.soak
def test_two_keys_open_and_one_that_was_taken_out_no_longer(office: Bench) -> None:
    settings = (office.root / "deskprov.yml").read_text()
    made = subprocess.run(office.command("secret", "init"), env=office.environment(), capture_output=True, check=True)
    line = made.stdout.decode()
    [second] = [key for key in Path(office.env["XDG_CONFIG_HOME"]).rglob("*.key") if line.split()[1] in key.read_text()]
    office.write("deskprov.yml", settings.replace("escrow_identity", f"{line}escrow_identity"))
    assert "sealed to 2 keys" in office.run("secret", "reseal")
    first = values(office)
    place = json.dumps(str(second))
    head, _, _ = (office.root / "deskprov.yml").read_text().partition("escrow_identity")
    office.write("deskprov.yml", f"{head}escrow_identity: {{file: {place}}}\n")
    assert values(office) == first
    office.write("deskprov.yml", settings)
    assert "sealed to 1 key" in office.run("secret", "reseal")
    old_head, _, _ = settings.partition("escrow_identity")
    office.write("deskprov.yml", f"{old_head}escrow_identity: {{file: {place}}}\n")
    reveal = ("secret", "reveal", f"{HOST}/tech", "--yes", "--reason", "a test", "--pipe")
    assert "it is sealed to other keys" in office.run(*reveal, status=6)
    office.write("deskprov.yml", settings)
    assert values(office) == first


@pytest.mark.soak
def test_deskprov_gets_in_with_a_password_that_it_keeps(office: Bench) -> None:
    [machine] = office.data("practice", "list", "--json")["machines"]
    office.on(HOST, "chpasswd", stdin=f"{machine['user']}:of-this-machine\n".encode())
    sudoers = f"rm -f /etc/sudoers.d/*; echo '{machine['user']} ALL=(ALL) ALL' > /etc/sudoers.d/own"
    office.on(HOST, "sh", "-c", sudoers)
    office.run(
        *("host", "add", "pc-1", "--address", machine["address"], "--port", str(machine["port"])),
        *("--user", machine["user"], "--key", machine["key_file"], "--become-secret", "per-device"),
        *("--profile", "office"),
    )
    office.write("inventory_hosts/known_hosts.txt", f"pc-1 {machine['host_key']}\n")
    assert f"secret set users/{machine['user']} --for pc-1" in office.run("plan", "pc-1", status=6)
    given(office, "secret", "set", machine["user"], "--for", "pc-1", "--stdin", value="not-of-this-machine")
    assert "refuse" in office.run("plan", "pc-1", status=6)
    given(office, "secret", "set", machine["user"], "--for", "pc-1", "--stdin", value="of-this-machine")
    office.run("apply", "pc-1", "--yes")
    own = f"users/{machine['user']}"
    office.profile("own", f"users:\n  - {{name: {machine['user']}, password: per-device}}\n")
    said = office.run("apply", "pc-1", "--profile", "own", "--reset", own, "--yes", status=6)
    assert "could lock itself out" in said
