"""The site's log-in key, and the script that lets it in, as a technician types them."""

import re
import subprocess
from pathlib import Path

import pytest

from deskprov.cli.main import run
from deskprov.model.enrolment import SIGNERS_FILE, WINDOWS_SCRIPT

OLD = "format: 1\nname: Example school district\n# by hand\n"


def public_half(private: Path) -> str:
    done = subprocess.run(["ssh-keygen", "-yf", private], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split()[:2])


def stated_key(site: Path) -> str:
    found = re.search(r'^login_key: "(\S+ \S+) deskprov@\S+"$', (site / "deskprov.yml").read_text(), re.MULTILINE)
    assert found
    return found[1]


def test_a_new_site_has_a_key_that_git_never_sees(tmp_path: Path) -> None:
    site = tmp_path / "my-site"
    assert run(["init", str(site), "--name", 'O\'Neil "north" école']) == 0
    private = site / ".deskprov/keys/login_ed25519"
    assert public_half(private) == stated_key(site)
    assert private.stat().st_mode & 0o777 == 0o600
    assert private.parent.stat().st_mode & 0o777 == 0o700
    subprocess.run(["git", "init", "-q", site], check=True)
    seen = subprocess.run(["git", "-C", site, "add", "-nA"], capture_output=True, text=True, check=True).stdout
    assert "deskprov.yml" in seen
    assert "keys" not in seen
    assert run(["-C", str(site), "validate"]) == 0


def test_an_older_site_is_told_how_to_get_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deskprov.yml").write_text(OLD)
    at = ["-C", str(tmp_path)]
    assert run([*at, "bootstrap", "linux"]) == 64
    out, err = capfd.readouterr()
    assert out == ""
    assert "deskprov bootstrap login-key" in err
    assert run([*at, "bootstrap", "login-key"]) == 0
    assert (tmp_path / "deskprov.yml").read_text().startswith(OLD)
    assert public_half(tmp_path / ".deskprov/keys/login_ed25519") == stated_key(tmp_path)
    before = (tmp_path / "deskprov.yml").read_text()
    assert run([*at, "bootstrap", "login-key"]) == 64
    assert (tmp_path / "deskprov.yml").read_text() == before


def test_a_key_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "deskprov.yml").write_text(OLD)
    assert run(["-C", str(tmp_path), "bootstrap", "login-key"]) == 0
    key = (tmp_path / ".deskprov/keys/login_ed25519").read_text()
    (tmp_path / "deskprov.yml").write_text(OLD)
    assert run(["-C", str(tmp_path), "bootstrap", "login-key"]) == 64
    assert (tmp_path / ".deskprov/keys/login_ed25519").read_text() == key
    assert (tmp_path / "deskprov.yml").read_text() == OLD


def test_each_script_is_a_batch_of_its_own(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "site")]) == 0
    at = ["-C", str(tmp_path / "site")]
    capfd.readouterr()
    assert run([*at, "bootstrap", "linux", "--from", "10.1.0.0/16", "--from", "2001:db8::1", "--days", "3"]) == 0
    first, err = capfd.readouterr()
    assert "login_from='10.1.0.0/16,2001:db8::1'" in first
    assert re.search(r"batch-\d{8}-[0-9a-f]{6}: its files are taken until \d{4}-\d\d-\d\d", err)
    assert run([*at, "bootstrap", "linux", "--language", "es", "-o", str(tmp_path / "boot.sh")]) == 0
    second = (tmp_path / "boot.sh").read_text()
    assert "sudo la deja pasar" in second
    signers = (tmp_path / "site/inventory_hosts/enrolment_signers.txt").read_text()
    names = re.findall(r"^batch=\S+'(.*)'$|^batch='(.*)'$", first + second, re.MULTILINE)
    assert len(signers.splitlines()) == 3
    for _, name in names:
        assert f"{name} namespaces=" in signers
    assert stated_key(tmp_path / "site") in first
    private = (tmp_path / "site/.deskprov/keys/login_ed25519").read_text()
    assert private.splitlines()[2] not in first + second + signers


@pytest.mark.parametrize("address", ["here", "10.1.0.5/16", '10.1.0.5"', "*"])
def test_log_ins_come_from_addresses_only(tmp_path: Path, address: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "site")]) == 0
    assert run(["-C", str(tmp_path / "site"), "bootstrap", "linux", "--from", address]) == 64
    assert not (tmp_path / "site/inventory_hosts/enrolment_signers.txt").exists()
    (tmp_path / "site/deskprov.yml").write_text(f"{OLD}login_from: ['{address}']\n")
    assert run(["-C", str(tmp_path / "site"), "validate"]) == 3
    assert "must be an IP address or a network" in "".join(capfd.readouterr())


