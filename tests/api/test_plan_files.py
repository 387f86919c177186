"""A plan file is carried out exactly, or not at all: what has changed since is told, with both values."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from deskprov.api.applying import apply
from deskprov.api.plan_files import plan_and_write, request_of
from deskprov.api.running import Request
from deskprov.errors import DeskprovError
from deskprov.formats.plan_file import sealed
from deskprov.model.inventory import Connection, Host
from deskprov.model.problem import InvalidInput
from deskprov.model.result import HostResult, Outcome
from deskprov.testing import MemoryFiles, MemoryInventory
from tests.api.test_applying import Desk

NAME = "note.plan.json"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "pc-1", "pc-2")


def planned(desk: Desk, *hosts: str) -> bytes:
    """A plan file over these machines."""
    _, failed, text = plan_and_write(desk.site, Request(hosts or ("pc-1",)), desk.watcher)
    assert not failed
    return text.encode()


def applied(desk: Desk, data: bytes) -> list[HostResult]:
    request = request_of(desk.site, data, NAME)
    return list(apply(desk.site, request, desk.watcher, desk.approve, verb="apply").hosts)


def edited(data: bytes, edit: Callable[[dict[str, Any]], object]) -> bytes:
    """The file with a change that somebody made on purpose, who knows how its digest is made."""
    content = json.loads(data)
    del content["digest"]
    edit(content)
    return json.dumps(sealed(content)).encode()


def test_what_was_planned_is_done_and_the_run_says_whose_plan_it_was(desk: Desk) -> None:
    data = planned(desk)
    assert not desk.note.exists()
    [result] = applied(desk, data)
    assert (result.outcome, desk.note.read_text()) == (Outcome.OK, "hello")
    [run] = desk.site.history.runs(1)
    assert run.plan is not None
    assert (run.plan.digest, run.plan.by) == (json.loads(data)["digest"], "robin")


def test_the_file_has_all_that_plan_json_has_and_what_it_rests_on(desk: Desk) -> None:
    content = json.loads(planned(desk))
    assert (content["deskprov_plan"], content["site"], content["made_by"]) == (1, "Example school district", "robin")
    [host] = content["hosts"]
    assert {"host", "profile", "platform", "outcome", "changes", "counts"} <= host.keys()
    assert host["changes"][0]["action"] == "create"
    assert len(host["profile_hash"]) == 64
    assert host["inventory"]["address"] == "192.0.2.1"


@pytest.mark.parametrize("body", ["content: hello you", "content: hello\n    mode: '0600'"])
def test_a_profile_that_changed(desk: Desk, body: str) -> None:
    data = planned(desk)
    profile = f"profile: note\nplatform: linux\nfiles:\n  - path: {desk.note}\n    {body}\n"
    desk.site.files = MemoryFiles({"profiles/note.yml": profile})
    asked = len(desk.site.transport.asked)
    assert "the profile note, or a file that it ships, has changed" in _refused(desk, data)
    assert len(desk.site.transport.asked) == asked  # not even looked at


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (
            Host("pc-1", Connection("192.0.2.9", user="root"), profile="note"),
            "address was '192.0.2.1' and is '192.0.2.9'",
        ),
        (Host("pc-1", Connection("192.0.2.1", user="tech"), profile="note"), "user was 'root' and is 'tech'"),
        (
            Host("pc-1", Connection("192.0.2.1", user="root"), profile="note", known_host="ssh-ed25519 AAAA"),
            "host key was empty and is 'ssh-ed25519 AAAA'",
        ),
    ],
)
def test_an_inventory_that_changed(desk: Desk, now: Host, told: str) -> None:
    data = planned(desk)
    desk.site.inventory = MemoryInventory(now)
    assert told in _refused(desk, data)
    assert desk.site.transport.asked == ["pc-1"]  # when it was planned, and not again


def test_a_machine_where_somebody_was_faster(desk: Desk) -> None:
    data = planned(desk)
    desk.note.write_text("hello")
    assert f"files/{desk.note} was to be changed (create) and is right already" in _refused(desk, data)


def test_a_machine_that_is_otherwise_than_it_was(desk: Desk) -> None:
    data = planned(desk)
    desk.note.write_text("something else")
    assert f"files/{desk.note}: action was 'create' and is 'update'" in _refused(desk, data)
    assert desk.note.read_text() == "something else"


def test_a_machine_with_more_to_do_than_was_approved(desk: Desk) -> None:
    desk.note.write_text("hello")
    data = planned(desk)
    desk.note.write_text("spoiled")
    assert f"files/{desk.note} was right and is not any more (update)" in _refused(desk, data)


def test_another_machine_at_that_address(desk: Desk) -> None:
    data = edited(planned(desk), lambda plan: plan["hosts"][0]["machine"].update(machine_id="0f" * 16))
    assert f"its machine id was '{'0f' * 16}' and is" in _refused(desk, data)


def test_one_machine_that_changed_does_not_stop_the_other(desk: Desk) -> None:
    data = planned(desk, "pc-1", "pc-2")
    same, *_ = desk.site.inventory.read().hosts.values()
    moved = replace(same, connection=replace(same.connection, port=2222))
    desk.site.inventory = MemoryInventory(moved, replace(same, name="pc-2"))
    first, second = applied(desk, data)
    assert (first.outcome, second.outcome) == (Outcome.FAILED, Outcome.OK)


def test_nothing_of_the_file_is_carried_out(desk: Desk) -> None:
    def worse(plan: dict[str, Any]) -> None:
        plan["hosts"][0]["changes"][0]["after"] = {"path": "/etc/shadow"}

    message = _refused(desk, edited(planned(desk), worse))
    assert "after was" in message


def test_a_file_that_was_edited_or_cut_short(desk: Desk) -> None:
    data = planned(desk)
    for bad in (data.replace(b'"action": "create"', b'"action": "delete"'), data.replace(b"192.0.2.1", b"192.0.2.2")):
        assert bad != data
        with pytest.raises(InvalidInput) as told:
            request_of(desk.site, bad, NAME)
        assert "was altered, or cut short" in str(told.value.problems[0])


@pytest.mark.parametrize("days", [7.01, 400, -1])
def test_a_file_that_is_too_old_or_from_the_future(desk: Desk, days: float) -> None:
    data = planned(desk)
    desk.site.clock.forward(days * 86400)
    with pytest.raises(DeskprovError, match=r"days old; plans of this site are good for 7|in the future") as told:
        request_of(desk.site, data, NAME)
    assert "deskprov plan pc-1 -o note.plan.json" in told.value.hint


def test_a_file_of_another_site(desk: Desk) -> None:
    data = edited(planned(desk), lambda plan: plan.update(site="Another district"))
    with pytest.raises(DeskprovError, match="made for the site 'Another district'"):
        request_of(desk.site, data, NAME)


HOSTILE = [
    b"",
    b"\xff\xfe",
    b"null",
    b"[]",
    b'{"deskprov_plan": 2}',
    b'{"deskprov_plan": 1}',
    b'{"deskprov_plan": 1, "deskprov_plan": 1}',
    b'{"deskprov_plan": NaN}',
    b"[" * 200_000,
    b'{"a":' * 100_000,
    b'{"deskprov_plan": 1, "x": "' + b"y" * (9 * 2**20) + b'"}',
    b'{"deskprov_plan": ' + b"1" * 10_000 + b"}",
]


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_files_are_refused_in_words(desk: Desk, data: bytes) -> None:
    with pytest.raises(InvalidInput) as told:
        request_of(desk.site, data, NAME)
    assert all(str(problem).startswith(f"{NAME}:1:1: ") for problem in told.value.problems)
    assert all(len(str(problem)) < 500 for problem in told.value.problems)


def test_a_file_that_is_too_large_is_not_even_parsed(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as told:
        request_of(desk.site, b"[" * (9 * 2**20), NAME)
    assert "is larger than 8 MiB" in str(told.value.problems[0])


def test_every_mistake_of_a_file_is_told_at_once(desk: Desk) -> None:
    def wrong(plan: dict[str, Any]) -> None:
        plan["extra"] = 1
        plan["made_at"] = "yesterday"
        plan["hosts"][0]["inventory"] = {"port": 22}

    with pytest.raises(InvalidInput) as told:
        request_of(desk.site, edited(planned(desk), wrong), NAME)
    assert {problem.path for problem in told.value.problems} == {"extra", "made_at", "hosts[0].inventory.port"}


def _refused(desk: Desk, data: bytes) -> str:
    """What the one machine of the plan was told; nothing was changed on it."""
    [result] = applied(desk, data)
    assert (result.outcome, desk.site.runner.jobs) == (Outcome.FAILED, [])
    assert result.message.startswith("Nothing was changed: things are not as they were when robin made the plan.")
    assert "deskprov plan pc-1 -o" in result.hint
    return result.message
