"""The verbs of the record as they are typed, on a real site with a real database."""

import json
import platform
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from deskprov.adapters.database.database import Database
from deskprov.cli.main import run
from deskprov.model.run import Asked
from tests.adapters.database.samples import LAPTOP, intent, verified

TABLE = (
    "\ufefftag;serial;kind;room;bought;assigned_to\r\n"
    "GV-0042;EX4711;laptop;12;2026-08-01;p-1001\r\n"
    ";EX4712;tablet;;;\r\n"
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "deskprov.yml").write_text("format: 1\nname: Example School\nasset_fields:\n  bulb_hours: number\n")
    (tmp_path / "inventory_hosts").mkdir()
    (tmp_path / "assets.csv").write_bytes(TABLE.encode())
    return tmp_path


class Typed:
    """Types commands at a site and keeps what they answer."""

    def __init__(self, site: Path, capture: pytest.CaptureFixture[str]) -> None:
        self._site = site
        self._capture = capture
        self.err = ""

    def __call__(self, *arguments: str, status: int = 0) -> str:
        assert run(["-C", str(self._site), *arguments]) == status, self._capture.readouterr().err
        out, self.err = self._capture.readouterr()
        return out


@pytest.fixture
def typed(site: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(site, capsys)


def test_a_packing_list_becomes_a_record(typed: Typed, site: Path) -> None:
    typed("asset", "import", str(site / "assets.csv"), "--dry-run")
    assert "Would be: 2 new, 0 changed" in typed.err
    assert typed("asset", "list") == ""

    typed("asset", "import", str(site / "assets.csv"))
    assert "Imported: 2 new, 0 changed" in typed.err
    assert typed("asset", "list").splitlines() == [
        "\t\tEX4712\ttablet\tstock\t\t\t",
        "\tGV-0042\tEX4711\tlaptop\tstock\troom 12\tp-1001\t",
    ]
    assert typed("asset", "list", "--kind", "tablet", "--state", "stock").count("\n") == 1
    assert typed("asset", "list", "--assigned-to", "p-1001", "--place", "12", "--unseen", "3").count("\n") == 1
    assert typed("asset", "list", "--mine", "--overdue") == ""


def test_a_bad_table_changes_nothing(typed: Typed, site: Path) -> None:
    (site / "bad.csv").write_text("tag,bougt\nGV-1,\nGV-1,x\n")
    typed("asset", "import", str(site / "bad.csv"), status=3)
    assert typed.err.splitlines() == [
        f"{site}/bad.csv:1:2: there is no field 'bougt'; did you mean bought?",
        f"{site}/bad.csv:3:1: tag 'GV-1' is on line 2 too; each asset once",
        "deskprov: 2 problems found.",
    ]
    assert typed("asset", "list") == ""
    typed("asset", "import", str(site / "nowhere.csv"), status=64)
    assert "cannot be read: No such file" in typed.err


def test_an_export_comes_back_unchanged(typed: Typed, site: Path) -> None:
    typed("asset", "import", str(site / "assets.csv"))
    typed("asset", "edit", "gv-0042", "vendor==HYPERLINK(1)", "bulb_hours=-3")
    out = typed("asset", "export", "csv")
    assert "'=HYPERLINK(1)" in out
    assert "p-1001" not in out
    typed("asset", "export", "csv", "-o", str(site / "out.csv"), "--personal")
    assert "p-1001" in (site / "out.csv").read_text()
    typed("asset", "import", str(site / "out.csv"))
    assert "Imported: nothing to change" in typed.err

    data = json.loads(typed("asset", "export", "json", "--kind", "laptop"))
    assert [each["asset"]["vendor"] for each in data["assets"]] == ["=HYPERLINK(1)"]
    typed("asset", "export", "csv", "-o", str(site / "no/where.csv"), status=64)


def test_one_asset_from_add_to_note(typed: Typed) -> None:
    typed("asset", "add", "tag=GV-7", "kind=projector", "bulb_hours=12")
    typed("asset", "edit", "GV-7", "room=14")
    assert "room: (empty) → 14" in typed.err
    typed("asset", "edit", "GV-7", "room=14")
    assert "nothing was changed" in typed.err
    typed("asset", "note", "GV-7", "bulb", "is", "dim")
    shown = typed("asset", "show", "gv-7")
    assert all(words in shown for words in ("projector", "room              14", "note: bulb is dim", "bulb hours"))
    assert typed("asset", "find", "projector", "14").startswith("\tGV-7\t")
    typed("asset", "find", "projector", "15", status=5)
    typed("asset", "edit", "GV-7", "roon=1", status=64)
    assert "did you mean room?" in typed.err
    typed("asset", "show", "GV-8", status=5)
    assert "Did you mean GV-7?" in typed.err
    assert "assigned_to" in typed("asset", "fields")
    assert json.loads(typed("asset", "fields", "--json"))["fields"][-1]["field"] == "bulb_hours"


@pytest.fixture
def used(site: Path) -> Path:
    """A site on which one machine was set up."""
    database = Database(None, site, "controller-1")
    now = datetime.now(UTC)
    database.record.begin(intent())
    database.record.saw("pc-1", LAPTOP, now, practice=False)
    database.record.finish_host(intent().run, verified("groups/staff"), now)
    database.record.finish(intent().run, verified().outcome, now)
    database.close()
    return site


def test_the_stable_json_of_show(typed: Typed, used: Path) -> None:
    data = json.loads(typed("asset", "show", "EX4711", "--json"))
    assert data["host"] == "pc-1"
    assert (data["asset"]["serial"], data["asset"]["tag"]) == ("EX4711", "")
    assert data["facts"]["cpu"] == "Example 9"
    assert [package["name"] for package in data["software"]] == ["bash", "vim"]
    assert [user["name"] for user in data["users"]] == ["tech"]
    [run_] = data["runs"]
    assert (run_["run"], run_["by"], run_["verb"], run_["commit"]) == (intent().run, "robin", "setup", "c0ffee")
    assert (run_["outcome"], run_["results"][0]["resource"]) == ("ok", "groups/staff")
    assert typed("asset", "show", "pc-1", "--software") == "bash\t5.2\nvim\t9.0\n"
    assert "last seen just now" in typed("asset", "show", "pc-1")


def test_runs_and_history_as_typed(typed: Typed, used: Path) -> None:
    assert typed("run", "list").split("\t")[0] == intent().run
    assert typed("run", "list", "--host", "EX4711", "--limit", "1").count("\n") == 1
    assert typed("run", "list", "--host", "pc-8") == ""
    assert json.loads(typed("run", "list", "--json"))["runs"][0]["outcome"] == "ok"
    assert "groups/staff  changed, verified" in typed("run", "show")
    assert json.loads(typed("run", "show", intent().run[:10], "--json"))["hosts"][0]["outcome"] == "ok"
    typed("run", "show", "nothing", status=5)
    assert "taken into the record" in typed("host", "history", "ex4711")
    assert len(json.loads(typed("host", "history", "pc-1", "--json"))["runs"]) == 1
    typed("host", "history", "pc-8", status=5)


def test_a_site_without_a_usable_record_says_so(typed: Typed, site: Path) -> None:
    (site / ".deskprov").mkdir()
    (site / ".deskprov/deskprov.db").write_bytes(b"Dear diary, " * 1000)
    typed("asset", "list", status=1)
    assert "not a database" in typed.err


def test_a_killed_setup_is_gone_on_with_as_it_was_typed(typed: Typed, site: Path) -> None:
    typed("run", "resume", status=5)
    assert "There is no setup or apply to continue" in typed.err
    (site / "profiles").mkdir()
    (site / "profiles/lab.yml").write_text("profile: lab\nplatform: linux\nfolders:\n  - path: /srv/lab\n")
    machine = "pc-1: {ansible_host: 127.0.0.1, ansible_port: 1, deskprov_profile: lab}"
    (site / "inventory_hosts/hosts.yml").write_text(f"all:\n  hosts:\n    {machine}\n")
    _a_setup_was_killed(site)

    typed("setup", "--resume", "pc-1", status=64)
    assert "takes nothing else" in typed.err
    typed("setup", "--resume", "--yes", status=4)  # nobody listens there
    assert "Going on with 20261124-120000-aaaaaa, the setup that robin began" in typed.err
    assert "pc-1  ! interrupted" in typed.err

    [newest, earlier] = json.loads(typed("run", "list", "--json"))["runs"]
    assert (newest["continues"], earlier["continues"]) == ("20261124-120000-aaaaaa", None)
    assert (earlier["state"], earlier["outcome"]) == ("interrupted", "interrupted")
    assert newest["asked"] == {"profile": "lab", "clean": True, "blind": [], "reset": [], "reboots": True}
    shown = typed("run", "show")
    assert "asked for  pc-1 --profile lab --clean" in shown
    assert "continues  20261124-120000-aaaaaa" in shown


def _a_setup_was_killed(site: Path) -> None:
    database = Database(None, site, platform.node())
    asked = Asked("lab", clean=True)
    database.record.begin(replace(intent(), controller=platform.node(), asked=asked))
    with database.transactions.writing() as connection:
        connection.execute(text("UPDATE runs SET process_birth = 'earlier'"))
    database.close()


def test_the_log_is_checked_against_a_head_that_was_noted(typed: Typed, site: Path) -> None:
    assert "nothing was changed yet" in typed("run", "verify-log")
    typed("asset", "import", str(site / "assets.csv"))
    head = json.loads(typed("run", "verify-log", "--json"))["head"]
    assert head.startswith("4-")
    typed("asset", "note", "GV-0042", "cracked screen")
    assert "The log is whole: 5 entries" in typed("run", "verify-log", head[:18])

    with sqlite3.connect(site / ".deskprov/deskprov.db") as connection:
        connection.execute("UPDATE asset_events SET by = 'somebody else' WHERE id = 2")
    connection.close()
    assert "Entry 4: the event 2 that it tells of was altered" in typed("run", "verify-log", head, status=1)
    typed("run", "verify-log", "yesterday", status=64)
    assert "stands at the end of every run" in typed.err


def test_a_backup_and_its_restoration_as_typed(site: Path) -> None:
    """Each in a process of its own: a record that this one had open would be in use."""

    def typed(*arguments: str, status: int = 0) -> str:
        command = [sys.executable, "-m", "deskprov", "-C", str(site), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    typed("asset", "import", str(site / "assets.csv"))
    assert "sound" in typed("db", "backup", str(site / "kept.db"))
    typed("asset", "add", "tag=T9")
    assert "Add --yes." in typed("db", "restore", str(site / "kept.db"), status=64)
    assert "The record of before is kept as" in typed("db", "restore", str(site / "kept.db"), "--yes")
    assert json.loads(typed("db", "info", "--json"))["rows"]["assets"] == 2
    typed("db", "restore", str(site / "nothing.db"), "--yes", status=64)
