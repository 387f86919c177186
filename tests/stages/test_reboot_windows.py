"""What a Windows machine says of its lives, in whatever form it says it: nothing that it says ends a run."""

import pytest

from deskprov.model.facts import Answer
from deskprov.stages.reboot.windows import LIVES

LAST = str(2**32 - 1)


def about(boot: object) -> list[Answer]:
    return [{"boot": boot, "wanted": [], "busy": [], "failed": {}}, {}]


@pytest.mark.parametrize("boot", ["7", LAST])
def test_a_number_is_a_life(boot: str) -> None:
    assert (LIVES.read(about(boot)).boot, LIVES.ends(boot)) == (boot, boot)
    assert LIVES.starts("5", boot) == int(boot) - 5


@pytest.mark.parametrize("boot", ["", "abc", "-1", " 7", "\u0667", "9" * 11, "9" * 5000, 7, None, ["7"]])
def test_what_windows_would_not_count_to_is_none(boot: object) -> None:
    assert LIVES.read(about(boot)).boot == ""
    assert LIVES.ends(boot) == ""
