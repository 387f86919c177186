"""Files of a site, and what git says about it."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from deskprov.adapters.git import GitRepository
from deskprov.adapters.site_files import FolderFiles
from deskprov.model.ports.site import Digest


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("outside")
    folder = tmp_path / "site"
    (folder / "profiles" / "base").mkdir(parents=True)
    (folder / "profiles" / "office.yml").write_text("profile: office\n")
    (folder / "profiles" / "base" / "linux.yaml").write_text("profile: base/linux\n")
    (folder / "profiles" / "notes.txt").write_text("no profile")
    (folder / "out").symlink_to(tmp_path / "secret.txt")
    (folder / "in").symlink_to(folder / "profiles" / "office.yml")
    return folder


def test_reads_what_is_inside(site: Path) -> None:
    files = FolderFiles(site)
    assert files.read_bytes("profiles/office.yml") == b"profile: office\n"
    assert files.read_bytes("in") == b"profile: office\n"
    assert files.list_yaml("profiles") == ["profiles/base/linux.yaml", "profiles/office.yml"]
    assert files.list_yaml("nothing") == []


@pytest.mark.parametrize("path", ["../secret.txt", "profiles/../../secret.txt", "/etc/passwd", "out", "", "a\0b"])
def test_never_leaves_the_folder(site: Path, path: str) -> None:
    with pytest.raises(ValueError, match="site"):
        FolderFiles(site).read_bytes(path)
    assert not FolderFiles(site).exists(path)


def test_a_file_that_nobody_changes_is_hashed_once_and_every_change_is_seen(site: Path) -> None:
    files, path = FolderFiles(site), site / "profiles" / "notes.txt"
    for content in (b"one", b"two", b"3 2", b"more than that"):
        path.write_bytes(content)
        os.utime(path, (0, 0))
        first, again = (files.digest("profiles/notes.txt", 2) for _ in range(2))
        assert first == again == Digest(hashlib.sha256(content).hexdigest(), len(content), content[:2])
    library = Path(os.__file__)
    content = library.read_bytes()
    whole = Digest(hashlib.sha256(content).hexdigest(), len(content), content[:9])
    settled = FolderFiles(library.parent)
    assert [settled.digest(library.name, 9) for _ in range(2)] == [whole, whole], "changed long ago"


def test_the_revision_of_a_site_in_git(site: Path) -> None:
    def git(*arguments: str) -> str:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        return subprocess.run(["git", *who, *arguments], cwd=site, check=True, capture_output=True, text=True).stdout

    assert GitRepository(site).revision().commit == ""
    git("init", "--quiet")
    assert GitRepository(site).revision().commit == ""
    git("add", "profiles")
    git("commit", "--quiet", "-m", "first")
    (site / "out").unlink()
    (site / "in").unlink()
    revision = GitRepository(site).revision()
    assert revision.commit == git("rev-parse", "HEAD").strip()
    assert not revision.dirty
    (site / "profiles" / "office.yml").write_text("profile: other\n")
    assert GitRepository(site).revision().dirty
    git("checkout", "--quiet", ".")
    assert not GitRepository(site).revision().dirty
    (site / ".git" / "index").write_text("damaged")
    damaged = GitRepository(site).revision()
    assert (damaged.commit, damaged.dirty) == (revision.commit, True), "what cannot be compared may be different"


def test_a_site_below_the_top_of_a_repository_is_clean_when_only_others_changed(site: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=site.parent, check=True)
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, "add", "."], cwd=site.parent, check=True)
    subprocess.run(["git", *who, "commit", "--quiet", "-m", "all"], cwd=site.parent, check=True)
    (site.parent / "secret.txt").write_text("changed")
    assert not GitRepository(site).revision().dirty
