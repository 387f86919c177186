"""Files on a stick: only plain, small ones are read, and a bad one stops nothing else from being said."""

import os
from pathlib import Path

import pytest

from deskprov.adapters.carried_files import ENROLMENTS, JOIN_FILES, read_carried_files
from deskprov.errors import WrongUsage
from deskprov.formats.enrolment import MOST_BYTES
from deskprov.model.problem import InvalidInput


def test_a_folder_gives_what_the_script_wrote(tmp_path: Path) -> None:
    for name in ("deskprov-enrol-b.json", "deskprov-enrol-a.json", "boot.sh", "holiday.jpg"):
        (tmp_path / name).write_text(name)
    named = tmp_path / "boot.sh"
    files = read_carried_files([tmp_path, named, tmp_path / "deskprov-enrol-a.json"], ENROLMENTS)
    assert [Path(file.name).name for file in files] == ["deskprov-enrol-a.json", "deskprov-enrol-b.json", "boot.sh"]
    assert files[0].content == b"deskprov-enrol-a.json"


def test_no_more_is_read_than_an_enrolment_may_have(tmp_path: Path) -> None:
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(10**12)
    [read] = read_carried_files([big], ENROLMENTS)
    assert len(read.content) == MOST_BYTES + 1


def test_everything_that_cannot_be_read_is_said_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "deskprov-enrol-pipe.json")
    (tmp_path / "deskprov-enrol-zero.json").symlink_to("/dev/zero")
    (tmp_path / "deskprov-enrol-gone.json").symlink_to("nowhere")
    (tmp_path / "deskprov-enrol-good.json").write_text("good")
    with pytest.raises(InvalidInput) as caught:
        read_carried_files([tmp_path], ENROLMENTS)
    assert [Path(problem.source.file).name for problem in caught.value.problems] == [
        "deskprov-enrol-gone.json",
        "deskprov-enrol-pipe.json",
        "deskprov-enrol-zero.json",
    ]


def test_an_empty_folder_says_what_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage) as caught:
        read_carried_files([tmp_path], ENROLMENTS)
    assert "deskprov-enrol-….json" in caught.value.hint


def test_files_for_joining_are_told_by_their_ending(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_text("x")
    with pytest.raises(WrongUsage) as caught:
        read_carried_files([tmp_path], JOIN_FILES)
    assert "/savefile LAB-07.txt" in caught.value.hint
    (tmp_path / "LAB-07.txt").write_text("x")
    (tmp_path / "LAB-08.TXT").write_text("x")
    found = [Path(file.name).name for file in read_carried_files([tmp_path], JOIN_FILES)]
    assert found == ["LAB-07.txt", "LAB-08.TXT"]
