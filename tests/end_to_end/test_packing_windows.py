"""The same changes by their native tasks on one practice PC, and packed on another: both end alike, and say the same.

A practice PC applies an item by the model of the module that it stands for, so this shows that items say what their
native tasks say, and that what comes of them is taken apart rightly. What the script does, tests/powershell shows.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
import yaml

from deskprov.formats.own_script import WIN_POWERSHELL
from deskprov.formats.windows_access import needs_of
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform
from deskprov.model.result import Status
from deskprov.model.task import ShippedFile, Task
from deskprov.practice.windows.pack import MODULES, SCRIPTS, as_arguments
from deskprov.resources import TYPES
from tests.end_to_end.bench import Bench
from tests.end_to_end.twins import Twins

pytestmark = pytest.mark.ansible

NATIVE, PACKED = "practice-pc-1", "practice-pc-2"
ON_WINDOWS = [each.NAME for each in TYPES if Platform.WINDOWS in each.PLATFORMS]
COMPARED = ("registry", "profiles", "environment", "services", "files")
"""Of the state of a PC; the rest has its name, or identities that no two have in common."""

ANSIBLES_OWN = "c:\\users\\deskprov"
"""Below it is where Ansible puts what it transfers."""

SID = "S-1-5-21-1004336348-1177238915-682003330-1002"
HOSTILE = "{{ 7 * 7 }} $(id) `x` 'y' \" ñ 漢 %TEMP%"
KEY = "HKLM\\SOFTWARE\\Example"


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    bench = Bench(tmp_path_factory.mktemp("site"))

    def seen(name: str) -> Any:
        state = json.loads((bench.root / f".deskprov/practice/windows/{name}/state.json").read_text())
        state["files"] = {path: there for path, there in state["files"].items() if not path.startswith(ANSIBLES_OWN)}
        return {part: content for part, content in state.items() if part in COMPARED}

    try:
        bench.run("practice", "start", "windows", "--count", "2")
        yield Twins(bench.root, Platform.WINDOWS, NATIVE, PACKED, seen)
    finally:
        bench.run("practice", "stop")


def of_people(twins: Twins, change: Change) -> bool:
    """Whether it is made in the registries of people, by a script of their own."""
    return any(task.item and "who" in task.item.data for task in twins.tasks(change))


def put(twins: Twins, table: str, rows: Mapping[str, Any]) -> None:
    """Writes rows into a table of the state of both."""
    for name in (NATIVE, PACKED):
        file = twins.root / f".deskprov/practice/windows/{name}/state.json"
        kept = json.loads(file.read_text())
        kept[table] |= rows
        file.write_text(json.dumps(kept))


def test_values_of_people_are_made_found_again_and_removed(twins: Twins) -> None:
    put(twins, "profiles", {SID: {"name": "Luis Peña", "registry": {}}})
    made = twins.of_cases(["registry"], lambda each: of_people(twins, each) and not each.resource.absent, *Action)
    made.append(twins.change("registry", {"value": "every-user\\Console\\(Default)", "data": HOSTILE}, Action.CREATE))
    assert {result.status for result in twins.both(made)} == {Status.CHANGED}
    assert {result.status for result in twins.again(made)} == {Status.OK}
    gone = [twins.change("registry", {"value": one.resource.name, "state": "absent"}, Action.DELETE) for one in made]
    assert {result.status for result in twins.both(gone)} == {Status.CHANGED}


def test_made_found_again_corrected_refused_and_removed(twins: Twins) -> None:
    def of_the_computer(change: Change) -> bool:
        return not change.resource.absent and not of_people(twins, change)

    made = twins.of_cases(ON_WINDOWS, of_the_computer, Action.CREATE, Action.ENSURE)
    largest = {"value": f"{KEY}\\Deep\\Down\\Number", "data": 2**63 - 1, "type": "qword"}
    made += [
        twins.change("registry", {"value": f"{KEY}\\A; $(name) 'x'", "data": HOSTILE}, Action.CREATE),
        twins.change("registry", largest, Action.CREATE),
        twins.change("registry", {"value": f"{KEY}\\Bytes", "data": "00ff", "type": "binary"}, Action.CREATE),
        twins.change("environment", {"name": "EXAMPLE", "value": HOSTILE}, Action.CREATE),
    ]
    keys = [key for each in made for key in needs_of(getattr(each.resource.options, "access", None))]
    groups = [key.removeprefix("groups/") for key in keys if key.startswith("groups/")]
    put(twins, "groups", {who.lower(): {"name": who, "sid": f"S-1-5-21-1-2-3-{n}"} for n, who in enumerate(groups)})
    files = [each.resource.name for each in made if each.resource.type == "files"]
    settings = [each.resource.options.place.path for each in made if each.resource.type == "file_settings"]
    above = {str(PureWindowsPath(path).parent) for path in (*files, *settings)} - {"C:\\"}
    folders = [twins.change("folders", path, Action.CREATE) for path in sorted(above)]
    made = [*folders, *(each for each in made if each.resource.key not in {one.resource.key for one in folders})]
    assert [result for result in twins.both(made) if result.status is not Status.CHANGED] == []
    assert {result.status for result in twins.again(made)} == {Status.OK}

    loud = {"name": "EXAMPLE", "value": HOSTILE.upper()}
    other = [
        twins.change("registry", {"value": f"{KEY}\\Bytes", "data": 7}, Action.UPDATE),
        twins.change("registry", largest, Action.ENSURE),
        twins.change("environment", loud, Action.UPDATE, {"value": (HOSTILE, HOSTILE.upper())}),
        twins.change("environment", {"name": "EMPTY", "value": "x"}, Action.CREATE),
    ]
    found = [result.status for result in twins.both(other)]
    assert found == [Status.CHANGED, Status.OK, Status.CHANGED, Status.CHANGED]

    named = {"registry": "value", "environment": "name", "files": "path", "folders": "path"}
    gone = {
        each.resource.key: twins.change(kind, {named[kind]: each.resource.name, "state": "absent"}, Action.DELETE)
        for each in [*made, *other]
        if (kind := each.resource.type) in named
        # the file of a setting stays, and with it the folders that it is in
        and not any(path.startswith(each.resource.name) for path in settings)
    }
    assert [result for result in twins.both(list(gone.values())) if result.status is not Status.CHANGED] == []


def test_an_item_is_what_its_native_task_says(tmp_path: Path) -> None:
    """Of every task in the cases of every type: the option by option same, whatever the model makes of it."""
    twins = Twins(tmp_path, Platform.WINDOWS, NATIVE, PACKED, str)
    compared = 0
    for each in twins.of_cases(ON_WINDOWS, lambda _: True, *Action):
        for task in twins.tasks(each):
            assert task.item is not None
            if of_people(twins, each):
                assert task.arguments["parameters"] == {"Only": task.item.data}
                continue
            kind = task.item.data["kind"]
            assert (WIN_POWERSHELL if kind in SCRIPTS else MODULES[kind]) == task.module
            assert as_arguments(task.item.data) == inlined(task, each)
            compared += 1
    assert compared > 20


def inlined(task: Task, change: Change) -> Mapping[str, Any]:
    """The arguments, with the content of a file of the site instead of the file."""
    if not isinstance(task.arguments.get("src"), ShippedFile):
        return task.arguments
    rest = {name: value for name, value in task.arguments.items() if name != "src"}
    return {**rest, "content": change.resource.options.text}


def test_a_look_is_one_round_trip_and_sixty_changes_are_few_runs(tmp_path: Path) -> None:
    """What docs/benchmarks.md says, without a clock."""
    bench = Bench(tmp_path)
    profile = {
        "registry": [{"value": f"{KEY}\\Value{n:02}", "data": n} for n in range(40)],
        "environment": [{"name": f"EXAMPLE_{n:02}", "value": f"value {n}"} for n in range(16)],
        "services": [{"name": f"Example{n}", "startup": "disabled", "path": "C:\\a.exe"} for n in range(4)],
    }
    body = "".join(f"{kind}: {json.dumps(entries)}\n" for kind, entries in profile.items())
    bench.write("profiles/pc.yml", f"profile: pc\nplatform: windows\n{body}")
    journal = bench.root / f".deskprov/practice/windows/{NATIVE}/journal.jsonl"

    def told(what: str) -> int:
        return sum(json.loads(line)["what"] == what for line in journal.read_text().splitlines())

    try:
        bench.run("practice", "start", "windows", "--profile", "pc")
        bench.run("render", "pc", "-o", str(tmp_path / "rendered"))
        bench.run("setup", NATIVE, "--yes")
        [play] = yaml.safe_load((tmp_path / "rendered/pc.yml").read_text())
        assert len(play["tasks"]) == 60
        assert told("module") <= 60 / 4
        before = {what: told(what) for what in ("asked", "logon", "module", "script")}
        bench.run("verify", NATIVE)
        after = {what: told(what) - count for what, count in before.items()}
        assert after == {"asked": 1, "logon": 1, "module": 0, "script": 0}
    finally:
        bench.run("practice", "stop")
