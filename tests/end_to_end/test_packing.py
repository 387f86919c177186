"""The same changes by their native tasks on one machine, and packed on another: both end alike, and say the same."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from deskprov import open_site
from deskprov.formats.cases import Spec
from deskprov.model.plan import Action, Change, Difference
from deskprov.model.platform import Platform
from deskprov.model.playbook import Halt, PlaybookJob, TaskEvent
from deskprov.model.resource import Resource
from deskprov.model.result import ResourceResult, Status
from deskprov.model.source import Source
from deskprov.model.task import ResourceTasks
from deskprov.resources import BY_NAME, cases, on_platform
from deskprov.stages.execute import results, unpacked
from deskprov.stages.plan import ordered
from deskprov.stages.render import entries, packed, run_playbook
from tests.end_to_end.bench import Bench, bench_with

pytestmark = pytest.mark.practice

NATIVE, PACKED = "practice-1", "practice-2"
TYPES = ("groups", "folders", "files", "links")
SEEN = ("/srv", "/etc", "/opt", "/usr/local", "/home/ana")
OWN_TO_EACH = ["passwd-", "group-", "shadow-", "gshadow-", ".updated", "ld.so.cache"]
DEEP = "/srv/deep/down/here"
HOSTILE = "{{ 7 * 7 }} $(id) 'x' \" ñ 漢\n\ttab\r\nend"

Specs = Sequence[tuple[str, Spec]]

MORE: Specs = [
    ("folders", {"path": DEEP, "mode": "2751", "owner": "ana"}),
    ("files", {"path": f"{DEEP}/{{{{ x }}}} ñ", "content": HOSTILE, "mode": "4755", "owner": "ana", "group": "adm"}),
    ("files", {"path": f"{DEEP}/empty", "content": ""}),
    ("links", {"path": f"{DEEP}/up", "target": "../.."}),
]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Pair"]:
    with bench_with(tmp_path_factory.mktemp("site"), 2) as bench:
        for machine in (NATIVE, PACKED):
            bench.on(machine, "useradd", "--uid", "4100", "--create-home", "ana")
        yield Pair(bench)


class Pair:
    """Two machines that get the same, each in its way."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._site = open_site(str(bench.root))

    def both(self, changes: Sequence[Change]) -> list[ResourceResult]:
        """What became of each change; both machines say the same, and look the same."""
        made = _made(changes)
        together = packed(made)
        assert {entry.pack for entry in together} == {1}, "all of it is one pack"
        said: dict[str, list[ResourceResult]] = {}
        work = [
            threading.Thread(target=lambda n=name, e=form: said.update({n: self.run(n, e)}))
            for name, form in ((NATIVE, made), (PACKED, together))
        ]
        for each in work:
            each.start()
        for each in work:
            each.join()
        assert said[PACKED] == said[NATIVE]
        assert self.seen(PACKED) == self.seen(NATIVE)
        return said[PACKED]

    def on_both(self, script: str) -> None:
        for machine in (NATIVE, PACKED):
            self.bench.on(machine, "sh", "-euc", script)

    def seen(self, machine: str) -> list[str]:
        """Everything that is there, with rights, owners, targets and content, and the groups."""
        look = (
            f"find {' '.join(SEEN)} -xdev -printf '%y %m %U:%G %p -> %l\\n' | LC_ALL=C sort; getent group | sort; "
            "find /srv /etc/motd -type f -exec sha256sum {} + | LC_ALL=C sort"
        )
        lines = self.bench.on(machine, "sh", "-c", look).decode().splitlines()
        return [line for line in lines if not any(f"/{name} ->" in line for name in OWN_TO_EACH)]

    def run(self, name: str, made: Sequence[ResourceTasks]) -> list[ResourceResult]:
        host = self._site.inventory.read().hosts[name]
        events: list[TaskEvent] = []
        playbook = run_playbook(name, made, become=host.connection.user != "root", step_seconds=60)
        with self._site.locks.hold(name, "test", host.known_host) as lock:
            job = PlaybookJob(host, playbook.text)
            outcome = self._site.runner.run(
                job, lock, lambda event: events.extend(unpacked(made, event)), lambda: Halt.NO
            )
        return results(made, events, outcome)


def _made(changes: Sequence[Change]) -> list[ResourceTasks]:
    return entries(ordered(changes), lambda each: on_platform(BY_NAME[each.resource.type], Platform.LINUX).tasks(each))


def change(kind: str, spec: Spec, action: Action, differs: Mapping[str, tuple[Any, Any]] | None = None) -> Change:
    stated = {BY_NAME[kind].KEY: spec} if isinstance(spec, str) else spec
    options = BY_NAME[kind].Options(**stated)
    needs = BY_NAME[kind].needs(options)
    differences = [Difference(name, before, after, None) for name, (before, after) in (differs or {}).items()]
    made = Resource(kind, stated[BY_NAME[kind].KEY], options, Source("profiles/a.yml", 1), needs=needs)
    return Change(made, Action.DELETE if made.absent else action, differences)


