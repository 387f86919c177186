"""A practice PC over SSH as a technician meets it: started without root, set up to a verified record, and gone."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tests.adapters.ssh.servers import new_key, public_line
from tests.end_to_end.bench import Bench, statuses

NAME = "practice-pc-1"
PROFILES = Path(__file__).parents[2] / "profiles"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Bench]:
    """A site with the example site's profiles."""
    bench = Bench(tmp_path)
    copytree(PROFILES, tmp_path / "profiles", dirs_exist_ok=True)
    bench.run("practice", "start", "windows", "--transport", "ssh", "--profile", "pupil-pc")
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


@pytest.mark.ansible
def test_from_start_to_a_record_that_says_practice(desk: Bench) -> None:
    [machine] = desk.data("practice", "list", "--json")["machines"]
    assert (machine["name"], machine["platform"], machine["transport"]) == (NAME, "windows", "ssh")
    first = desk.data("setup", NAME, "--yes", "--json")
    [host] = first["hosts"]
    assert (host["outcome"], host["verified"]) == ("ok", True), host
    assert "changed" in statuses(first, NAME).values()
    again = desk.data("setup", NAME, "--yes", "--json")
    assert set(statuses(again, NAME).values()) == {"ok"}, "a second run has nothing to do"
    shown = desk.data("asset", "show", NAME, "--json")
    assert (shown["asset"]["practice"], shown["facts"]["model"]) == (True, "Practice PC (no Windows)")
    assert "there is nobody to log in to" in desk.run("practice", "shell", NAME, status=1)


def test_a_wrong_password_is_tried_once_and_another_host_key_gets_nothing(desk: Bench) -> None:
    journal = desk.root / f".deskprov/practice/windows/{NAME}/journal.jsonl"
    pins = desk.root / ".deskprov/practice/known_hosts"
    right = pins.read_text()
    pins.write_text(f"{NAME} {public_line(new_key())}\n")
    assert "has changed" in desk.run("verify", NAME, status=6)
    assert not journal.exists(), "nobody even tried to log on"
    pins.write_text(right)
    desk.write(".deskprov/practice/windows/password", "mistyped\n")
    assert "refuses the user deskprov" in desk.run("setup", NAME, "--yes", status=6)
    assert journal.read_text().count('"taken": false') == len(journal.read_text().splitlines()) == 1
