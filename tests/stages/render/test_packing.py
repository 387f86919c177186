"""Which changes are made in one run of a module, and what becomes of the others."""

from collections.abc import Sequence
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from deskprov.formats.module_options import option_table, supported_releases
from deskprov.formats.posix_pack import item
from deskprov.formats.windows_pack import item as windows_item
from deskprov.model.packing import Item
from deskprov.model.secret import SecretText
from deskprov.model.task import ResourceTasks, ShippedFile, Task
from deskprov.stages.render import Origin, WrongTask, checked, packed, run_playbook, stand_alone_playbook
from deskprov.stages.render.packing import LARGEST_ITEM, MOST_CHARACTERS, MOST_ITEMS
from tests.stages.render.samples import HASH, entry, group, password

FAILED = "deskprov_failed | default([])"


def folder(path: str = "/srv/a") -> Task:
    arguments = {"path": path, "state": "directory"}
    return Task("Make the folder", "ansible.builtin.file", arguments, item=item("folder", path=path))


def packs(entries: Sequence[ResourceTasks]) -> list[int]:
    return [each.pack for each in packed(entries)]


def test_neighbours_that_can_be_packed_are() -> None:
    assert packs([entry(1, folder()), entry(2, folder(), folder()), entry(3, group()), entry(4, folder())]) == [
        1,
        1,
        0,
        0,
    ]
    assert packs([entry(1, group()), entry(2, folder()), entry(3, folder())]) == [0, 2, 2]


def test_only_what_one_module_makes_is_packed_together() -> None:
    other = replace(folder(), item=windows_item("registry"))
    assert packs([entry(1, folder()), entry(2, folder()), entry(3, other), entry(4, other)]) == [1, 1, 3, 3]
    assert packs([entry(1, folder(), other), entry(2, folder(), other)]) == [0, 0]


@pytest.mark.parametrize(
    "never",
    [
        pytest.param([folder(), password()], id="secret"),
        pytest.param([replace(password(), item=item("folder"))], id="secret-with-an-item"),
        pytest.param([replace(folder(), item=item("file", content=SecretText(("x", HASH))))], id="secret-in-the-item"),
        pytest.param([replace(folder(), item=item("file", content=ShippedFile("a")))], id="file"),
        pytest.param([replace(folder(), become_user="ana")], id="by-an-account"),
        pytest.param([folder(), group()], id="half"),
        pytest.param([replace(folder(), item=item("file", content="x" * LARGEST_ITEM))], id="large"),
    ],
)
def test_what_must_stand_alone_does_and_parts_its_neighbours(never: list[Task]) -> None:
    around = [entry(1, folder()), entry(2, folder()), entry(3, *never), entry(4, folder()), entry(5, folder())]
    assert packs(around) == [1, 1, 0, 4, 4]


def test_a_pack_is_small_enough() -> None:
    many = packs([entry(number, folder()) for number in range(1, MOST_ITEMS + 3)])
    assert many == [1] * MOST_ITEMS + [MOST_ITEMS + 1] * 2
    half = replace(folder(), item=item("file", content="x" * (LARGEST_ITEM - 100)))
    count = MOST_CHARACTERS // LARGEST_ITEM
    assert packs([entry(number, half) for number in range(1, count + 3)]) == [1] * count + [count + 1] * 2


def play(*entries: ResourceTasks) -> Any:
    [play] = yaml.safe_load(run_playbook("pc-1", packed(entries), become=True, step_seconds=9).text)
    return play["tasks"]


def test_a_pack_is_one_task_that_knows_what_needs_what() -> None:
    [block] = play(entry(1, folder("/a")), entry(2, folder("/a/b"), needs=[1]), entry(3, folder("/a/b/c"), needs=[2]))
    assert block == {
        "block": [
            {
                "name": "001 Set up files and groups",
                "deskprov.desktop.pack": {
                    "items": [
                        {"number": 1, "kind": "folder", "path": "/a"},
                        {"number": 2, "needs": [1], "kind": "folder", "path": "/a/b"},
                        {"number": 3, "needs": [1, 2], "kind": "folder", "path": "/a/b/c"},
                    ]
                },
                "timeout": 9,
            }
        ],
        "rescue": [
            {"name": "001 Failed", "ansible.builtin.set_fact": {"deskprov_failed": f"{{{{ {FAILED} + [1, 2, 3] }}}}"}}
        ],
    }


def test_a_pack_hears_of_earlier_failures_and_tells_of_its_own_only_where_that_counts() -> None:
    first, second, third = play(
        entry(1, group()), entry(2, folder(), needs=[1]), entry(3, folder()), entry(4, group(), needs=[2])
    )
    assert "when" not in first
    assert "when" not in second
    [task, note] = second["block"]
    assert task["deskprov.desktop.pack"]["failed"] == f"{{{{ {FAILED} }}}}"
    assert task["register"] == "result"
    own = "result['items'] | selectattr('failed') | map(attribute='number') | list"
    assert note == {
        "name": "002 Failed",
        "ansible.builtin.set_fact": {"deskprov_failed": f"{{{{ {FAILED} + {own} }}}}"},
    }
    assert third["when"] == [f"1 not in {FAILED}", f"2 not in {FAILED}"]


def test_a_pack_of_windows_is_a_script_with_parameters() -> None:
    task = replace(group(), item=windows_item("registry", path="HKLM:\\SOFTWARE\\A", name="b", state="absent"))
    [block, _] = play(entry(1, task), entry(2, task), entry(3, group(), needs=[2]))
    [made, note] = block["block"]
    assert made["ansible.windows.win_powershell"]["parameters"] == {
        "Items": [
            {"number": 1, "kind": "registry", "path": "HKLM:\\SOFTWARE\\A", "name": "b", "state": "absent"},
            {"number": 2, "kind": "registry", "path": "HKLM:\\SOFTWARE\\A", "name": "b", "state": "absent"},
        ]
    }
    assert "result['result']['items'] | selectattr" in note["ansible.builtin.set_fact"]["deskprov_failed"]


def test_text_in_an_item_is_no_template() -> None:
    made = [replace(folder(), item=item("file", path="/a", content="{{ 7 * 7 }}")) for _ in range(2)]
    text = run_playbook("pc-1", packed([entry(1, made[0]), entry(2, made[1])]), become=True, step_seconds=9).text
    assert text.count('content: !unsafe "{{ 7 * 7 }}"') == 2


def test_a_playbook_for_anyone_is_never_packed() -> None:
    text = stand_alone_playbook(Origin("a", "a", "profiles/a.yml"), [entry(1, folder()), entry(2, folder())]).text
    assert "deskprov.desktop.pack" not in text
    assert text.count("ansible.builtin.file") == 2


def test_an_item_that_its_module_would_not_take_is_refused() -> None:
    tables = [option_table(release) for release in supported_releases()]
    good = packed([entry(1, folder()), entry(2, folder())])
    checked(good, tables)
    bad = replace(folder(), item=Item(item("x").packer, {"kind": "folder", "paht": "/a"}))
    with pytest.raises(WrongTask, match=r"items\[1\]\.paht is no option; did you mean path"):
        checked(packed([entry(1, folder()), entry(2, bad)]), tables)
