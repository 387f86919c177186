"""host add, list, show, trust and retire as a technician types them, on a real folder."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from deskprov.adapters.locks import KernelLocks
from deskprov.cli.main import run
from deskprov.formats.known_hosts import fingerprint
from tests.adapters.ssh.servers import Script, new_key, public_line, recording_server
from tests.practice.windows.desk import Desk as Pc

SETTINGS = "format: 1\nname: Example school district\nsecrets:\n  fleet: {env: FLEET_PASSWORD}\n"
PINS = "inventory_hosts/known_hosts.txt"


class Desk:
    """A site in a folder, and the command line."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        (root / "deskprov.yml").write_text(SETTINGS)
        (root / "profiles/base").mkdir(parents=True)
        (root / "profiles/base/lab.yml").write_text("profile: base/lab\nplatform: linux\n")

    def run(self, *arguments: str, status: int = 0) -> str:
        """All that a command says, on both streams; it must end with this status."""
        assert run(["-C", str(self.root), "host", *arguments]) == status, self._capsys.readouterr()
        said = self._capsys.readouterr()
        return said.out + said.err

    def data(self, *arguments: str) -> dict[str, object]:
        assert run(["-C", str(self.root), "host", *arguments, "--json"]) == 0
        found: dict[str, object] = json.loads(self._capsys.readouterr().out)
        return found

    def pins(self) -> str:
        path = self.root / PINS
        return path.read_text() if path.exists() else ""


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_add_list_show_retire(desk: Desk) -> None:
    assert "No machine yet" in desk.run("list")
    said = desk.run(
        *("add", "lab-01", "--address", "192.0.2.11", "--port", "2222", "--user", "tech", "--key", "~/.ssh/fleet"),
        *("--password-secret", "fleet", "--profile", "base/lab", "--group", "lab", "--place", "room-12"),
        *("--asset-tag", "T-100"),
    )
    assert "Next: deskprov host trust lab-01" in said
    expected = {
        "host": "lab-01",
        "address": "192.0.2.11",
        "port": 2222,
        "transport": "ssh",
        "platform": "linux",
        "user": "tech",
        "key_file": "~/.ssh/fleet",
        "password": "fleet",
        "become_password": None,
        "profile": "base/lab",
        "place": "room-12",
        "ring": None,
        "groups": ["lab"],
        "vars": {},
        "identity": None,
        "practice": False,
        "source": {"file": "inventory_hosts/hosts.yml", "line": 5},
    }
    assert desk.data("list") == {"hosts": [expected]}
    assert desk.data("show", "T-100") == expected
    assert "192.0.2.11:2222" in desk.run("list", "@lab")
    assert "secret fleet" in desk.run("show", "lab-01")
    assert "lab-01 has left the inventory" in desk.run("retire", "lab-01", "--yes")
    assert desk.data("list") == {"hosts": []}


def test_add_refuses_before_it_writes(desk: Desk) -> None:
    here = ("--address", "192.0.2.11")
    assert "Did you mean base/lab?" in desk.run("add", "lab-01", *here, "--profile", "base/lap", status=64)
    assert "no secret called flet" in desk.run("add", "lab-01", *here, "--password-secret", "flet", status=6)
    assert "reserved" in desk.run("add", "all", *here, status=64)
    assert "cannot be a machine's name" in desk.run("add", "../../x", *here, status=64)
    desk.run("add", "lab-01", status=64)
    assert not (desk.root / "inventory_hosts/hosts.yml").exists()
    desk.run("add", "lab-01", *here)
    assert "is in the inventory already" in desk.run("add", "lab-01", *here, status=64)


def test_tag_of_another_machine(desk: Desk) -> None:
    desk.run("add", "lab-01", "--address", "192.0.2.11", "--asset-tag", "T-1")
    assert "T-1 is lab-01 already" in desk.run(
        "add", "lab-02", "--address", "192.0.2.12", "--asset-tag", "T-1", status=64
    )
    assert "has the tag T-1" in desk.run("add", "lab-01", "--address", "192.0.2.12", "--asset-tag", "T-2", status=64)
    assert [host["host"] for host in desk.data("list")["hosts"]] == ["lab-01"]  # type: ignore[attr-defined]


def test_trust_with_a_fingerprint(desk: Desk) -> None:
    key = new_key()
    right = fingerprint(public_line(key))
    with recording_server(Script(), key) as (port, recorded):
        desk.run("add", "lab-01", "--address", "127.0.0.1", "--port", str(port))
        wrong = fingerprint(public_line(new_key()))
        assert f"shows {right}, not {wrong}" in desk.run("trust", "lab-01", "--fingerprint", wrong, status=6)
        assert desk.pins() == ""
        assert f"trusted with {right}" in desk.run(
            "trust", "lab-01", "--fingerprint", f" {right.lower()[:7]}{right[7:]}= "
        )
    assert desk.pins() == f"lab-01 {public_line(key)}\n"
    assert desk.data("show", "lab-01")["identity"] == right
    assert recorded.attempts == []
    desk.run("retire", "lab-01", "--yes")
    assert desk.pins() == ""


