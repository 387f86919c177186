"""Row 14: no name leads out of its folder, is taken for an option, or means something else to a tool.

Everything that deskprov makes a file, a path or a log line from is tried on the real command line, in a site whose
surroundings are compared before and after.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from deskprov.adapters.locks import KernelLocks
from deskprov.adapters.site_files import FolderFiles
from deskprov.cli.main import run
from deskprov.errors import HostError
from deskprov.model.names import is_name
from deskprov.stages.render import run_playbook

LEADS_OUT = (
    "../../x",
    "..",
    ".",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "~/x",
    "~",
    "./a",
    "a/../../b",
    "//",
    "a/",
    "%2e%2e%2fx",
)
OPTIONS = ("-e", "--help", "-", "--", "-oProxyCommand=touch x", "@file", "+x")
CODE = (
    "lab;id",
    "lab id",
    "$(id)",
    "`id`",
    "lab|id",
    "lab&",
    "lab>x",
    "{{ 7 * 7 }}",
    "a'b",
    'a"b',
    "a\nb",
    "a\tb",
    "*",
    "?",
)
PATTERNS = ("all:!x", "a,b", "a[0]", "~lab.*", "!lab", "&lab", "_meta")
ODD = ("lab\u202e", "l\u200bab", "läb", "ｌab", "１", "lab\x1b[2J", "a" * 64, "")
RESERVED = ("all", "ALL", "localhost", "ungrouped", "127.0.0.1", "CON", "con.yml", "nul", "COM1", "lpt9", "aux", "prn")
BAD = (*LEADS_OUT, *OPTIONS, *CODE, *PATTERNS, *ODD, *RESERVED)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site two folders below `tmp_path`, so that `../../x` is where a test looks."""
    root = tmp_path / "around" / "site"
    for name, text in {
        "deskprov.yml": "format: 1\nname: Example school district\n",
        "inventory_hosts/hosts.yml": "all:\n  hosts:\n    lab-01: {deskprov_profile: office}\n",
        "profiles/office.yml": "profile: office\nplatform: linux\ngroups: [staff]\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def tree(folder: Path) -> Mapping[str, str]:
    """Every path below a folder with a hash of what is there."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


def outside(site: Path) -> Mapping[str, str]:
    """What there is around the site, the site's own folder of state left out."""
    return {path: what for path, what in tree(site.parent.parent).items() if "/.deskprov" not in path}


class Desk:
    """The command line as a user types it, in the site."""

    def __init__(self, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._site = site
        self._capsys = capsys

    def status(self, *arguments: str) -> int:
        """How a command ends; whatever it says cannot act on a terminal, and is no traceback."""
        status = run(["-C", str(self._site), *arguments])
        said = "".join(self._capsys.readouterr())
        assert "Traceback" not in said
        assert all(character.isprintable() or character == "\n" for character in said), ascii(said)
        assert status != 70, said
        return status


@pytest.fixture
def desk(site: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(site, capsys)


def test_no_bad_name_is_a_name() -> None:
    assert [name for name in BAD if is_name(name)] == []


IN_A_FOLDER = ("a/b",)
"""Profiles may be in folders below profiles/."""

TAKES_A_NAME = {
    "a machine": ("host", "add", "--address=192.0.2.9", "--profile=office", "--", "NAME"),
    "its profile": ("host", "add", "lab-09", "--address=192.0.2.9", "--profile=NAME"),
    "its place": ("host", "add", "lab-09", "--address=192.0.2.9", "--place=NAME"),
    "its ring": ("host", "add", "lab-09", "--address=192.0.2.9", "--ring=NAME"),
    "its group": ("host", "add", "lab-09", "--address=192.0.2.9", "--group=NAME"),
    "a secret": ("host", "add", "lab-09", "--address=192.0.2.9", "--password-secret=NAME"),
    "an asset's machine": ("asset", "add", "host=NAME"),
}


@pytest.mark.parametrize("what", TAKES_A_NAME)
def test_a_bad_name_is_refused_and_leaves_nothing(what: str, site: Path, desk: Desk) -> None:
    before = outside(site)
    for name in filter(None, BAD):
        if what == "its profile" and name in IN_A_FOLDER:
            continue
        if what == "its group" and name in ("all", "ungrouped"):
            continue  # groups that are always there
        status = desk.status(*(word.replace("NAME", name) for word in TAKES_A_NAME[what]))
        assert status in (3, 5, 6, 64), f"{name!r} ended with {status}"
        assert outside(site) == before, name


LOOKS_FOR_A_NAME = {
    "plan": ("plan", "--", "NAME"),
    "setup": ("setup", "--yes", "--", "NAME"),
    "setup with a profile": ("setup", "lab-01", "--yes", "--profile=NAME"),
    "explain": ("explain", "--", "NAME"),
    "render": ("render", "-o", "out", "--", "NAME"),
    "trust": ("host", "trust", "--", "NAME"),
    "retire": ("host", "retire", "--yes", "--", "NAME"),
    "a run": ("run", "show", "--", "NAME"),
    "an asset": ("asset", "show", "--", "NAME"),
}


@pytest.mark.parametrize("what", LOOKS_FOR_A_NAME)
def test_what_no_name_can_be_is_not_found(what: str, site: Path, desk: Desk) -> None:
    before = outside(site)
    for name in filter(None, BAD):
        status = desk.status(*(word.replace("NAME", name) for word in LOOKS_FOR_A_NAME[what]))
        assert status in (3, 5, 6, 64), f"{name!r} ended with {status}"
        assert outside(site) == before, name


def test_a_file_of_a_bad_name_is_no_profile(site: Path, desk: Desk) -> None:
    for name in ("-e", "a b", "$(id)", "{{ 1 }}", "lab\u202e", "con", "localhost", "a;b", "lab\x1b[2J", "\udcff"):
        path = Path(
            os.fsdecode(os.fsencode(str(site / "profiles") + "/") + name.encode("utf-8", "surrogateescape") + b".yml")
        )
        path.write_text(f"profile: {json.dumps(name)}\nplatform: linux\n", "utf-8", "surrogatepass")
        assert desk.status("validate") == 3, name
        assert desk.status("profile", "list") in (0, 3), name
        path.unlink()
    assert desk.status("validate") == 0


@pytest.mark.parametrize(
    "text",
    [
        "../deskprov.yml",
        "../secret",
        "/etc/shadow",
        "a/../../secret",
        "./a",
        "a//b",
        "a\\b",
        "link",
        "folder/up/secret",
    ],
)
def test_a_shipped_file_is_inside_of_the_site(text: str, site: Path, desk: Desk) -> None:
    (site.parent / "secret").write_text("not for machines")
    (site / "profiles" / "link").symlink_to(site.parent / "secret")
    (site / "profiles" / "folder").mkdir()
    (site / "profiles" / "folder" / "up").symlink_to(site.parent)
    entry = {"path": "/srv/a", "source": text}
    (site / "profiles" / "office.yml").write_text(f"profile: office\nplatform: linux\nfiles: [{json.dumps(entry)}]\n")
    before = outside(site)
    assert desk.status("validate") == 3
    assert desk.status("render", "office", "-o", "out") == 3
    assert outside(site) == before


# --- should a bad name ever get past the front door -----------------------------------------------------------------


@pytest.mark.parametrize("name", [*BAD, "lab\0", "\0"])
def test_no_part_behind_the_door_takes_a_bad_name(name: str, site: Path) -> None:
    before = outside(site)
    with pytest.raises(HostError), KernelLocks(site / "locks").hold(name, "test"):
        pass
    with pytest.raises(ValueError, match="no name"):
        run_playbook(name, [], become=True, step_seconds=1)
    assert outside(site) == before


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", "", "a\0b", "..", "up/x"])
def test_files_of_the_site_are_inside_of_it(path: str, site: Path) -> None:
    (site / "up").symlink_to(site.parent)
    (site.parent / "x").write_text("outside")
    with pytest.raises((ValueError, OSError)):
        FolderFiles(site).read_bytes(path)
    assert not FolderFiles(site).exists(path)