def of_cases(wanted: Callable[[Change], bool], *actions: Action) -> list[Change]:
    """From the cases of the types, one change for each thing: those that can be packed and that are wanted."""
    found: dict[str, Change] = {}
    for kind in TYPES:
        known = cases(BY_NAME[kind])
        made = [change(kind, example.spec, Action.ENSURE) for example in known.examples]
        made += [change(kind, case.spec, case.action, case.differs) for case in known.tasks if case.action in actions]
        for each in made:
            tasks = on_platform(BY_NAME[kind], Platform.LINUX).tasks(each)
            if wanted(each) and all(task.item for task in tasks):
                found[each.resource.key] = each
    return list(found.values())


def made() -> list[Change]:
    return [
        *of_cases(lambda each: not each.resource.absent, Action.CREATE, Action.ENSURE),
        *(change(kind, spec, Action.CREATE) for kind, spec in MORE),
    ]


def test_made_found_again_corrected_and_removed(pair: Pair) -> None:
    assert {result.status for result in pair.both(made())} == {Status.CHANGED}
    before = pair.seen(PACKED)
    assert {result.status for result in pair.run(PACKED, packed(_made(made())))} == {Status.OK}
    assert pair.seen(PACKED) == before

    pair.on_both(
        f"chmod 0700 /srv/share; echo other > {DEEP}/empty; ln -sfn /nowhere /srv/hello; chown ana {DEEP}/up -h"
    )
    updates = [change(kind, spec, Action.ENSURE) for kind, spec in MORE]
    updates += of_cases(lambda each: each.action is Action.UPDATE, Action.UPDATE)
    found = {result.resource: result.status for result in pair.both(updates)}
    assert set(found.values()) == {Status.CHANGED, Status.OK}
    assert found[f"files/{DEEP}/empty"] is Status.CHANGED

    pair.on_both("mkdir -p '/srv/[old]' /srv/old/in; touch '/srv/what?.txt' /srv/old/in/it; groupadd summer-school")
    gone = of_cases(lambda each: each.resource.absent, Action.DELETE, Action.ENSURE)
    gone += [
        change(kind, {BY_NAME[kind].KEY: spec["path"], "state": "absent"}, Action.DELETE)
        for kind, spec in MORE
        if isinstance(spec, dict)
    ]
    assert {result.status for result in pair.both(gone)} == {Status.CHANGED, Status.OK}


def test_what_is_refused_stops_only_what_needs_it(pair: Pair) -> None:
    """Something of another kind is in the place of each first one; nobody has looked, so only the tasks can tell."""
    pair.on_both(
        "rm -rf /srv/*; touch /srv/a; mkdir -p /srv/b/x /srv/keep/full /srv/c; echo it > /srv/keep/link;"
        "mkfifo /srv/pipe; getent group taken || groupadd --gid 4321 taken"
    )
    wanted: Specs = [
        ("groups", {"name": "second", "gid": 4321}),
        ("groups", "third"),
        ("folders", "/srv/a"),
        ("folders", "/srv/a/below"),
        ("folders", {"path": "/srv/c/its", "group": "second"}),
        ("folders", {"path": "/srv/c/no-such-owner", "owner": "nobody-has-it"}),
        ("folders", "/srv/fine"),
        ("files", {"path": "/srv/a/below/file", "content": "x"}),
        ("files", {"path": "/srv/nowhere/file", "content": "x"}),
        ("files", {"path": "/srv/fine/file", "content": "x", "group": "third"}),
        ("links", {"path": "/srv/keep/link", "target": "/srv/fine"}),
        ("links", {"path": "/srv/b", "target": "/srv/fine"}),
        ("links", {"path": "/srv/fine/link", "target": "file"}),
        ("folders", {"path": "/srv/keep", "state": "absent"}),
        ("files", {"path": "/srv/pipe", "state": "absent"}),
        ("folders", {"path": "/srv/none", "state": "absent"}),
    ]
    found = {
        result.resource: result for result in pair.both([change(kind, spec, Action.ENSURE) for kind, spec in wanted])
    }
    by_status = {status: {key for key, each in found.items() if each.status is status} for status in Status}
    assert by_status[Status.SKIPPED] == {"folders//srv/a/below", "folders//srv/c/its", "files//srv/a/below/file"}
    assert by_status[Status.CHANGED] == {
        "groups/third",
        "folders//srv/fine",
        "files//srv/fine/file",
        "links//srv/fine/link",
    }
    assert by_status[Status.OK] == {"folders//srv/none"}
    assert len(by_status[Status.FAILED]) == 8
    assert found["groups/second"].reason == "exists"
    assert "needs folders//srv/a, which failed" in found["folders//srv/a/below"].message
