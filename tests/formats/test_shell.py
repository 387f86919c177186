"""A word for a shell script."""

import pytest

from deskprov.formats.shell import quoted


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("plain", "'plain'"),
        ("", "''"),
        ("two words", "'two words'"),
        ("O'Neil", "'O'\"'\"'Neil'"),
        ("$(id) `id` \\ ! \n;", "'$(id) `id` \\ ! \n;'"),
        (14, "'14'"),
    ],
)
def test_quoted(text: object, word: str) -> None:
    assert quoted(text) == word


def test_a_nul_is_in_no_word() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quoted("a\0b")
