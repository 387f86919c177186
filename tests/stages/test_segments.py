"""Where a machine's work is split: at reboots, and before what can cut us off."""

from collections.abc import Mapping, Sequence

import pytest

from deskprov.model.plan import Action, Change, Reboot
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.result import ResourceResult, Status
from deskprov.model.source import Source
from deskprov.stages.segments import held_back, segments

LINE = Source("profiles/a.yml", 7)


def change(name: str, *needs: str, absent: bool = False) -> Change:
    options = ResourceOptions(state="absent" if absent else "present")
    keys = [f"files/{need}" for need in needs]
    action = Action.DELETE if absent else Action.CREATE
    return Change(Resource("files", name, options, LINE, needs=keys), action)


def split(changes: Sequence[Change], guarded: str = "", pending: Sequence[str] = (), **reboots: Reboot) -> list[str]:
    """Each segment as text: names, then `!` or `?` for a certain or possible reboot, in brackets when guarded."""
    made = segments(
        changes,
        lambda change: reboots.get(change.resource.name, Reboot.NO),
        lambda change: "sshd" if change.resource.name in guarded.split() else "",
        pending,
    )
    marks = {Reboot.NO: "", Reboot.MAYBE: "?", Reboot.YES: "!"}
    texts = ["".join(change.resource.name for change in segment.changes) + marks[segment.reboot] for segment in made]
    return [f"({text})" if segment.guards else text for text, segment in zip(texts, made, strict=True)]


@pytest.mark.parametrize(
    ("changes", "reboots", "expected"),
    [
        ([change("a"), change("b")], {}, ["ab"]),
        ([], {}, []),
        ([change("a"), change("b", "a"), change("c")], {"a": Reboot.YES}, ["ac!", "b"]),
        ([change("a"), change("b", "a"), change("c", "b")], {"a": Reboot.YES, "b": Reboot.YES}, ["a!", "b!", "c"]),
        ([change("a"), change("b"), change("c", "a", "b")], {"a": Reboot.YES, "b": Reboot.YES}, ["ab!", "c"]),
        ([change("a"), change("b", "a")], {"a": Reboot.MAYBE}, ["ab?"]),
        ([change("a"), change("b")], {"a": Reboot.MAYBE, "b": Reboot.YES}, ["ab!"]),
    ],
)
def test_only_what_needs_a_rebooted_machine_comes_after_the_reboot(
    changes: Sequence[Change], reboots: Mapping[str, Reboot], expected: list[str]
) -> None:
    assert split(changes, **reboots) == expected


def test_of_removals_what_others_needed_goes_last() -> None:
    removals = [change("user", "group", absent=True), change("group", absent=True)]
    assert split(removals, user=Reboot.YES) == ["user!", "group"]


def test_our_own_way_in_comes_last_but_for_what_needs_it() -> None:
    changes = [change("s"), change("a"), change("b", "s"), change("c", "b"), change("k")]
    assert split(changes, guarded="s k") == ["a", "(sk)", "bc"]
    assert split(changes, guarded="s k", a=Reboot.YES, s=Reboot.YES) == ["a!", "(sk!)", "bc"]


def test_a_reboot_that_was_left_to_do_comes_first() -> None:
    assert split([change("a")], pending=["files/x"]) == ["!", "a"]
    assert split([], pending=["files/x"]) == ["!"]
    [first] = segments([], lambda change: Reboot.NO, lambda change: "", ["files/x"])
    assert first.because == ["files/x"]


def result(name: str, status: Status) -> ResourceResult:
    return ResourceResult(f"files/{name}", status)


@pytest.mark.parametrize("status", [Status.FAILED, Status.SKIPPED, Status.UNKNOWN])
def test_what_needs_something_that_was_not_made_is_skipped_in_a_later_segment_too(status: Status) -> None:
    later = [change("b", "a"), change("c", "b"), change("d")]
    back = held_back(later, {"files/a": result("a", status)})
    assert [(each.resource, each.status) for each in back] == [
        ("files/b", Status.SKIPPED),
        ("files/c", Status.SKIPPED),
    ]
    assert "because it needs files/a" in back[0].message


def test_what_needs_something_that_waits_for_a_reboot_waits() -> None:
    back = held_back([change("b", "a"), change("c", "b"), change("d")], {}, {"files/a"})
    assert [(each.resource, each.status) for each in back] == [
        ("files/b", Status.WAITING),
        ("files/c", Status.WAITING),
    ]
