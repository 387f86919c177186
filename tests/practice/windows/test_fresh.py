"""What a practice PC has from the first hour: what the examples of the documentation expect of any Windows."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskprov.formats.versions import is_at_least
from deskprov.practice.keys import site_key
from deskprov.practice.windows import WindowsPracticeMachines, file_system
from deskprov.practice.windows.computer import fresh_state
from deskprov.resources.services import practice_windows as services
from deskprov.resources.software import practice_windows as software


@pytest.mark.parametrize("path", [r"C:\Users\Public\Desktop", r"C:\Users\Public\Documents", r"C:\Windows\Temp"])
def test_folders_that_every_windows_has(path: str) -> None:
    assert file_system.is_folder(fresh_state("practice-pc-1", 0), path)


@pytest.mark.parametrize("name", ["Wlansvc", "wuauserv", "RemoteRegistry"])
def test_services_that_every_windows_has(name: str) -> None:
    assert services.look(fresh_state("practice-pc-1", 0), name)["title"]


def test_what_is_installed_without_a_stated_version_is_as_new_as_anybody_wants_at_least() -> None:
    state = fresh_state("practice-pc-1", 0)
    software.winget(state, {"Product": "GIMP *", "Version": None, "Replace": False})
    software.win_chocolatey(state, {"name": "vlc", "state": "latest"})
    assert is_at_least(state["software"]["programs"]["GIMP 9999"], "2.10.38")
    assert is_at_least(state["software"]["packages"]["vlc"], "3.0.21")


def test_when_the_last_one_is_stopped_no_password_and_no_key_stays(tmp_path: Path) -> None:
    machines = WindowsPracticeMachines(tmp_path, lambda: datetime(2026, 11, 25, tzinfo=UTC))
    site_key(tmp_path)
    machines.password_file.write_text("canary")
    machines.stop()
    assert [file.name for file in tmp_path.iterdir()] == ["lock"]
