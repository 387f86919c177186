"""The log of a run says what happened, holds no secret in any form, and never stops the run."""

import json
import re
import stat
import subprocess
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from deskprov.adapters.run_logs import CUT_OFF, MOST_BYTES, MOST_FILES, RunLogFiles

RUN = "20261124-120000-aaaaaa"
SECRET = 'correct "horse" & bätterÿ\\staple'


def written(folder: Path, *lines: str, secrets: tuple[str, ...] = ()) -> str:
    logs = RunLogFiles(folder, lambda: secrets)
    with logs.open(RUN) as log:
        for line in lines:
            log.write(line)
    return (folder / logs.place(RUN)).read_text()


def test_each_line_has_its_time_and_the_file_is_ours_alone(tmp_path: Path) -> None:
    text = written(tmp_path, "pc-1: looking", "100 % done, %s")
    assert re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (pc-1: looking|100 % done, %s)\n){2}", text)
    file = tmp_path / ".deskprov/logs" / f"{RUN}.log"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        b64encode(SECRET.encode()).decode(),
        quote(SECRET),
        quote(SECRET, safe=""),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
    ],
)
def test_no_form_of_a_secret_is_in_it(tmp_path: Path, form: str) -> None:
    text = written(tmp_path, f"the machine said {form} twice: {form}", secrets=(SECRET, "abc"))
    assert text.count("***") == 2
    assert "horse" not in text
    assert b64encode(SECRET.encode()).decode()[:20] not in text


def test_a_secret_that_becomes_known_in_the_run_is_kept_out_from_then_on(tmp_path: Path) -> None:
    known: list[str] = []
    logs = RunLogFiles(tmp_path, lambda: known)
    with logs.open(RUN) as log:
        known.append(SECRET)
        log.write(f"it is {SECRET}")
    assert "horse" not in (tmp_path / logs.place(RUN)).read_text()


def test_what_a_machine_says_stays_on_one_line_and_moves_no_cursor(tmp_path: Path) -> None:
    text = written(tmp_path, "said: a\n2026-01-01 forged\x1b[2J\u202eend\0")
    assert text.count("\n") == 1
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_flood_is_cut_off(tmp_path: Path) -> None:
    text = written(tmp_path, *["x" * 3000] * (MOST_BYTES // 1000))
    assert len(text) < MOST_BYTES + 10_000
    assert text.endswith(f"{CUT_OFF}\n")


def test_old_logs_go(tmp_path: Path) -> None:
    folder = tmp_path / ".deskprov/logs"
    folder.mkdir(parents=True)
    for number in range(MOST_FILES + 5):
        (folder / f"2025{number:04}.log").touch()
    written(tmp_path, "hello")
    left = sorted(path.name for path in folder.iterdir())
    assert (len(left), left[-1]) == (MOST_FILES, f"{RUN}.log")


def test_without_a_folder_nothing_is_written_and_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / ".deskprov").write_text("in the way")
    logs = RunLogFiles(tmp_path, tuple)
    with logs.open(RUN) as log:
        log.write("hello")
    assert logs.place(RUN) == ""


@pytest.mark.root
def test_a_full_disk_does_not_stop_the_run(tmp_path: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(tmp_path)], check=True)
    try:
        text = written(tmp_path, *["y" * 1000] * 50)
        assert 0 < text.count("\n") < 50
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
