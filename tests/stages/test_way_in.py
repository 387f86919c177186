"""A plan that removes deskprov's own way in is refused."""

import pytest

from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.source import Source
from deskprov.stages.way_in import removals_of_way_in

ABSENT = ResourceOptions(state="absent")
LINE = Source("profiles/a.yml", 7)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("users", "deskprov"),
        ("groups", "sudo"),
        ("software", "openssh-server"),
        ("software", "python3"),
        ("files", "/etc/sudoers.d/deskprov"),
        ("folders", "/etc/ssh"),
    ],
)
def test_removing_it_is_a_problem_with_its_place(kind: str, name: str) -> None:
    [problem] = removals_of_way_in([Resource(kind, name, ABSENT, LINE)], "deskprov")
    assert (problem.rule, problem.source) == ("removes-way-in", LINE)
    assert removals_of_way_in([Resource(kind, name, ResourceOptions(), LINE)], "deskprov") == []


@pytest.mark.parametrize(("kind", "name"), [("users", "pupil"), ("files", "/etc/sshrc"), ("software", "tree")])
def test_removing_other_things_is_none(kind: str, name: str) -> None:
    assert removals_of_way_in([Resource(kind, name, ABSENT, LINE)], "deskprov") == []
