"""Settings in INI files: the probe and the script, really run on files of Linux, which hold the same bytes."""

import os
from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import Observation, ProbeError, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe
from deskprov.model.resource import Resource
from deskprov.model.source import Source
from deskprov.model.task import Task
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.file_settings import Options
from tests.powershell import CONSTRAINED, FULL, ask
from tests.powershell.change import Changed, change

pytestmark = pytest.mark.powershell

PLATFORM = on_platform(BY_NAME["file_settings"], Platform.WINDOWS)
HOSTILE = "a\"b'c`d$(e) {{ 7 * 7 }} \U0001f5a8 ñ \\ ; # = [x] <&> %TEMP%"
TEXT = (
    "; first ñ\r\n[Other]\nAddress = kept\n\n"
    "  [server] ; ours\r  ADDRESS =  old\t\r\nPort=1\r\n\r\n"
    "# of what is next\r\n[Last]"
)
"""Every end of a line, comments, spaces, other spellings; the last line has no end."""

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]


def encoded(text: str, encoding: str) -> bytes:
    """With its mark where it has one."""
    return text.encode(encoding) if encoding != "utf-16-be" else ("\ufeff" + text).encode(encoding)


def wanted(value: str | None = None, where: str = "[Server] Address") -> Options:
    stated: dict[str, Any] = {"state": "absent"} if value is None else {"value": value}
    return Options.model_validate({"setting": f"C:\\app.ini {where}", **stated})


def looking(file: Path, where: str = "[Server] Address") -> Probe:
    """The probe's question about a file of this computer."""
    options = wanted("x", where)
    probe, _ = PLATFORM.probes(options)
    return Probe(probe.script, (str(file), *options.place[1:]))


def look(folder: Path, file: Path, where: str = "[Server] Address", mode: str = CONSTRAINED) -> Observation:
    """What the probe sees in a file of this computer."""
    return PLATFORM.observe(wanted("x", where), ask(folder, [looking(file, where)], {}, mode=mode))