@pytest.mark.parametrize("key", ["ssh-ed25519", "ssh-dss AAAA", "ssh-ed25519 AAAA\\nssh-rsa AAAA", "no key at all"])
def test_a_log_in_key_is_one_public_key(tmp_path: Path, key: str, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deskprov.yml").write_text(f'{OLD}login_key: "{key}"\n')
    assert run(["-C", str(tmp_path), "validate"]) == 3
    assert "deskprov.yml:4:12: `login_key` must be a public SSH key" in "".join(capfd.readouterr())


def test_a_script_is_written_over_only_when_asked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    site, file = tmp_path / "site", tmp_path / "boot.sh"
    assert run(["init", str(site)]) == 0
    command = ["-C", str(site), "bootstrap", "linux", "-o", str(file)]
    assert run(command) == 0
    first, signers = file.read_bytes(), (site / SIGNERS_FILE).read_bytes()
    capfd.readouterr()
    assert run(command) == 64
    told = " ".join(capfd.readouterr().err.split())
    assert "is there already" in told
    assert SIGNERS_FILE in told
    assert (file.read_bytes(), (site / SIGNERS_FILE).read_bytes()) == (first, signers)
    assert run([*command, "--force"]) == 0
    assert file.read_bytes() != first


def test_a_stick_for_windows_is_for_certain_addresses_only(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    site, stick = tmp_path / "site", tmp_path / "stick"
    assert run(["init", str(site)]) == 0
    command = ["-C", str(site), "bootstrap", "windows", "-o", str(stick)]
    capfd.readouterr()
    assert run(command) == 64
    assert "opened for certain addresses only" in capfd.readouterr().err
    assert not stick.exists()
    assert not (site / SIGNERS_FILE).exists()
    assert run([*command, "--from", "10.1.0.5", "--language", "es"]) == 0
    script = (stick / WINDOWS_SCRIPT).read_text("ascii")
    assert '"login_from": ["10.1.0.5"]' in script
    assert "Huella de este PC" in script
    [signer] = (site / SIGNERS_FILE).read_text().splitlines()[1:]
    assert "ecdsa-sha2-nistp256" in signer
    told = " ".join(capfd.readouterr().err.split())
    assert "-ExecutionPolicy Bypass -File D:\\deskprov-windows.ps1" in told
    assert run([*command, "--from", "10.1.0.5"]) == 64
    assert (stick / WINDOWS_SCRIPT).read_text("ascii") == script


def test_without_a_key_to_seal_to_no_script_is_written(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deskprov.yml").write_text(f"{OLD}login_from: [10.1.0.5]\n")
    assert run(["-C", str(tmp_path), "bootstrap", "windows", "-o", str(tmp_path / "stick")]) == 6
    assert "deskprov secret init" in capfd.readouterr().err
    assert not (tmp_path / "stick").exists()
    assert not (tmp_path / SIGNERS_FILE).exists()


def test_names_of_the_packing_list_go_on_the_stick(tmp_path: Path) -> None:
    site, stick = tmp_path / "site", tmp_path / "stick"
    assert run(["init", str(site)]) == 0
    (site / "list.csv").write_text("tag,serial\nGV-0001,SN-1\n")
    assert run(["-C", str(site), "asset", "import", str(site / "list.csv")]) == 0
    assert run(["-C", str(site), "bootstrap", "windows", "-o", str(stick), "--from", "10.1.0.5"]) == 0
    assert '"SN-1","GV-0001"' in (stick / "deskprov-names.csv").read_text()


def test_what_lies_on_a_stick_is_written_over_only_when_told_to(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The answer file may be that of the site's own installation stick."""
    site, stick = tmp_path / "site", tmp_path / "stick"
    assert run(["init", str(site)]) == 0
    signers = site / SIGNERS_FILE
    command = ["-C", str(site), "bootstrap", "windows", "-o", str(stick), "--from", "10.1.0.5"]
    stick.mkdir()
    (stick / "autounattend.xml").write_text("theirs")
    assert run(command) == 64
    assert "autounattend.xml is there already" in " ".join(capfd.readouterr().err.split())
    assert [file.read_text() for file in stick.iterdir()] == ["theirs"]
    assert not signers.exists()
    for stale in ("deskprov-names.csv", "deskprov-erase-disk.cmd"):
        (stick / stale).write_text("of another time")
    assert run([*command, "--force"]) == 0
    assert {file.name for file in stick.iterdir()} == {WINDOWS_SCRIPT, "autounattend.xml", "deskprov-sheet.html"}
    assert {file.stat().st_mode & 0o777 for file in stick.iterdir()} == {0o600}
