"""Names that Windows takes for accounts and groups."""

import pytest

from deskprov.formats.windows_accounts import as_module_knows, group_name, user_name


@pytest.mark.parametrize("name", ["ana", "Ana Núñez", "漢字", "a" * 20, "\U0001f5a8" * 10, "$(id)", "{{ a }}", ".a"])
def test_names_stay_as_they_are(name: str) -> None:
    assert user_name(name) == group_name(name) == name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *((f"a{character}b", "holds a") for character in '"/\\[]:;|=,+*?<>@'),
        *((name, "more than dots and spaces") for name in ("", " ", "...", ". .")),
        *((name, "begin or end with a space") for name in (" ana", "ana ", "ana.")),
        *((name, "cannot be printed") for name in ("a\nb", "a\u202eb", "a\0b")),
        *((name, "at most 20") for name in ("a" * 21, "\U0001f5a8" * 11)),
        *((name, "looks like a SID") for name in ("S-1-5-32-544", "s-1-1-0")),
    ],
)
def test_others_are_refused_with_the_reason(name: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        user_name(name)


def test_built_in_groups_go_by_sid_and_others_by_name() -> None:
    names = ["Administrators", "remote desktop USERS", "Music"]
    assert list(map(as_module_knows, names)) == ["S-1-5-32-544", "S-1-5-32-555", "Music"]
