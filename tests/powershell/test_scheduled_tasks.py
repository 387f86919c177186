"""The probe of a scheduled task, really run on files of the form of
learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema, in UTF-16 as Windows writes them.
"""

from pathlib import Path

import pytest

from deskprov.model.facts import Observation, ProbeError, Sight
from deskprov.model.platform import Platform
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.scheduled_tasks import Options
from tests.powershell import CONSTRAINED, FULL, ask

pytestmark = pytest.mark.powershell

PLATFORM = on_platform(BY_NAME["scheduled_tasks"], Platform.WINDOWS)

HOSTILE = "a\"b'c`d$(e){{ f }} 100% ñ \u20ac\U0001f5a8"
XML_HOSTILE = HOSTILE.replace('"', "&quot;")

TASK = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.4" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Author>PC-1\\maría</Author><URI>\\Example\\x</URI></RegistrationInfo>
  <Triggers>{triggers}</Triggers>
  <Principals><Principal id="Author">{principal}</Principal></Principals>
  <Settings>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author"><Exec><Command>C:\\x y.exe</Command><Arguments>{arguments}</Arguments></Exec></Actions>
</Task>"""

START = "<StartBoundary>2026-02-03T21:30:00</StartBoundary><Enabled>true</Enabled>"
WEEKLY = (
    f"<CalendarTrigger>{START}<ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek><Monday /><Friday />"
    "</DaysOfWeek></ScheduleByWeek></CalendarTrigger>"
)
DAILY = f"<CalendarTrigger>{START}<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger>"
SYSTEM = "<UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel>"
USERS = "<GroupId>S-1-5-32-545</GroupId>"
REPEATED = f"<TimeTrigger><Repetition><Interval>PT5M</Interval></Repetition>{START}</TimeTrigger>"


def put(folder: Path, name: str, triggers: str, principal: str, arguments: str = "") -> None:
    file = folder / "Windows/System32/Tasks" / name.replace("\\", "/")
    file.parent.mkdir(parents=True, exist_ok=True)
    text = TASK.format(triggers=triggers, principal=principal, arguments=arguments)
    file.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))


def look(folder: Path, *names: str, mode: str = CONSTRAINED) -> list[Observation]:
    asked = [Options(name=name, state="absent") for name in names]
    answers = ask(folder, [PLATFORM.probes(options)[0] for options in asked], {}, mode=mode)
    return [PLATFORM.observe(options, [answer]) for options, answer in zip(asked, answers, strict=True)]


WHOLE = {"program": "C:\\x y.exe", "arguments": "", "delay_minutes": 0, "on_battery": True, "enabled": True}


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_what_a_task_does_and_when(tmp_path: Path, mode: str) -> None:
    put(tmp_path, "Example\\[Weekly] 'a'", WEEKLY, SYSTEM, XML_HOSTILE)
    put(tmp_path, "Example\\Sub\\Daily", DAILY, SYSTEM)
    put(tmp_path, "Example\\Welcome", "<LogonTrigger><Delay>PT1H5M</Delay></LogonTrigger>", USERS)
    names = ("Example\\[Weekly] 'a'", "Example\\Sub\\Daily", "Example\\Welcome", "Example\\None", "Other\\Daily")
    weekly, daily, welcome, none, nowhere = look(tmp_path, *names, mode=mode)
    by_system = {**WHOLE, "run_as": "system", "elevated": True, "catch_up": True, "at": "21:30"}
    days = frozenset({"monday", "friday"})
    assert weekly == {**by_system, "arguments": HOSTILE, "when": "weekly", "days": days}
    assert daily == {**by_system, "when": "daily", "days": frozenset()}
    assert isinstance(welcome, dict)
    assert (welcome["when"], welcome["run_as"], welcome["delay_minutes"]) == ("at-log-on", "users", 65)
    assert (none, nowhere) == (Sight.ABSENT, Sight.ABSENT)


ODD = {
    "None": "",
    "Two": DAILY + WEEKLY,
    "Repeated": REPEATED,
    "Every other day": DAILY.replace(">1<", ">2<"),
    "Off": DAILY.replace("true", "false"),
    "Of one person": "<LogonTrigger><UserId>S-1-5-21-1-2-3-1001</UserId></LogonTrigger>",
    "A day later": "<LogonTrigger><Delay>P1D</Delay></LogonTrigger>",
    "With an end": DAILY.replace("<StartBoundary>", "<EndBoundary>2026-06-30T00:00:00</EndBoundary><StartBoundary>"),
}


def test_triggers_that_no_option_can_state_are_something_else(tmp_path: Path) -> None:
    names = [f"Example\\{name}" for name in ODD]
    for name, triggers in zip(names, ODD.values(), strict=True):
        put(tmp_path, name, triggers, SYSTEM)
    seen = look(tmp_path, *names)
    assert [each["when"] for each in seen if isinstance(each, dict)] == ["something else"] * len(ODD)


def test_files_that_cannot_be_read_are_no_absence(tmp_path: Path) -> None:
    contents = {"Example\\Empty": b"", "Example\\Broken": b"<Task", "Example\\Cut off": b"\xff\xfe<\x00"}
    for name, content in contents.items():
        put(tmp_path, name, DAILY, SYSTEM)
        (tmp_path / "Windows/System32/Tasks" / name.replace("\\", "/")).write_bytes(content)
    assert look(tmp_path, *contents) == [Sight.NOT_REPORTED] * len(contents)


def test_without_the_folder_of_tasks_nobody_knows(tmp_path: Path) -> None:
    options = Options(name="Example\\a", state="absent")
    [answer] = ask(tmp_path, PLATFORM.probes(options), {})
    assert isinstance(answer, ProbeError)
    assert PLATFORM.observe(options, [answer]) is Sight.NOT_REPORTED
