"""Paths that Windows takes, and those that belong to it or to deskprov's way in."""

import pytest

from deskprov.formats.windows_paths import (
    ancestors,
    is_kept,
    is_never_set_up,
    is_way_in,
    is_windows_own,
    is_windows_program,
    place_problem,
    windows_path,
)


@pytest.mark.parametrize(
    "path",
    [
        "C:\\",
        "c:\\a",
        "D:\\Aula de música\\.x",
        "C:\\$(id)\\{{ 7 }}\\100%",
        "C:\\a\\console\\com10",
        "C:\\" + "a" * 255,
    ],
)
def test_paths_stay_as_they_are(path: str) -> None:
    assert windows_path(path) == path


@pytest.mark.parametrize(
    ("path", "words"),
    [
        *((path, "whole path with its drive") for path in ("", "C:", "C:a", "\\a", "\\\\server\\a", "/a", "%TEMP%\\a")),
        *((path, "single") for path in ("C:\\a\\", "C:\\\\a", "C:\\a\\..\\b", "C:\\.\\a", "C:\\\\")),
        *((f"C:\\a{character}b", "holds a") for character in '<>:"/|?*'),
        *((f"C:\\{part}\\b", "ends with a space or a dot") for part in ("a ", "a.", "...")),
        *((f"C:\\b\\{part}", "takes for a device") for part in ("con", "NUL", "Com1.txt", "aux.d", "COM\u00b9")),
        *((f"C:\\{part}", "cannot be printed") for part in ("a\tb", "a\u202eb", "a\0")),
        ("C:\\PROGRA~3\\ssh\\administrators_authorized_keys", "short name of something else"),
        *((f"c:\\{alias}\\x", "another name") for alias in ("users\\all USERS", "Documents and Settings")),
        ("C:\\ProgramData\\Application Data\\ssh", "another name"),
        ("C:\\a\\%TEMP%", "would become another path"),
        ("C:\\" + "a" * 256, "more than 255"),
        ("C:\\" + "\\".join(["a" * 100] * 3), "longer than the 259"),
    ],
)
def test_others_are_refused_with_the_reason(path: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        windows_path(path)


def test_folders_above() -> None:
    assert ancestors("C:\\a\\b\\c") == ["C:\\a\\b", "C:\\a"]
    assert ancestors("C:\\a") == []


@pytest.mark.parametrize(
    "path",
    [
        *("C:\\Windows", "d:\\WINDOWS\\System32", "C:\\Program Files", "C:\\Program Files (x86)\\Common Files"),
        *(
            "C:\\ProgramData",
            "C:\\ProgramData\\Microsoft\\x",
            "C:\\Users",
            "C:\\Users\\Public",
            "C:\\Users\\ana",
            "C:\\",
        ),
    ],
)
def test_what_windows_and_people_need_is_kept(path: str) -> None:
    assert is_kept(path)


@pytest.mark.parametrize(
    "path",
    [
        "C:\\Windows2",
        "C:\\Users\\ana\\x",
        "C:\\ProgramData\\Example",
        "C:\\Program Files\\Example",
        "/windows",
        "/users/a",
    ],
)
def test_what_a_site_made_is_not(path: str) -> None:
    assert not (is_kept(path) or is_never_set_up(path) or is_way_in(path) or place_problem(path))


def test_what_is_never_set_up_is_said_with_the_reason() -> None:
    assert "belongs to Windows" in place_problem("C:\\WINDOWS\\system32\\Config\\SAM")
    assert "belongs to Windows" in place_problem("C:\\")
    assert "comes in by" in place_problem("c:\\ProgramData\\SSH\\administrators_authorized_keys")


@pytest.mark.parametrize(
    ("path", "own", "program"),
    [
        ("D:\\WINDOWS\\Explorer.EXE", True, True),
        ("C:\\Windows\\System32\\drivers\\etc\\hosts", True, False),
        ("C:\\Program Files (x86)\\Windows Mail\\a.dll", True, True),
        ("C:\\Program Files\\WindowsApps\\a", True, False),
        ("C:\\Program Files\\Windowsill\\a.exe", False, False),
        ("C:\\Windows2\\a.exe", False, False),
        ("/windows/a.exe", False, False),
    ],
)
def test_what_windows_fills_and_starts_itself(path: str, own: bool, program: bool) -> None:
    assert (is_windows_own(path), is_windows_program(path)) == (own, program)
