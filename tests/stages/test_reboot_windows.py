"""What a Windows machine says of its lives, in whatever form it says it: nothing that it says ends a run."""

import pytest

from deskprov.model.facts import Answer
from deskprov.stages.reboot.windows import LIVES, UNSAID

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


def test_who_cannot_tell_whether_it_waits_for_a_reboot_gets_one_where_it_may_be_needed() -> None:
    def wanted(found: list[str], failed: object) -> object:
        return LIVES.read([{"boot": "7", "wanted": found, "busy": [], "failed": failed}, {}]).wanted

    assert wanted([], {}) == ()
    assert wanted([], {"HKLM:\\Some\\Key": "Access denied"}) == (UNSAID,)
    assert wanted(["updates"], {"HKLM:\\Some\\Key": "Access denied"}) == ("updates of Windows",)
    assert LIVES.read([None, {}]).wanted == (UNSAID,)
