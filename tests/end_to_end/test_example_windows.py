"""The example site's profiles for Windows set practice PCs up, and leave nothing to do."""

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.bench import Bench, statuses

ROOT = Path(__file__).parent.parent.parent
SITE = ("deskprov.yml", "software.yml", "printers.yml", "places.yml")

pytestmark = [pytest.mark.ansible, pytest.mark.timeout(240)]


def test_a_staff_laptop_and_a_pc_of_the_office(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    shutil.copytree(ROOT / "profiles", tmp_path / "profiles", dirs_exist_ok=True)
    for file in SITE:
        shutil.copy(ROOT / file, tmp_path / file)
    # a practice PC stands in no room
    office = tmp_path / "profiles/office-pc.yml"
    office.write_text(
        office.read_text("utf-8").replace("[room, front-office-copier]", "[front-office-copier]"), "utf-8"
    )
    for profile in ("staff-laptop", "office-pc"):
        bench.run("practice", "start", "windows", "--profile", profile)
    try:
        first = bench.data("setup", "@practice", "--yes", "--json")
        for name in ("practice-pc-1", "practice-pc-2"):
            assert {"changed", "ok"} == set(statuses(first, name).values())
        again = bench.data("setup", "@practice", "--yes", "--json")
        for name in ("practice-pc-1", "practice-pc-2"):
            assert set(statuses(again, name).values()) == {"ok"}
    finally:
        bench.run("practice", "stop")
