"""Every place of the adapters that writes something in a run has a point at which tests kill it, or a reason for none.

What this can see is a call by a name that writes. A write by any other name would pass.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import deskprov.adapters

ROOT = Path(deskprov.adapters.__file__).parent

WRITES = frozenset(
    {"write_text", "write_bytes", "mkdir", "touch", "rename", "unlink", "rmtree", "symlink_to", "mkstemp", "mkdtemp"}
    | {"pwrite", "ftruncate", "Popen"}
)

NO_POINT = {
    "ansible/run_directory.py usual_bases": "a folder of this user's, for all time",
    "ansible/run_directory.py _claim": "killed before and after: folder-made, folder-claimed",
    "ansible/runner.py _furnish": "killed before and after: folder-claimed, folder-furnished",
    "ansible/runner.py _place": "killed before and after: folder-claimed, folder-furnished",
    "ansible/runner.py _ask_to_halt": "an empty file in a folder that is about to go",
    "feed_turns.py _write": "half a note is none, which only lets the next machine begin sooner",
    "file_server.py _identity": "a folder that goes at once, with a key that nobody can open",
    "locks.py lock_folder": "a folder of this user's, for all time",
    "locks.py _note": "killed before and after: lock-taken, lock-noted",
    "rewriting.py _rewrite": "a folder of the site's, for all time",
    "run_logs.py _handler": "help for people, of which nothing depends",
    "database/backup.py _unfinished": "no run: backups and restores are killed at any moment by tests of their own",
    "database/backup.py _make_folder": "no run: a folder of the site's, for all time",
    "database/backup.py _set_aside": "no run: see _unfinished",
    "database/backup.py _into_place": "no run: see _unfinished",
    "new_site.py write": "no run: makes a site",
    "escrow/key_store.py save": "no run: makes a site's keys",
    "ssh/key_pairs.py signed_by": "no run: takes machines in, by two files in a folder that goes at once",
    "login_key.py write_private": "no run: makes a site's keys",
}
"""Functions that write and have no point in them. Not in a run? Then say so here. Else: `adapters/fault_points.py`."""


def functions() -> Iterator[tuple[str, list[ast.Call]]]:
    """Every function of the adapters, with the calls in it."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                calls = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
                yield f"{path.relative_to(ROOT)} {node.name}", calls


def test_every_write_has_a_point_or_a_reason() -> None:
    pointless = set()
    for name, calls in functions():
        writes = any(isinstance(call.func, ast.Attribute) and _writes(call, call.func.attr) for call in calls)
        reaches = any(isinstance(call.func, ast.Name) and call.func.id == "reach" for call in calls)
        if writes and not reaches:
            pointless.add(name)
    assert pointless == set(NO_POINT), "see NO_POINT"


def test_the_record_is_written_through_one_door() -> None:
    """`Transactions.writing` has the points of every transaction; the tables alone are made beside it."""
    doors = {
        name
        for name, calls in functions()
        if name.startswith("database/")
        and any(isinstance(call.func, ast.Attribute) and call.func.attr == "begin" for call in calls)
    }
    assert doors == {
        "database/engine.py reading",
        "database/engine.py snapshot",  # reads, too
        "database/engine.py writing",
        "database/upgrade.py bring_up_to_date",
    }


def _writes(call: ast.Call, name: str) -> bool:
    """`open` writes when it may create; `replace` with one argument is that of a path, not of a text."""
    if name == "open":
        return any("O_CREAT" in ast.dump(argument) for argument in call.args)
    return name in WRITES or (name == "replace" and len(call.args) == 1 and not call.keywords)