def test_trust_waits_for_the_end_of_a_run(desk: Desk) -> None:
    """The lock's name has the pinned key in it: under a new key a second run could begin beside the first."""
    old, key = public_line(new_key()), new_key()
    shown = fingerprint(public_line(key))
    with recording_server(Script(), key) as (port, _):
        desk.run("add", "lab-01", "--address", "127.0.0.1", "--port", str(port))
        (desk.root / PINS).write_text(f"lab-01 {old}\n")
        with KernelLocks().hold("lab-01", "setup", old):
            assert "lab-01 is busy with setup" in desk.run("trust", "lab-01", "--fingerprint", shown, status=75)
            assert desk.pins() == f"lab-01 {old}\n"
        desk.run("trust", "lab-01", "--fingerprint", shown)
    assert desk.pins() == f"lab-01 {public_line(key)}\n"


def test_trust_where_the_pins_cannot_be_written(desk: Desk) -> None:
    key = new_key()
    with recording_server(Script(), key) as (port, _):
        desk.run("add", "lab-01", "--address", "127.0.0.1", "--port", str(port))
        (desk.root / "inventory_hosts/.known_hosts.txt.new").mkdir()
        said = desk.run("trust", "lab-01", "--fingerprint", fingerprint(public_line(key)), status=1)
    assert f"{desk.root / PINS} cannot be written: it is a folder." in said
    assert desk.pins() == ""


def test_trust_of_nobody_asked_is_refused(desk: Desk) -> None:
    key = new_key()
    with recording_server(Script(), key) as (port, recorded):
        desk.run("add", "lab-01", "--address", "127.0.0.1", "--port", str(port))
        assert "There is nobody to ask" in desk.run("trust", "lab-01", status=64)
        assert "--yes is not enough" in desk.run("trust", "lab-01", "--yes", status=64)
        assert "is no SHA256 fingerprint" in desk.run("trust", "lab-01", "--fingerprint", "MD5:00:11", status=64)
    assert recorded.connections == 0
    assert desk.pins() == ""


def test_trust_of_a_machine_that_does_not_answer(desk: Desk) -> None:
    with recording_server(Script(), new_key()) as (port, _):
        pass
    desk.run("add", "lab-01", "--address", "127.0.0.1", "--port", str(port))
    assert "refuses connections" in desk.run("trust", "lab-01", "--fingerprint", "a" * 43, status=4)


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("n", 1)])
def test_trust_asks_a_person(desk: Desk, answer: str, status: int) -> None:
    """On a terminal the old and the new fingerprint are shown before the question."""
    old, key = new_key(), new_key()
    with recording_server(Script(), key) as (port, _):
        desk.run("add", "lab-01", "--address", "127.0.0.1", "--port", str(port))
        (desk.root / PINS).write_text(f"# ours\nlab-01 {public_line(old)}\n")
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "deskprov", "-C", str(desk.root), "host", "trust", "lab-01", "--yes"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "150"},
        )
        os.close(theirs)
        shown = b""
        while b"own fingerprint?" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, f"{answer}\n".encode())
        assert process.wait(timeout=30) == status
        os.close(ours)
    assert fingerprint(public_line(old)).encode() in shown
    assert fingerprint(public_line(key)).encode() in shown
    pinned = {0: f"# ours\nlab-01 {public_line(key)}\n", 1: f"# ours\nlab-01 {public_line(old)}\n"}
    assert desk.pins() == pinned[status]


def test_retire_needs_a_yes_and_a_name(desk: Desk) -> None:
    desk.run("add", "lab-01", "--address", "192.0.2.11")
    assert "Add --yes" in desk.run("retire", "lab-01", status=64)
    assert "Which machines?" in desk.run("retire", "--yes", status=64)
    assert "lab-01" in desk.run("retire", "lab-1", "--yes", status=5)
    desk.run("add", "lab-02", "--address", "192.0.2.12")
    desk.run("retire", "@all", "--yes")
    assert desk.data("list") == {"hosts": []}


def test_inventory_with_problems_is_told_with_places(desk: Desk) -> None:
    (desk.root / "inventory_hosts").mkdir()
    (desk.root / "inventory_hosts/hosts.yml").write_text("all:\n  hosts:\n    pc 1: {deskprov_profle: x}\n")
    said = desk.run("list", status=3)
    assert "inventory_hosts/hosts.yml:3:5: 'pc 1' cannot be a machine's name" in said


