"""Row 19: whoever alters what was recorded is found out, and the first entry that is not kept is named."""

import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import insert

from deskprov.adapters.database.chain import COLUMNS, START, append, entry_hash
from deskprov.adapters.database.database import Database
from deskprov.adapters.database.documents import DOCUMENTS, EVENT, digests
from deskprov.adapters.database.schema import asset_events
from deskprov.model.escrow import NewSecret, Owner
from deskprov.model.history import AssetEvent, EventKind
from deskprov.model.log import LogCheck, LogHead, LogKind
from deskprov.model.ports.escrow import Escrow
from deskprov.model.secret import Value
from tests.adapters.database.conftest import CONTROLLER
from tests.adapters.database.samples import NOON, edit, new
from tests.adapters.database.test_escrow import seal_in
from tests.adapters.database.test_log import whole_run

RUNS = 12
TABLES = ("assets", "owned", "asset_events", "runs", "run_machines", "run_steps", "escrow", "log")
LEFT_OUT = {("assets", "last_seen")}
"""What changes with every look at a machine, and proves nothing."""


@dataclass(frozen=True)
class Bench:
    """A record of some weeks: its file, the head at its end, and copies of it from earlier."""

    file: Path
    head: LogHead
    earlier: list[Path]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("record")
    database = Database(None, folder, CONTROLLER)
    earlier = []
    [asset] = database.assets.save([new(host="lib-1", tag="T1", assigned_to="Example person")], NOON, "robin")
    kept_sealed = database.escrow(seal_in(folder / "keys"))
    for number in range(RUNS):
        whole_run(database, f"20261124-1200{number:02}-aaaaaa")
        [asset] = database.assets.save([edit(asset, room=f"R{number}")], NOON, "robin")
        database.assets.log(asset, AssetEvent(NOON, "robin", EventKind.NOTE, f"note {number}"))
        _keep_a_password(kept_sealed, number)
        earlier.append(folder / f"earlier-{number}.db")
        _copy(folder / ".deskprov/deskprov.db", earlier[-1])
    head = database.log.head()
    assert head is not None
    database.close()
    return Bench(folder / ".deskprov/deskprov.db", head, earlier[:-1])


def _keep_a_password(kept_sealed: Escrow, number: int) -> None:
    """One in force, one burned, one that waits for its proof."""
    owner = Owner("lib-1", f"users/tech-{number % 3}")
    new_one = kept_sealed.keep(NewSecret(owner, Value("fen-of-a-machine", f"m{number}")), NOON, "robin")
    if number % 2:
        kept_sealed.prove(new_one, NOON, "robin")


def test_an_untouched_record_is_whole(bench: Bench, tmp_path: Path) -> None:
    assert _check(bench.file, tmp_path, bench.head).ok


@pytest.mark.parametrize("count", [150, pytest.param(2000, marks=pytest.mark.soak)])
def test_every_alteration_is_found(bench: Bench, tmp_path: Path, count: int) -> None:
    chance = random.Random(19)
    kinds: list[Callable[[sqlite3.Connection, random.Random], str]] = [_flip, _flip, _delete, _insert, _swap]
    missed = []
    for number in range(count):
        copy = tmp_path / f"{number}.db"
        shutil.copyfile(bench.file, copy)
        told = _altered(copy, kinds[number % len(kinds)], chance)
        if _check(copy, tmp_path, bench.head).ok:
            missed.append(told)
        copy.unlink()
    assert missed == []


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.soak)])
def test_every_cut_of_the_end_is_found_by_a_head_that_was_noted(bench: Bench, tmp_path: Path, count: int) -> None:
    chance = random.Random(20)
    for _ in range(count):
        cut = chance.choice(bench.earlier)
        assert _check(cut, tmp_path, None).ok  # it was the whole truth once
        [flaw] = _check(cut, tmp_path, bench.head).flaws
        assert flaw.number == _entries(cut) + 1


def test_the_first_bad_entry_is_named(bench: Bench, tmp_path: Path) -> None:
    chance = random.Random(21)
    for _ in range(10):
        copy = tmp_path / "copy.db"
        shutil.copyfile(bench.file, copy)
        first, second = sorted(chance.sample(range(1, bench.head.number), 2))
        with sqlite3.connect(copy) as connection:
            connection.execute("UPDATE log SET digest = ? WHERE number IN (?, ?)", ("0" * 64, first, second))
        connection.close()
        assert _check(copy, tmp_path, bench.head).flaws[0].number == first


