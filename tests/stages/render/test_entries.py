"""Changes become numbered entries: names that cannot act, needs that come before, tasks that their modules take."""

from collections.abc import Sequence

import pytest

from deskprov.formats.module_options import option_table
from deskprov.model.plan import Change
from deskprov.model.task import Task
from deskprov.stages.render import WrongTask, checked, entries
from tests.formats.hostile_texts import hostile_texts
from tests.stages.render.samples import change, entry, group, password

TABLE = option_table("2.19")


def _one_task(change: Change) -> Sequence[Task]:
    return [group()]


def test_entries_are_numbered_from_one_in_the_order_given() -> None:
    made = entries([change("groups", "staff"), change("users", "tech")], _one_task)
    assert [(e.number, e.resource) for e in made] == [(1, "groups/staff"), (2, "users/tech")]


def test_a_change_without_tasks_is_left_out() -> None:
    changes = [change("groups", "staff"), change("users", "tech", "groups/staff")]
    made = entries(changes, lambda c: [group()] if c.resource.type == "users" else [])
    assert [(e.number, e.resource, e.needs) for e in made] == [(1, "users/tech", [])]


def test_what_a_resource_needs_and_is_there_must_not_have_failed() -> None:
    changes = [
        change("groups", "a"),
        change("groups", "b"),
        change("users", "u", "groups/b", "groups/elsewhere", "groups/a"),
    ]
    assert [list(e.needs) for e in entries(changes, _one_task)] == [[], [], [1, 2]]


def test_what_was_needed_is_removed_only_when_the_rest_is_gone() -> None:
    changes = [change("users", "u", "groups/a", absent=True), change("groups", "a", absent=True)]
    assert [list(e.needs) for e in entries(changes, _one_task)] == [[], [1]]


def test_a_removal_does_not_hold_up_what_stays() -> None:
    changes = [change("users", "u", "groups/a"), change("groups", "a", absent=True)]
    assert [list(e.needs) for e in entries(changes, _one_task)] == [[], []]


@pytest.mark.parametrize("name", ["tech", "/etc/motd", "a b", "7zip", "libreoffice-l10n-es", "x.y_z"])
def test_a_harmless_name_is_shown(name: str) -> None:
    assert entries([change("things", name)], _one_task)[0].subject == name


@pytest.mark.parametrize("name", ["{{ a }}", "a\nb", "a:b", "é", "a  b", " a", "a ", "", "#a", "a%b", "x" * 81, "a\n"])
def test_any_other_name_is_not(name: str) -> None:
    assert entries([change("things", name)], _one_task)[0].subject == ""


def test_no_hostile_text_gets_into_a_subject() -> None:
    made = entries([change("things", text) for text in hostile_texts()], _one_task)
    assert not set("{}%#\\$`'\"\n;|&<>:*?!") & set("".join(e.subject for e in made))


def test_good_tasks_pass() -> None:
    checked([entry(1, group(), password())], [option_table("2.19"), option_table("2.21")])


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (Task("Create the group", "ansible.builtin.group", {"name": "a", "gidd": 1}), "gidd is no option"),
        (Task("Create the group", "ansible.builtin.group", {}), "name is missing"),
        (Task("create it", "ansible.builtin.group", {"name": "a"}), "phrase"),
        (Task("Create it", "ansible.builtin.group", {"name": "a"}, become_user="{{ it }}"), "become_user"),
        (Task("Create {{ it }}", "ansible.builtin.group", {"name": "a"}), "phrase"),
    ],
)
def test_a_wrong_task_is_named_with_its_type_and_option(task: Task, words: str) -> None:
    with pytest.raises(WrongTask, match=r"^things: .*" + words):
        checked([entry(1, group(), task)], [TABLE])
