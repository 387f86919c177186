"""What has to be typed again or pasted stands whole on a narrow terminal, and in a pipe nothing is cut or padded."""

from datetime import UTC, datetime

import pytest
from rich.text import Text

from deskprov.model.asset import Asset
from deskprov.model.enrolment import Batch
from deskprov.model.ports.progress import Stage
from deskprov.model.result import HostResult, Outcome, ResourceResult, Status
from deskprov.presenters.assets import assets_view
from deskprov.presenters.bench import Bench
from deskprov.presenters.enrolment import after_stick
from deskprov.presenters.named import Named
from deskprov.presenters.results import host_view
from deskprov.presenters.safe_console import SafeConsole

NOW = datetime(2026, 11, 25, tzinfo=UTC)
KEY = r"registry/HKLM\SOFTWARE\Policies\Microsoft\Windows\CloudContent\DisableWindowsConsumerFeaturesOfEveryKind"
MESSAGE = "what came of it is not as the profile says, and this is a sentence that goes on for a while until it ends"


def shown(renderable: object, width: int, *, piped: bool = False) -> list[str]:
    console = SafeConsole(width=width, no_color=True, soft_wrap=piped)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get().splitlines()


@pytest.mark.parametrize("width", [80, 100])
def test_a_list_of_assets_leaves_out_columns_and_cuts_no_name(width: int) -> None:
    asset = Asset(
        host="VV-0001",
        tag="VV-0001",
        serial="PRACTICE-0123456789ABCDEF0123",
        building="Main",
        room="gym",
        assigned_to="person-4711",
        practice=True,
    )
    lines = shown(assets_view([asset], NOW), width)
    assert all(len(line) <= width for line in lines)
    assert lines[1].split()[:4] == ["VV-0001", "(practice)", "VV-0001", "PRACTICE-0123456789ABCDEF0123"]
    assert lines[2].startswith("No room here for: With, Kind")


def test_a_long_name_is_not_broken_and_stands_behind_its_sign() -> None:
    lines = shown(Named(Text(f"~ {KEY}"), Text(f"  {MESSAGE}")), 80)
    assert lines[0] == f"  ~ {KEY}"
    assert " ".join(line.strip() for line in lines[1:]) == MESSAGE
    assert all(len(line) <= 80 for line in lines[1:])
    result = HostResult("pc-1", Outcome.FAILED, False, 1.0, [ResourceResult(KEY, Status.FAILED, False, MESSAGE)])
    assert f"  ✗ {KEY}  failed" in shown(host_view(result), 80)


def test_many_machines_in_a_pipe_are_told_whole_and_without_blanks_at_the_end() -> None:
    bench = Bench(lambda: 0.0)
    for host in ("pc-1", "pc-2"):
        bench.expect(host, "", "")
        bench.finished(HostResult(host, Outcome.FAILED, False, 0.0, message=MESSAGE))
    lines = shown(bench.whole(), 80, piped=True)
    assert [MESSAGE in line for line in lines] == [True, True]
    assert lines == [line.rstrip() for line in lines]


def test_a_machine_with_a_failed_step_is_at_work_all_the_same() -> None:
    bench = Bench(lambda: 0.0)
    for host in ("pc-1", "pc-2"):
        bench.expect(host, "", "")
        bench.stage(host, Stage.APPLYING)
        bench.ended(host, "files/a", Status.FAILED, "")
    assert ", 2 at work" in shown(bench.live(), 100)[-1]


def test_a_command_on_the_way_in_is_never_broken() -> None:
    batch = Batch("batch-1", "key", NOW, NOW)
    assert r"      powershell -NoProfile -ExecutionPolicy Bypass -File D:\deskprov-windows.ps1" in shown(
        after_stick(batch, "/media/stick"), 80
    )
