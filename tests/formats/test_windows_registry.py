"""What of the registry is set together with other things, and what each by itself."""

import pytest

from deskprov.formats.windows_registry import people, remove_value, set_value
from deskprov.formats.windows_registry.people import observed_value
from deskprov.model.facts import Noted

EXAMPLE = "HKLM:\\SOFTWARE\\Example"


@pytest.mark.parametrize(
    ("key", "name", "kind", "packed"),
    [
        (EXAMPLE, "Colour", "string", True),
        (f"{EXAMPLE}\\[a]*", "Colour", "string", True),
        (f"{EXAMPLE}\\a/b", "Colour", "string", False),
        (f"{EXAMPLE}\\.", "Colour", "string", False),
        (f"{EXAMPLE}\\..\\x", "Colour", "string", False),
        (EXAMPLE, "", "string", False),
        (EXAMPLE, "Col*ur", "string", False),
        (EXAMPLE, "Colour", "none", False),
        ("HKCU:\\SOFTWARE\\Example", "Colour", "string", False),
    ],
)
def test_what_powershell_would_take_for_something_else_goes_by_the_module(
    key: str, name: str, kind: str, *, packed: bool
) -> None:
    """The commands that packs are made with know `/` and `..` as parts of a path, and no value without a name."""
    assert (set_value("Set", key, name, kind, "x").item is not None) is packed
    if kind != "none":
        assert (remove_value("Remove", key, name).item is not None) is packed


def test_values_of_people_are_never_packed_with_those_of_the_computer() -> None:
    computer, person = (
        set_value("Set", EXAMPLE, "a", "string", "x"),
        people.set_value("Set", "every-user", "Software\\x", "b", "dword", 1),
    )
    assert computer.item is not None
    assert person.item is not None
    assert computer.item.packer != person.item.packer


def test_many_people_are_counted_and_what_a_pc_says_is_one_line() -> None:
    found = {"kind": "String", "data": "red"}
    answer = [{"name": f"pupil-{n}", "left": "in use", "stuck": "", "found": None} for n in range(300)]
    answer += [{"name": "\x1b[31mana\n" + "x" * 500, "left": "strange", "stuck": "", "found": found}]
    seen = observed_value(answer, {"type": "string", "data": "red"})
    assert isinstance(seen, Noted)
    assert "pupil-0, pupil-1, pupil-10, pupil-100, pupil-101 and 295 more: somebody is logging on" in seen.note
    assert "[31mana xx" in seen.note
    assert seen.note.isprintable()
    assert len(seen.note) < 500
