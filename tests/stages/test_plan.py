"""Desired against observed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from deskprov.model.facts import Noted, Sight
from deskprov.model.plan import Action
from deskprov.model.platform import Platform
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.resource_type import no_needs, no_preview
from deskprov.model.source import Source
from deskprov.model.want import AtLeast, Exactly, Includes, SameIgnoringCase
from deskprov.stages.plan import ordered, plan_resource, satisfied


class LampOptions(ResourceOptions):
    name: str


@dataclass(frozen=True)
class Lamps:
    """A type of things that exists nowhere else."""

    wanted: Mapping[str, Any]
    UNOBSERVABLE: frozenset[str] = frozenset()
    NAME: str = "lamps"
    KEY: str = "name"
    Options: type[ResourceOptions] = LampOptions
    PLATFORMS: frozenset[Platform] = frozenset({Platform.LINUX})
    needs = staticmethod(no_needs)
    preview = staticmethod(no_preview)

    def desired(self, options: Any) -> Mapping[str, Any]:
        return self.wanted


LINE = Source("profiles/a.yml", 7)


def lamp(name: str = "desk", state: str = "present") -> Resource:
    return Resource("lamps", name, LampOptions(name=name, state=state), LINE, {"watts": LINE})  # type: ignore[arg-type]  # a wrong state is a test's business


def test_equal_is_nothing_to_do() -> None:
    change = plan_resource(lamp(), {"watts": 5, "colour": "red"}, Lamps({"watts": 5}))
    assert (change.action, list(change.differences)) == (Action.NONE, [])


@pytest.mark.parametrize("seen", [{"watts": 5}, {"watts": 6}, Sight.ABSENT, Sight.NOT_REPORTED])
def test_what_was_left_alone_is_told_beside_what_was_seen(seen: Any) -> None:
    lamps = Lamps({"watts": 5})
    change = plan_resource(lamp(), Noted(seen, "the one in the attic"), lamps)
    assert change.note == "the one in the attic"
    assert replace(change, note="") == plan_resource(lamp(), seen, lamps)


def test_a_difference_names_option_values_and_line() -> None:
    change = plan_resource(lamp(), {"watts": 5}, Lamps({"watts": 7}))
    [difference] = change.differences
    assert change.action is Action.UPDATE
    assert (difference.option, difference.before, difference.after, difference.source) == ("watts", 5, 7, LINE)


def test_absent_things_are_created_with_all_that_is_wanted() -> None:
    change = plan_resource(lamp(), Sight.ABSENT, Lamps({"watts": 7, "key": "x"}, UNOBSERVABLE=frozenset({"key"})))
    assert change.action is Action.CREATE
    assert [d.option for d in change.differences] == ["watts"]
    assert change.written == {"key"}


def test_an_unobservable_option_never_causes_a_change() -> None:
    lamps = Lamps({"watts": 5, "key": "x"}, UNOBSERVABLE=frozenset({"key"}))
    assert plan_resource(lamp(), {"watts": 5}, lamps).action is Action.NONE


@pytest.mark.parametrize(
    ("state", "observation", "action"),
    [
        ("absent", Sight.ABSENT, Action.NONE),
        ("absent", {"watts": 5}, Action.DELETE),
        ("absent", Sight.NO_PROBE, Action.ENSURE),
        ("absent", Sight.NOT_REPORTED, Action.UNKNOWN),
        ("present", Sight.NO_PROBE, Action.ENSURE),
        ("present", Sight.NOT_REPORTED, Action.UNKNOWN),
        ("present", {"watts": Sight.NOT_REPORTED}, Action.UNKNOWN),
        ("present", {}, Action.UNKNOWN),
    ],
)
def test_what_cannot_be_seen_is_never_called_right(state: str, observation: Any, action: Action) -> None:
    assert plan_resource(lamp(state=state), observation, Lamps({"watts": 7})).action is action


@pytest.mark.parametrize(
    ("wanted", "observed", "good"),
    [
        (Includes(frozenset("ab")), frozenset("abc"), True),
        (Includes(frozenset("ab")), frozenset("a"), False),
        (Exactly(frozenset("ab")), frozenset("ba"), True),
        (Exactly(frozenset("ab")), frozenset("abc"), False),
        (Exactly(frozenset()), None, False),
        (AtLeast(3), 3, True),
        (AtLeast(3), 2, False),
        (AtLeast(1), True, False),
        (SameIgnoringCase("Büro"), "BÜRO", True),
        (SameIgnoringCase("a"), None, False),
        (1, True, False),
        ("1", 1, False),
        (None, None, True),
    ],
)
def test_comparators(wanted: Any, observed: Any, good: bool) -> None:
    assert satisfied(wanted, observed) is good


def test_removals_come_last_and_in_reverse() -> None:
    lamps = Lamps({})
    resources = [lamp("a"), lamp("b", "absent"), lamp("c"), lamp("d", "absent")]
    changes = ordered([plan_resource(r, {}, lamps) for r in resources])
    assert [c.resource.name for c in changes] == ["a", "c", "d", "b"]


def test_what_people_have_an_order_for_is_shown_in_it() -> None:
    week = Exactly(frozenset({"friday", "monday", "tuesday"}), order=("monday", "tuesday", "friday"))
    change = plan_resource(lamp(), {"days": frozenset({"friday", "monday", "holiday"})}, Lamps({"days": week}))
    [days] = change.differences
    assert (days.before, days.after) == (["monday", "friday", "holiday"], ["monday", "tuesday", "friday"])
