"""What can be a secret, and why something else cannot."""

import pytest

from deskprov.formats.secret_text import LONGEST_SECRET, unusable


@pytest.mark.parametrize("text", ["x", " ", "pa ss-wörd {{ 7*7 }} '\"\\$x", "密码", "x" * LONGEST_SECRET])
def test_what_can_be_typed_is_taken(text: str) -> None:
    assert unusable(text) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("\udcff\udcfe", "no text in UTF-8"),
        ("two\nlines", "line break"),
        ("a\x1b[2J", "control character"),
        ("a\tb", "control character"),
        ("a\x85b", "control character"),
        ("a\u2028b", "line break"),
        ("x" * (LONGEST_SECRET + 1), "longer than 1,024 characters"),
    ],
)
def test_what_cannot_is_named(text: str, why: str) -> None:
    assert why in unusable(text)
