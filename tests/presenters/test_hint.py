"""A command in a hint can be copied off a narrow screen."""

import pytest

from deskprov.presenters.hint import Hint
from deskprov.presenters.safe_console import SafeConsole

RESUME = "deskprov run resume 20261124-205700-aaaaaa"


def lines(words: str, width: int) -> list[str]:
    console = SafeConsole(width=width, no_color=True)
    with console.capture() as capture:
        console.print(Hint(words, "dim", 4))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_what_fits_stays_on_one_line() -> None:
    assert lines(f"Then: {RESUME}", 80) == [f"    Then: {RESUME}"]


@pytest.mark.parametrize("width", [60, 30])
def test_a_command_has_a_line_of_its_own(width: int) -> None:
    shown = lines(f"Mend what is wrong on both of them, then: {RESUME}", width)
    assert shown[-1] == f"    {RESUME}"
    assert " ".join(line.strip() for line in shown[:-1]) == "Mend what is wrong on both of them, then:"


def test_a_sentence_without_a_command_is_wrapped() -> None:
    shown = lines("Give this computer some time: It will be back before long, and all is well then.", 40)
    assert max(map(len, shown)) <= 40