def test_a_log_that_was_computed_anew_is_found_by_a_head_that_was_noted(bench: Bench, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copyfile(bench.file, copy)
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE asset_events SET by = 'somebody else' WHERE id = 5")
    connection.close()
    _compute_anew(copy)
    assert _check(copy, tmp_path, None).ok  # all there is to see was made to fit
    flaws = _check(copy, tmp_path, bench.head).flaws
    assert [flaw.number for flaw in flaws] == [bench.head.number]


@pytest.mark.soak
def test_a_million_entries_are_checked_within_a_minute_of_work(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    database = Database(None, tmp_path, CONTROLLER)
    [asset] = database.assets.save([new(host="lib-1")], NOON, "robin")
    row = {"asset_id": asset.id, "at": NOON, "by": "robin", "kind": EventKind.NOTE, "detail": {"ticket": 4711}}
    for start in range(2, 1_000_000, 50_000):
        ids = range(start, start + 50_000)
        with database.transactions.writing() as connection:
            connection.execute(insert(asset_events), [{"id": n, "text": f"note {n}", **row} for n in ids])
            append(connection, EVENT, ids, LogKind.ASSET_EVENT, NOON)
    head = database.log.head()
    start = time.process_time()  # what else the computer does is not the check's
    check = database.log.check(head)
    seconds = time.process_time() - start
    record_property("seconds", round(seconds, 1))
    assert (check.ok, check.entries >= 1_000_000) == (True, True)
    assert seconds <= 60
    database.close()


def _check(file: Path, folder: Path, noted: LogHead | None) -> LogCheck:
    database = Database(f"sqlite:///{file}", folder, CONTROLLER)
    try:
        return database.log.check(noted)
    finally:
        database.close()


def _altered(file: Path, alter: Callable[[sqlite3.Connection, random.Random], str], chance: random.Random) -> str:
    """Alters the file, again where a constraint of the table refused it; says how."""
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        while True:
            try:
                return alter(connection, chance)
            except sqlite3.IntegrityError:
                continue
    finally:
        connection.close()


def _flip(connection: sqlite3.Connection, chance: random.Random) -> str:
    """One bit of one value, or something where nothing was."""
    table = chance.choice(TABLES)
    rowid = chance.choice([row for (row,) in connection.execute(f"SELECT rowid FROM {table}")])
    names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})") if (table, name) not in LEFT_OUT]
    name = chance.choice(names)
    [(before,)] = connection.execute(f'SELECT CAST("{name}" AS BLOB) FROM {table} WHERE rowid = ?', (rowid,))
    [(kind,)] = connection.execute(f'SELECT typeof("{name}") FROM {table} WHERE rowid = ?', (rowid,))
    after = bytearray(before or b"x")
    at = chance.randrange(len(after))
    after[at] ^= 1 << chance.randrange(8) if before else 0
    if kind == "integer":
        after = bytearray(str(int(before) ^ (1 << chance.randrange(12))).encode())
    wanted = {"integer": "INTEGER", "real": "REAL"}.get(kind, "TEXT")
    connection.execute(f'UPDATE {table} SET "{name}" = CAST(? AS {wanted}) WHERE rowid = ?', (bytes(after), rowid))
    now = connection.execute(f'SELECT CAST("{name}" AS BLOB) FROM {table} WHERE rowid = ?', (rowid,)).fetchall()
    if now == [(before,)]:
        raise sqlite3.IntegrityError("nothing was altered")
    return f"flip {table}.{name} of {rowid}: {before!r} to {now!r}"


def _delete(connection: sqlite3.Connection, chance: random.Random) -> str:
    table = chance.choice(TABLES)
    rowid = chance.choice([row for (row,) in connection.execute(f"SELECT rowid FROM {table}")])
    connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))
    return f"delete {table} {rowid}"


def _insert(connection: sqlite3.Connection, chance: random.Random) -> str:
    """A copy of a row under another number, its own names changed so that the table takes it."""
    table = chance.choice(TABLES)
    columns = [(name, kind) for _, name, kind, *_ in connection.execute(f"PRAGMA table_info({table})")]
    rows = connection.execute(f"SELECT * FROM {table}").fetchall()
    row = list(chance.choice(rows))
    for at, (name, _) in enumerate(columns):
        if name in ("id", "number"):
            row[at] = max(each[at] for each in rows) + chance.randrange(1, 4)
        elif name in ("host", "host_key", "tag_key", "tag", "key", "run", "resource") and row[at]:
            row[at] += "x"
    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    return f"insert {table}"


def _swap(connection: sqlite3.Connection, chance: random.Random) -> str:
    """Two rows change places."""
    table = chance.choice(TABLES)
    key = "number" if table == "log" else "id"
    keys = [row for (row,) in connection.execute(f"SELECT {key} FROM {table}")]
    if len(keys) < 2:
        raise sqlite3.IntegrityError("there is only one")
    one, other = chance.sample(keys, 2)
    for before, after in ((one, 10**9), (other, one), (10**9, other)):
        connection.execute(f"UPDATE {table} SET {key} = ? WHERE {key} = ?", (after, before))
    return f"swap {table} {one} and {other}"


def _compute_anew(file: Path) -> None:
    """Makes the whole log fit the rows, as somebody could who may write to the database and knows deskprov."""
    database = Database(f"sqlite:///{file}", file.parent, CONTROLLER)
    with database.transactions.reading() as connection:
        now = {(document.name, row): digest for document in DOCUMENTS for row, digest in digests(connection, document)}
    database.close()
    with sqlite3.connect(file) as raw:
        entries = raw.execute(f"SELECT {', '.join(COLUMNS)} FROM log ORDER BY number").fetchall()
        last = {(about, row): number for number, _, _, about, row, *_ in entries}
        previous = START
        for number, at, kind, about, row, digest, *_ in entries:
            digest = now[about, row] if last[about, row] == number else digest
            made = entry_hash((number, at, kind, about, row, digest, previous))
            raw.execute(
                "UPDATE log SET digest = ?, previous = ?, hash = ? WHERE number = ?", (digest, previous, made, number)
            )
            previous = made
    raw.close()


def _entries(file: Path) -> int:
    connection = sqlite3.connect(file)
    [(count,)] = connection.execute("SELECT count(*) FROM log")
    connection.close()
    return int(count)


def _copy(file: Path, to: Path) -> None:
    source, target = sqlite3.connect(file), sqlite3.connect(to)
    source.backup(target)
    source.close()
    target.close()
