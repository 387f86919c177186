"""Nothing that acts on a terminal gets through, and nothing that is read is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskprov.presenters.safe_text import safe, safe_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë Núñez 東京", "Zoë Núñez 東京"),
        ("\x1b[2J\x1b]0;owned\x07", r"\x1b[2J\x1b]0;owned\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("invoice\u202egpj.exe", r"invoice\u202egpj.exe"),
        ("\u2066a\u2069 \u200f", r"\u2066a\u2069 \u200f"),
        ("one\ntwo\r", r"one\ntwo\r"),
        ("\x00\x7f\ud800", r"\x00\x7f\ud800"),
    ],
)
def test_controls_and_direction_marks_are_shown_as_codes(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_lines_stay_lines() -> None:
    assert safe_lines("a\r\nb\x1b[0m\n") == ["a", r"b\x1b[0m", ""]


@given(st.text(st.characters(codec=None)))
def test_whatever_comes_out_can_be_printed_and_encoded(text: str) -> None:
    assert safe(text).isprintable()
    safe(text).encode()
