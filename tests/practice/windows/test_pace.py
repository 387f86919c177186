"""A PC takes as long to start PowerShell as its file says, from the next start on."""

from pathlib import Path

from deskprov.practice.windows.pace import Pace, set_pace


def test_no_time_passes_unless_it_is_said(tmp_path: Path) -> None:
    slept: list[float] = []
    pace = Pace(tmp_path / "pace", slept.append)
    pace.start()
    set_pace(tmp_path / "pace", 1.5)
    pace.start()
    assert slept == [1.5]
