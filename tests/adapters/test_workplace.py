"""This computer as doctor sees it: real files, real file systems, real databases."""

import fcntl
import sqlite3
from pathlib import Path

import pytest

from deskprov.adapters.ansible.installation import find_installation, missing_collections
from deskprov.adapters.ansible.run_directory import dead_folders, run_directory
from deskprov.adapters.database.database import Database
from deskprov.adapters.database.health import record_health
from deskprov.adapters.workplace import ThisComputer
from deskprov.adapters.workplace.volumes import kind_of, volume
from deskprov.errors import RecordError
from deskprov.model.settings import Settings
from deskprov.model.workplace import PrivateKey

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /dev/shm tmpfs rw 0 0
C:\\134 /mnt/c 9p rw 0 0
/dev/sdb1 /srv/the\\040share/local ext4 rw 0 0
//server/share /srv/the\\040share cifs rw 0 0
"""
SETTINGS = {"format": 1, "name": "Example school district"}


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/robin", "ext4"),
        ("/mnt/c/Users/robin", "9p"),
        ("/mnt/cold", "ext4"),
        ("/srv/the share/site", "cifs"),
        ("/srv/the share/local/site", "ext4"),
    ],
)
def test_the_innermost_mount_counts(tmp_path: Path, folder: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert kind_of(Path(folder), mounts) == kind


def test_a_folder_that_is_not_there_yet_is_where_it_would_be(tmp_path: Path) -> None:
    found = volume(tmp_path / "new" / "newer")
    assert found.writable
    assert not (tmp_path / "new").exists()


def test_looking_makes_nothing(tmp_path: Path) -> None:
    here = ThisComputer(tmp_path, home=tmp_path)
    settings = Settings.model_validate(SETTINGS)
    assert here.record(settings) is None
    here.look(settings, [])
    assert list(tmp_path.iterdir()) == []


def test_a_sound_record(tmp_path: Path) -> None:
    Database(None, tmp_path, "desk-1").transactions.close()
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.db")}
    found = record_health(None, tmp_path)
    assert found is not None
    assert (found.schema, found.damage, found.controllers) == ("current", "", [])
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.db")} == before


def test_an_old_record_is_told_and_not_upgraded(tmp_path: Path) -> None:
    Database(None, tmp_path, "desk-1").transactions.close()
    file = tmp_path / ".deskprov" / "deskprov.db"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    for _ in range(2):
        found = record_health(None, tmp_path)
        assert found is not None
        assert found.schema == "old"


def test_a_record_of_a_newer_release_is_an_error_in_words(tmp_path: Path) -> None:
    Database(None, tmp_path, "desk-1").transactions.close()
    with sqlite3.connect(tmp_path / ".deskprov" / "deskprov.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(RecordError, match="newer deskprov"):
        record_health(None, tmp_path)


def test_damage_that_no_reading_has_met_yet_is_found(tmp_path: Path) -> None:
    """One page of an index is spoiled, which nobody needs to open the record and to list its runs."""
    Database(None, tmp_path, "desk-1").transactions.close()
    file = tmp_path / ".deskprov" / "deskprov.db"
    with sqlite3.connect(file) as connection:
        where = "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'assets'"
        [page, *_] = connection.execute(where).fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    content = bytearray(file.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    file.write_bytes(content)
    found = record_health(None, tmp_path)
    assert found is not None
    assert found.damage


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database at all, but long enough to be looked at\n" * 40)
    with pytest.raises(RecordError, match="not a database"):
        record_health("sqlite:///x.db", tmp_path)


def test_keys_are_there_and_closed_or_not(tmp_path: Path) -> None:
    for name, mode in (("closed", 0o600), ("open", 0o644)):
        (tmp_path / name).write_text("key")
        (tmp_path / name).chmod(mode)
    found = ThisComputer(tmp_path).look(None, ["closed", "open", "none"]).key_files
    assert found == [PrivateKey("closed", True), PrivateKey("open", True, True), PrivateKey("none", False)]


def test_secrets_that_are_not_to_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IS_SET", "word")
    secrets = {
        "a": {"env": "IS_SET"},
        "b": {"env": "IS_NOT_SET"},
        "c": {"command": ["no-such-program", "x"]},
        "d": {"command": ["sh", "-c", "exit 1"]},
        "e": {"ask": True},
    }
    found = ThisComputer(tmp_path).look(Settings.model_validate(SETTINGS | {"secrets": secrets}), [])
    assert found.secrets_missing == [
        "b (the variable IS_NOT_SET is not set)",
        "c (there is no program no-such-program)",
    ]


def test_what_a_dead_run_left_is_told_and_stays(tmp_path: Path) -> None:
    base = Path("/dev/shm") / f"t-{tmp_path.name[:12]}"
    base.mkdir(mode=0o700)
    try:
        with run_directory(base) as alive:
            dead = base / "deskprov-run-0123456789abcdef"
            dead.mkdir()
            (dead / "alive").touch()
            assert dead_folders([base]) == [dead]
            with (dead / "alive").open() as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                assert dead_folders([base]) == []
            assert alive.path.exists()
        assert dead.exists()
    finally:
        for path in sorted(base.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        base.rmdir()


@pytest.mark.ansible
def test_collections_are_found_where_ansible_finds_them(tmp_path: Path) -> None:
    found = find_installation("")
    wanted = ["ansible.posix", "ansible.builtin", "deskprov.desktop", "no.such"]
    assert missing_collections(found, tmp_path, wanted) == ["no.such"]
    (tmp_path / ".ansible/collections/ansible_collections/no/such").mkdir(parents=True)
    assert missing_collections(found, tmp_path, wanted) == []
