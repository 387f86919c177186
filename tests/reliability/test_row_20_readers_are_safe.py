"""Row 20: what a machine, a file or a person has put in attacks nobody who reads it.

Every presenter there is gets values in which every text is hostile; tables are read by a spreadsheet's rules; and a
machine that answers with fifty megabytes costs neither memory nor the record.
"""

import csv
import hashlib
import importlib
import inspect
import io
import json
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import deskprov.presenters
from deskprov.adapters.ansible.events import MESSAGE_LIMIT, cleaned, task_event
from deskprov.formats.asset_csv import read_assets, write_assets
from deskprov.model.asset import Asset, fields_with
from deskprov.model.history import AssetEvent, EventKind
from deskprov.presenters.asset_detail import event_line
from deskprov.presenters.assets import export_csv
from deskprov.presenters.safe_console import SafeConsole
from tests.reliability.hostile_values import HOSTILE, arguments_of

WIDTHS = (40, 80, 4000)

NOT_ASKED = {
    "assets.exported_fields": "gives no text, but the fields that others show",
    "machines.show_plans": "shows what plan_view makes",
    "progress.progress": "is given a terminal; tests/presenters/test_results.py feeds it",
}


def presenters() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of every presenter, by name."""
    for module in pkgutil.iter_modules(deskprov.presenters.__path__):
        found = importlib.import_module(f"deskprov.presenters.{module.name}")
        for name, function in inspect.getmembers(found, inspect.isfunction):
            if function.__module__ == found.__name__ and not name.startswith("_"):
                yield f"{module.name}.{name}", function


PRESENTERS = {name: function for name, function in presenters() if name not in NOT_ASKED}


def test_presenters_are_found() -> None:
    assert len(PRESENTERS) > 50
    assert set(NOT_ASKED) <= {name for name, _ in presenters()}


@pytest.mark.parametrize("name", PRESENTERS)
def test_nothing_hostile_reaches_a_terminal_or_a_program(name: str) -> None:
    arguments = arguments_of(PRESENTERS[name])
    made = PRESENTERS[name](**arguments)
    if isinstance(made, Mapping):
        _is_plain_json(made)
    elif name.endswith(("_csv", "_json")):
        assert HOSTILE not in made
    else:
        for shown in made if isinstance(made, list) else [made]:
            _is_harmless(shown)


def _is_plain_json(made: Mapping[str, Any]) -> None:
    text = json.dumps(made)
    assert text.isascii()
    assert text.isprintable()
    assert json.loads(text)


def _is_harmless(shown: Any) -> None:
    for width in WIDTHS:
        console = SafeConsole(width=width, force_terminal=False, file=io.StringIO())
        with console.capture() as capture:
            console.print(shown)
        bad = [character for character in capture.get() if not character.isprintable() and character != "\n"]
        assert not bad, ascii(capture.get())


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_can_be_told(kind: EventKind) -> None:
    detail = {"act": HOSTILE, "key": HOSTILE} if kind is EventKind.SECRET else {HOSTILE: [HOSTILE, HOSTILE]}
    _is_harmless(event_line(AssetEvent(datetime(2026, 11, 24, tzinfo=UTC), HOSTILE, kind, HOSTILE, detail), UTC))


# --- tables --------------------------------------------------------------------------------------------------------

FORMULAS = (
    *(
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\0=1",
        "'=1",
        "''=1",
        '=HYPERLINK("http://x","a")',
        "=cmd|' /C calc'!A0",
    ),
    *(
        "a;=1+1",
        "a\t=1+1",
        "a,=1+1",
        "a\n=1+1",
        "a\r\n+1",
        'a"=1',
        ";=1",
        ",@x",
        "\n-1",
        "=",
        "@",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
    ),
)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_an_export_is_a_formula(formula: str, separator: str) -> None:
    """However a spreadsheet splits the lines, and whatever it thinks of quotes: no cell begins like a formula."""
    asset = Asset(host="lab-01", maker=formula, model=formula, site_fields={"bulb_hours": formula})
    text = export_csv([asset], fields_with({"bulb_hours": "text"}))
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=quoting):
            assert not [cell for cell in row if cell.strip('"').startswith(STARTERS)]


STARTERS = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_is_exported_is_imported_again(formula: str) -> None:
    fields = fields_with({"bulb_hours": "text"})
    text = write_assets([Asset(host="lab-01", site_fields={"bulb_hours": formula})], fields)
    rows, problems = read_assets(text.encode(), "a.csv", fields)
    meant = formula.strip()
    assert bool(problems) != meant.isprintable()
    assert [row.values["bulb_hours"] for row in rows] == ([] if problems else [meant])


# --- fifty megabytes ------------------------------------------------------------------------------------------------


def _flood(size: int) -> Any:
    command = [sys.executable, "-m", "tests.reliability.fifty_megabytes", str(size)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[2])
    found = json.loads(done.stdout)
    assert found["end"] == "completed"
    assert found["told"]["002 Next"][0] == "changed"
    assert found["peak"] < 200  # MiB
    return found["told"]["001 Flood"][1]


@pytest.mark.sshd
@pytest.mark.ansible
def test_a_long_answer_is_cut_off_and_its_hash_is_kept() -> None:
    """In a process of its own, whose memory is looked at; the machine is a real OpenSSH server, Ansible is real."""
    result = {"res": {"msg": "x" * 100_000}, "host": "pc-1", "task": "001 Flood"}
    event = task_event({"event": "runner_on_failed", "data": result}, [])
    assert event is not None
    assert event.message.startswith("x" * MESSAGE_LIMIT + "\n… cut off here: ")
    assert len(event.message) < MESSAGE_LIMIT + 200
    said = cleaned("y" * 100_000, [])
    assert said.endswith(f"100000 characters in all, SHA-256 {hashlib.sha256(b'y' * 100_000).hexdigest()}")
    assert _flood(2_000_000) == "What the machine answered is too large to be kept."


@pytest.mark.soak
@pytest.mark.sshd
@pytest.mark.ansible
@pytest.mark.timeout(1800)
def test_fifty_megabytes_cost_neither_memory_nor_the_record() -> None:
    assert _flood(50 * 1024 * 1024) == "What the machine answered is too large to be kept."