def test_a_machine_over_winrm_is_trusted_by_its_certificate(desk: Desk, tmp_path: Path) -> None:
    """A fingerprint may be given as openssl and Windows write it: in capitals, with colons or without."""
    pc = Pc(tmp_path / "pc")
    try:
        (machine,) = pc.start()
        digest = machine.host_key.split()[1].upper()
        way = ("--address", machine.address, "--port", str(machine.port), "--transport", "winrm")
        assert "Next: deskprov host trust pc-1" in desk.run("add", "pc-1", *way, "--password-secret", "fleet")
        assert "shows SHA256:" in desk.run("trust", "pc-1", "--fingerprint", f"SHA256:{'0' * 64}", status=6)
        with_colons = ":".join(digest[place : place + 2] for place in range(0, 64, 2))
        for given in (digest.lower(), f"SHA256:{digest}", with_colons):
            (desk.root / PINS).unlink(missing_ok=True)
            assert f"pc-1 is trusted with SHA256:{digest}" in desk.run("trust", "pc-1", "--fingerprint", given)
            assert desk.pins() == f"pc-1 {machine.host_key}\n"
    finally:
        pc.machines.stop()
    assert "winrm" in desk.run("show", "pc-1")
    shown = desk.data("show", "pc-1")
    assert (shown["transport"], shown["identity"]) == ("winrm", f"SHA256:{digest}")


def test_a_windows_pc_is_added_by_its_platform(desk: Desk) -> None:
    desk.run("add", "pc-1", "--address", "192.0.2.21", "--platform", "windows", "--transport", "ssh")
    shown = desk.data("show", "pc-1")
    assert (shown["transport"], shown["platform"], shown["port"]) == ("ssh", "windows", 22)
    assert "ssh, Windows with powershell" in desk.run("show", "pc-1")
    assert "ansible_shell_type: powershell" in (desk.root / "inventory_hosts/hosts.yml").read_text()
    desk.run("add", "pc-2", "--address", "192.0.2.22", "--platform", "windows")
    shown = desk.data("show", "pc-2")
    assert (shown["transport"], shown["platform"], shown["port"]) == ("winrm", "windows", 5986)
    wrong = ("add", "pc-3", "--address", "192.0.2.23", "--platform", "linux", "--transport", "winrm")
    assert "A Linux machine is not reached by winrm" in desk.run(*wrong, status=64)


def test_a_pc_of_a_domain_is_added_with_kerberos(desk: Desk) -> None:
    where = ("--address", "pc-1.example.org", "--user", "svc-deskprov@EXAMPLE.ORG", "--log-on", "kerberos")
    assert "Next: deskprov host trust pc-1" in desk.run("add", "pc-1", *where)
    shown = desk.data("show", "pc-1")
    assert (shown["transport"], shown["platform"], shown["port"]) == ("psrp", "windows", 5986)
    said = desk.run("add", "pc-2", *where, "--scheme", "http")
    assert "Next: deskprov setup pc-2" in said, "over HTTP there is nothing to trust"
    assert desk.data("show", "pc-2")["port"] == 5985
    stated = yaml.safe_load((desk.root / "inventory_hosts/hosts.yml").read_text())["all"]["hosts"]["pc-2"]
    assert (stated["ansible_psrp_auth"], stated["ansible_psrp_protocol"]) == ("kerberos", "http")
    for wrong, words in {
        ("--transport", "ssh"): "Kerberos is spoken over PSRP, not over ssh",
        ("--transport", "winrm"): "Kerberos is spoken over PSRP, not over winrm",
        ("--platform", "linux"): "A Linux machine is not reached by psrp",
    }.items():
        assert words in desk.run("add", "pc-3", *where, *wrong, status=64)
    ntlm = ("add", "pc-3", "--address", "192.0.2.23", "--scheme", "http")
    assert "Add --log-on kerberos" in desk.run(*ntlm, status=64)


def test_a_pc_over_ssh_is_trusted_by_its_host_key(desk: Desk) -> None:
    key = new_key()
    with recording_server(Script(), key) as (port, recorded):
        way = ("--address", "127.0.0.1", "--port", str(port), "--platform", "windows", "--transport", "ssh")
        desk.run("add", "pc-1", *way)
        desk.run("trust", "pc-1", "--fingerprint", fingerprint(public_line(key)))
    assert desk.pins() == f"pc-1 {public_line(key)}\n"
    assert recorded.attempts == []


def test_a_profile_says_what_runs_on_a_new_machine(desk: Desk) -> None:
    (desk.root / "profiles/pc.yml").write_text("profile: pc\nplatform: windows\n")
    desk.run("add", "pc-1", "--address", "192.0.2.21", "--profile", "pc")
    assert desk.data("show", "pc-1")["transport"] == "winrm"
    desk.run("add", "pc-2", "--address", "192.0.2.22", "--profile", "pc", "--transport", "ssh")
    shown = desk.data("show", "pc-2")
    assert (shown["transport"], shown["platform"]) == ("ssh", "windows")
    linux = ("add", "pc-3", "--address", "192.0.2.23", "--profile", "base/lab", "--transport", "winrm")
    assert "A Linux machine is not reached by winrm" in desk.run(*linux, status=64)
    desk.run("add", "pc-4", "--address", "192.0.2.24", "--profile", "pc", "--group", "lab")
    assert "ansible_connection" not in (desk.root / "inventory_hosts/hosts.yml").read_text().partition("pc-4")[2]