def write(folder: Path, file: Path, value: str | None, where: str = "[Server] Address", check: bool = False) -> Changed:
    """What the script does to a file of this computer; no value takes the key out."""
    options = wanted(value, where)
    action = Action.DELETE if value is None else Action.UPDATE
    [task] = PLATFORM.tasks(Change(Resource("file_settings", options.setting, options, Source("a.yml", 1)), action))
    parameters = {**task.arguments["parameters"], "Path": str(file)}
    there = Task(task.phrase, task.module, {**task.arguments, "parameters": parameters})
    return change(folder, there, check=check)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_one_line_changes_and_every_other_byte_stays(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "it's [an] $HOME.ini"
    file.write_bytes(encoded(TEXT, encoding))
    assert look(tmp_path, file) == {"value": "old"}
    done = write(tmp_path, file, HOSTILE)
    assert (done.changed, done.failed, done.said) == (True, "", [])
    assert file.read_bytes() == encoded(TEXT.replace("old\t", HOSTILE), encoding)
    done = write(tmp_path, file, None)
    assert (done.changed, done.failed, done.said) == (True, "", [])
    assert file.read_bytes() == encoded(TEXT.replace("  ADDRESS =  old\t\r\n", ""), encoding)


def test_an_old_file_is_whole_until_the_new_one_is(tmp_path: Path) -> None:
    """It is replaced and never written over: another name of the old one still holds all that it held."""
    place = tmp_path / "share"
    place.mkdir()
    file = place / "app.ini"
    file.write_bytes(TEXT.encode())
    os.link(file, tmp_path / "kept")
    assert write(tmp_path, file, "new").failed == ""
    assert file.read_bytes() == TEXT.replace("old\t", "new").encode()
    assert (tmp_path / "kept").read_bytes() == TEXT.encode()
    assert [path.name for path in place.iterdir()] == ["app.ini"]


def test_check_mode_changes_nothing_and_a_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    file = tmp_path / "app.ini"
    file.write_bytes(TEXT.encode())
    assert look(tmp_path, file, mode=FULL) == {"value": "old"}
    for value in (HOSTILE, None):
        before = file.read_bytes()
        checked = write(tmp_path, file, value, check=True)
        assert (checked.changed, checked.failed, file.read_bytes()) == (True, "", before)
        assert write(tmp_path, file, value).changed
        after = file.read_bytes()
        again = write(tmp_path, file, value)
        assert (again.changed, again.failed, file.read_bytes()) == (False, "", after)
        assert look(tmp_path, file) == (Sight.ABSENT if value is None else {"value": value})


def test_new_keys_sections_and_files(tmp_path: Path) -> None:
    file = tmp_path / "app.ini"
    assert look(tmp_path, file) is Sight.ABSENT
    assert (write(tmp_path, file, None).changed, file.exists()) == (False, False)
    assert (write(tmp_path, file, "a", check=True).changed, file.exists()) == (True, False)
    assert write(tmp_path, file, "ñ").failed == ""
    assert file.read_bytes() == "[Server]\r\nAddress=ñ\r\n".encode()

    file.write_bytes(TEXT.encode())
    assert write(tmp_path, file, "2", "[SERVER] Second").changed
    assert write(tmp_path, file, "", "[Last] Empty").changed
    assert write(tmp_path, file, "3", "[New one] A b").changed
    after = TEXT.replace("Port=1\r\n", "Port=1\r\nSecond=2\r\n") + "\r\nEmpty=\r\n[New one]\r\nA b=3\r\n"
    assert file.read_bytes() == after.encode()
    assert look(tmp_path, file, "[last] empty") == {"value": ""}
    assert look(tmp_path, file, "[last] Address") is Sight.ABSENT
    file.write_bytes(b"[Server]\nPort=1\n")
    assert write(tmp_path, file, "a").changed
    assert file.read_bytes() == b"[Server]\nPort=1\nAddress=a\n"


def test_an_old_code_page_keeps_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "app.ini"
    file.write_bytes("; señal\r\n[Server]\r\nAddress=niño\r\n".encode("cp1252"))
    assert look(tmp_path, file) == {"value": "ni\ufffdo"}
    refused = write(tmp_path, file, "ñ")
    assert "neither in UTF-8 nor in UTF-16" in refused.failed
    assert file.read_bytes() == "; señal\r\n[Server]\r\nAddress=niño\r\n".encode("cp1252")
    assert write(tmp_path, file, "a").failed == ""
    assert file.read_bytes() == "; señal\r\n[Server]\r\nAddress=a\r\n".encode("cp1252")


REFUSED = {
    "is no INI file: its line 1": b'{"Server": {"Address": 1}}',
    "is no INI file: its line 2": b"\r\n<server address='1' />\r\n",
    "is no INI file: its line 3": b"[a]\nb=c\nsome words\n",
    "is no text": b"[a]\nb=c\0d\n",
    "the section [Server] twice": b"[Server]\na=b\n[SERVER]\n",
    "the key Address twice": b"[Server]\nAddress=b\naddress=c\n",
}


def test_what_is_no_such_file_is_not_told(tmp_path: Path) -> None:
    asked = []
    for number, content in enumerate(REFUSED.values()):
        (tmp_path / f"{number}.ini").write_bytes(content)
        asked.append(looking(tmp_path / f"{number}.ini"))
    told = ask(tmp_path, asked, {})
    assert [type(each) for each in told] == [ProbeError] * len(REFUSED)
    assert PLATFORM.observe(wanted("x"), told[:1]) is Sight.NOT_REPORTED


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_no_such_file_is_refused_and_left(tmp_path: Path, words: str) -> None:
    file = tmp_path / "app.ini"
    file.write_bytes(REFUSED[words])
    refused = write(tmp_path, file, None if "twice" in words else "new")
    assert words in refused.failed
    assert (refused.changed, file.read_bytes()) == (False, REFUSED[words])


def test_what_is_in_the_way_is_refused_and_left(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "real.ini").write_bytes(TEXT.encode())
    (tmp_path / "link.ini").symlink_to(tmp_path / "real.ini")
    (tmp_path / "broken.ini").write_bytes(b"\xff\xfea")
    ways = {
        "folder": "is a folder",
        "link.ini": "is a link",
        "none/app.ini": "There is no folder",
        "broken.ini": "is damaged",
    }
    for name, words in ways.items():
        refused = write(tmp_path, tmp_path / name, "a")
        assert words in refused.failed
        assert not refused.changed
    assert look(tmp_path, tmp_path / "folder") is look(tmp_path, tmp_path / "link.ini") is Sight.NOT_REPORTED
    assert (tmp_path / "real.ini").read_bytes() == TEXT.encode()


def test_a_refusal_is_not_an_absence(tmp_path: Path) -> None:
    windows = {"Get-Item": {"raises": "Access to the path is denied."}}
    [told] = ask(tmp_path, PLATFORM.probes(wanted("a"))[:1], windows)
    assert isinstance(told, ProbeError)
