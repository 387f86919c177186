"""The same changes by their native tasks on one machine, and packed on another: both end alike, and say the same."""

from collections.abc import Iterator, Sequence

import pytest

from deskprov.formats.cases import Spec
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform
from deskprov.model.result import Status
from deskprov.resources import BY_NAME
from tests.end_to_end.bench import Bench, bench_with
from tests.end_to_end.twins import Twins

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


class Pair(Twins):
    """Two practice machines."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.root, Platform.LINUX, NATIVE, PACKED, self.seen)
        self._bench = bench

    def on_both(self, script: str) -> None:
        for machine in (NATIVE, PACKED):
            self._bench.on(machine, "sh", "-euc", script)

    def seen(self, machine: str) -> list[str]:
        """Everything that is there, with rights, owners, targets and content, and the groups."""
        look = (
            f"find {' '.join(SEEN)} -xdev -printf '%y %m %U:%G %p -> %l\\n' | LC_ALL=C sort; getent group | sort; "
            "find /srv /etc/motd -type f -exec sha256sum {} + | LC_ALL=C sort"
        )
        lines = self._bench.on(machine, "sh", "-c", look).decode().splitlines()
        return [line for line in lines if not any(f"/{name} ->" in line for name in OWN_TO_EACH)]


def made(pair: Pair) -> list[Change]:
    return [
        *pair.of_cases(TYPES, lambda each: not each.resource.absent, Action.CREATE, Action.ENSURE),
        *(pair.change(kind, spec, Action.CREATE) for kind, spec in MORE),
    ]


def test_made_found_again_corrected_and_removed(pair: Pair) -> None:
    assert {result.status for result in pair.both(made(pair))} == {Status.CHANGED}
    assert {result.status for result in pair.again(made(pair))} == {Status.OK}

    pair.on_both(
        f"chmod 0700 /srv/share; echo other > {DEEP}/empty; ln -sfn /nowhere /srv/hello; chown ana {DEEP}/up -h"
    )
    updates = [pair.change(kind, spec, Action.ENSURE) for kind, spec in MORE]
    updates += pair.of_cases(TYPES, lambda each: each.action is Action.UPDATE, Action.UPDATE)
    found = {result.resource: result.status for result in pair.both(updates)}
    assert set(found.values()) == {Status.CHANGED, Status.OK}
    assert found[f"files/{DEEP}/empty"] is Status.CHANGED

    pair.on_both("mkdir -p '/srv/[old]' /srv/old/in; touch '/srv/what?.txt' /srv/old/in/it; groupadd summer-school")
    gone = pair.of_cases(TYPES, lambda each: each.resource.absent, Action.DELETE, Action.ENSURE)
    gone += [
        pair.change(kind, {BY_NAME[kind].KEY: spec["path"], "state": "absent"}, Action.DELETE)
        for kind, spec in MORE
        if isinstance(spec, dict)
    ]
    assert {result.status for result in pair.both(gone)} == {Status.CHANGED, Status.OK}


def test_what_is_refused_stops_only_what_needs_it(pair: Pair) -> None:
    """Something of another kind is in the place of each first one; nobody has looked, so only the tasks can tell."""
    pair.on_both(
        "rm -rf /srv/*; touch /srv/a; mkdir -p /srv/b/x /srv/keep/full /srv/c; echo it > /srv/keep/link;"
        "mkdir /srv/disk; mount -t tmpfs -o size=64k full /srv/disk; cat /dev/zero > /srv/disk/ballast || true;"
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
        ("files", {"path": "/srv/disk/file", "content": "x"}),
        ("files", {"path": "/srv/fine/file", "content": "x", "group": "third"}),
        ("links", {"path": "/srv/keep/link", "target": "/srv/fine"}),
        ("links", {"path": "/srv/b", "target": "/srv/fine"}),
        ("links", {"path": "/srv/fine/link", "target": "file"}),
        ("folders", {"path": "/srv/keep", "state": "absent"}),
        ("files", {"path": "/srv/pipe", "state": "absent"}),
        ("folders", {"path": "/srv/none", "state": "absent"}),
    ]
    found = {
        result.resource: result
        for result in pair.both([pair.change(kind, spec, Action.ENSURE) for kind, spec in wanted])
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
    assert len(by_status[Status.FAILED]) == 9
    assert found["files//srv/disk/file"].reason == "no-space"
    assert found["groups/second"].reason == "exists"
    assert "needs folders//srv/a, which failed" in found["folders//srv/a/below"].message
