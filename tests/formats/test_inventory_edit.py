"""Edits of inventory files: one machine more or less, and every other byte as it was."""

import difflib

import pytest

from deskprov.formats import inventory, strict_yaml
from deskprov.formats.inventory_edit import CannotEdit, add, remove, whole

TEXT = """\
# The school's machines.   Ask before you move any!
all:
  vars:
    ansible_user: "tech"     # same everywhere
  children:

    lab:          # room 12
      vars: {deskprov_profile: 'lab'}
      hosts:
        # by the window
        lab-01:
          ansible_host:   192.0.2.11
          notes: |
            two lines
              of text

        lab-02: { ansible_host: "192.0.2.12",
                  deskprov_ring: first }
        # the broken one
        lab-03:

    # --- offices ---
    office:
      hosts:
        desk-1:
          ansible_host: 192.0.2.21   # behind the door
# end of file
"""

LAB = ["all", "children", "lab", "hosts"]


def difference(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_add_puts_the_lines_behind_the_last_machine_of_the_group() -> None:
    after = add(TEXT, LAB, "lab-04", {"ansible_host": "192.0.2.14", "ansible_port": 2222, "deskprov_ring": "on"})
    assert difference(TEXT, after) == [
        "+         lab-04:",
        "+           ansible_host: 192.0.2.14",
        "+           ansible_port: 2222",
        '+           deskprov_ring: "on"',
    ]
    assert after.index("lab-03:") < after.index("lab-04:") < after.index("# --- offices")


def test_add_behind_the_last_line_of_the_file() -> None:
    after = add(TEXT, ["all", "children", "office", "hosts"], "desk-2", {})
    assert difference(TEXT, after) == ["+         desk-2:"]
    assert after.index("behind the door") < after.index("desk-2") < after.index("# end of file")


ALL_HOSTS = ["all", "hosts"]
FRESH = "all:\n  hosts:\n    pc:\n      ring: x\n"


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("", ALL_HOSTS, FRESH),
        ("# none yet\n", ALL_HOSTS, f"# none yet\n{FRESH}"),
        ("all:\n", ALL_HOSTS, FRESH),
        ("all: {}\n", ALL_HOSTS, FRESH),
        ("all:\n  hosts: {}  # soon\n", ALL_HOSTS, "all:\n  hosts:  # soon\n    pc:\n      ring: x\n"),
        ("all:\n  hosts:\n  vars: {a: b}", ALL_HOSTS, f"{FRESH}  vars: {{a: b}}"),
        (
            "lab:\n    hosts:\n        a:",
            ["lab", "hosts"],
            "lab:\n    hosts:\n        a:\n        pc:\n            ring: x\n",
        ),
        (
            "all:\n  hosts:\n    a:\n",
            ["all", "children", "lab", "hosts"],
            "all:\n  hosts:\n    a:\n  children:\n    lab:\n      hosts:\n        pc:\n          ring: x\n",
        ),
        (
            "all:\r\n  hosts:\r\n    a:\r\n",
            ALL_HOSTS,
            "all:\r\n  hosts:\r\n    a:\r\n    pc:\r\n      ring: x\r\n",
        ),
        (
            "all:\n  hosts:\n    a:\n      b: |\n        text\n\n# c\n",
            ALL_HOSTS,
            "all:\n  hosts:\n    a:\n      b: |\n        text\n\n    pc:\n      ring: x\n# c\n",
        ),
    ],
)
def test_add_makes_what_is_missing(text: str, path: list[str], expected: str) -> None:
    assert add(text, path, "pc", {"ring": "x"}) == expected


@pytest.mark.parametrize(
    "text",
    [
        "all: {hosts: {a: }}\n",
        "all:\n  hosts: {a: }\n",
        "all: {hosts: }\n",
        "{all: {hosts: {}}}\n",
        "all:\n  hosts: {\n  }\n",
    ],
)
def test_braces_are_left_to_the_person(text: str) -> None:
    with pytest.raises(CannotEdit):
        add(text, ["all", "hosts"], "pc", {})


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        (
            "lab-01",
            [
                "-         lab-01:",
                "-           ansible_host:   192.0.2.11",
                "-           notes: |",
                "-             two lines",
                "-               of text",
            ],
        ),
        ("lab-02", ['-         lab-02: { ansible_host: "192.0.2.12",', "-                   deskprov_ring: first }"]),
        ("lab-03", ["-         lab-03:"]),
        ("desk-1", ["-         desk-1:", "-           ansible_host: 192.0.2.21   # behind the door"]),
        ("nobody", []),
    ],
)
def test_remove_takes_the_lines_of_the_machine_only(name: str, gone: list[str]) -> None:
    removed = [line for line in difference(TEXT, remove(TEXT, name)) if line.strip("- ")]
    assert removed == gone


def test_remove_everywhere() -> None:
    text = "a:\n  hosts:\n    pc:\n    other:\nb:\n  children:\n    c:\n      hosts:\n        pc: {x: 1}\n"
    text += "  hosts:\n    pc:\n"
    assert remove(text, "pc") == "a:\n  hosts:\n    other:\nb:\n  children:\n    c:\n      hosts:\n  hosts:\n"


def test_remove_from_braces_is_left_to_the_person() -> None:
    with pytest.raises(CannotEdit, match="line 2"):
        remove("all:\n  hosts: {pc: , other: }\n", "pc")


def test_what_was_added_can_be_taken_away_again() -> None:
    once = add(TEXT, LAB, "lab-04", {"deskprov_vars": {"desk": "1", "note": "a: b # c"}})
    assert remove(once, "lab-04") == TEXT


WORDS = ["plain", "1.20", "0644", "yes", "22:30", "", "a: b", "- x", "#x", "{x}", '"q"', "it's", "C:\\Users"]


@pytest.mark.parametrize("value", [*WORDS, "ñ 日本", "!t", "&a", "2001:db8::1", "two words", " space "])
def test_values_are_read_back_as_they_are(value: str) -> None:
    text = add("", ["all", "hosts"], "pc", {"key": value, "deskprov_vars": {"v": value}})
    document, problems = strict_yaml.read(text, "")
    assert not problems
    assert document is not None
    assert document.data["all"]["hosts"]["pc"] == {"key": value, "deskprov_vars": {"v": value}}


def test_whole_file() -> None:
    text = whole({"practice-1": {"ansible_host": "127.0.0.2"}, "practice-2": {}}, "Written by deskprov.")
    document, problems = strict_yaml.read(text, "")
    assert not problems
    assert document is not None
    assert list(inventory.read([document])[0].hosts) == ["practice-1", "practice-2"]
    assert strict_yaml.read(whole({}, "none"), "")[1] == []
