"""What the system refuses to read or write is told in words, with the file and the reason, and never as a bug."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deskprov.cli.main import run
from deskprov.errors import SiteNotWritable
from deskprov.practice.keys import site_key
from tests.adapters.refusing import read_only, without_privileges

HOSTS = "all:\n  hosts:\n    lab-01: {ansible_host: 192.0.2.11}\n"
ADD = ("host", "add", "lab-02", "--address", "192.0.2.12")

Run = Callable[..., str]


@pytest.fixture
def site() -> Iterator[Path]:
    """A site that every user of the controller may look into; pytest's own folders are for one user only."""
    with tempfile.TemporaryDirectory(prefix="deskprov-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for path, text in {
            "deskprov.yml": "format: 1\nname: Example\n",
            "inventory_hosts/hosts.yml": HOSTS,
            "profiles/office.yml": "profile: office\nplatform: linux\n",
        }.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text)
        yield folder


@pytest.fixture
def said(site: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str, status: int) -> str:
        found = run(["-C", str(site), *arguments])
        told = capsys.readouterr()
        assert found == status, told
        return told.out + told.err

    return command


def test_a_link_that_leads_nowhere_in_the_inventory(site: Path, said: Run) -> None:
    (site / "inventory_hosts/more.yml").symlink_to("nowhere.yml")
    words = "inventory_hosts/more.yml:1:1: cannot be read: it is not there, or a link that leads nowhere; mend the link"
    for arguments in (("host", "list"), ("validate",), ADD):
        assert words in said(*arguments, status=3)


def test_a_folder_in_the_place_of_the_pins(site: Path, said: Run) -> None:
    (site / "inventory_hosts/known_hosts.txt").mkdir()
    words = "inventory_hosts/known_hosts.txt:1:1: cannot be read: it is a folder; move the folder elsewhere"
    assert words in said("host", "list", status=3)


def test_a_file_in_the_place_of_the_inventory_folder(site: Path, said: Run) -> None:
    (site / "inventory_hosts/hosts.yml").unlink()
    (site / "inventory_hosts").rmdir()
    (site / "inventory_hosts").write_text("")
    assert "a part of its path is no folder" in said(*ADD, status=3)


def test_a_link_that_leads_nowhere_among_the_profiles(site: Path, said: Run) -> None:
    (site / "profiles/front.yml").symlink_to("nowhere.yml")
    assert "profiles/front.yml:1:1: cannot be read: it is not there" in said("explain", "front", status=3)


def test_profiles_outside_of_the_site(site: Path, said: Run, tmp_path: Path) -> None:
    (site / "profiles/office.yml").unlink()
    (site / "profiles").rmdir()
    (site / "profiles").symlink_to(tmp_path)
    assert "'profiles' leads out of the site" in said("validate", status=3)


@pytest.mark.parametrize("mode", [0o000, 0o444])
@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("inventory_hosts", "host list"),
        ("inventory_hosts/hosts.yml", "host list"),
        ("profiles", "validate"),
        ("profiles", "profile list"),
        ("profiles/office.yml", "validate"),
        ("deskprov.yml", "config show"),
        ("deskprov.yml", "validate"),
    ],
)
def test_what_one_may_not_read(site: Path, said: Run, path: str, command: str, mode: int) -> None:
    """A folder with mode 444 can be listed, but what is in it cannot be looked at."""
    place = site / path
    if mode == 0o444 and place.is_file():
        mode = 0o200
    place.chmod(mode)
    try:
        with without_privileges():
            words = said(*command.split(), status=3)
    finally:
        place.chmod(0o755)
    assert f"{path}" in words
    assert "cannot be read: you have no permission; see who may read it: ls -ld" in words


@pytest.mark.parametrize("command", ["host list", "host show lab-01"])
def test_practice_machines_of_another_user(site: Path, said: Run, command: str) -> None:
    (site / ".deskprov/practice").mkdir(parents=True)
    (site / ".deskprov").chmod(0o000)
    try:
        with without_privileges():
            words = said(*command.split(), status=3)
    finally:
        (site / ".deskprov").chmod(0o700)
    assert ".deskprov/practice/hosts.yml:1:1: cannot be read: you have no permission" in words


def test_a_site_one_may_not_look_into(site: Path, said: Run) -> None:
    site.chmod(0o000)
    try:
        with without_privileges():
            assert f"{site}" in said("config", "show", status=3)
    finally:
        site.chmod(0o700)


def test_a_site_one_may_not_write(site: Path, said: Run) -> None:
    with without_privileges():
        for arguments in (ADD, ("host", "retire", "lab-01", "--yes")):
            words = said(*arguments, status=1)
            assert f"{site}/inventory_hosts/hosts.yml cannot be written: you have no permission." in words
            assert "See who may write there: ls -ld" in words
    assert (site / "inventory_hosts/hosts.yml").read_text() == HOSTS


def test_something_in_the_place_of_the_new_text(site: Path, said: Run) -> None:
    (site / "inventory_hosts/.hosts.yml.new").mkdir()
    assert f"{site}/inventory_hosts/hosts.yml cannot be written: it is a folder." in said(*ADD, status=1)


@pytest.mark.root
def test_a_read_only_disk(site: Path, said: Run) -> None:
    with read_only(site):
        for arguments in (ADD, ("host", "retire", "lab-01", "--yes")):
            assert "cannot be written: the disk is read-only." in said(*arguments, status=1)
        assert "cannot be written: the disk is read-only." in said("init", str(site / "new"), status=1)
        with pytest.raises(SiteNotWritable, match="the disk is read-only"):
            site_key(site / ".deskprov/practice")


@pytest.mark.root
def test_a_record_on_a_read_only_disk_is_told_of_and_backed_up(site: Path, said: Run, tmp_path: Path) -> None:
    # by a process of its own: at its end no file of SQLite's stands beside the record
    add = [sys.executable, "-m", "deskprov", "-C", str(site), "asset", "add", "host=lab-01", "serial=AB-1"]
    subprocess.run(add, check=True, capture_output=True)
    assert [path.name for path in (site / ".deskprov").glob("*.db*")] == ["deskprov.db"]
    with read_only(site):
        words = said("db", "info", status=0)
        assert "1 assets" in words
        assert "cannot be read" not in words
        said("db", "backup", str(tmp_path / "copy.db"), status=0)
        assert "can be read, not written" in said("doctor", status=1)
    assert (tmp_path / "copy.db").stat().st_size > 0
