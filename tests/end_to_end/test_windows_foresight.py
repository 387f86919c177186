"""A look at a practice PC says what a run would meet: what is missing there, and that it would not be changed at all.

Not a step of Ansible's: what is seen here is in the plan.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.bench import Bench
from tests.end_to_end.windows_pc import state

SITE = """\
places:
  - {name: main, kind: building}
  - {name: room-12, kind: room, within: main}
"""
PRINTERS = """\
printers:
  - {name: Copier, address: 192.0.2.40, place: room-12}
  - {name: Plotter, address: 192.0.2.41, driver: Example Plotter PS, place: room-12}
  - {name: Elsewhere, address: 192.0.2.42}
"""
PROFILE = """\
profile: lab
platform: windows
groups: [Music]
users:
  - {name: ana, groups: [Music, Film]}
  - {name: DefaultAccount, state: absent}
folders: ['C:\\Made\\Below']
files:
  - {path: 'C:\\Made\\a.txt', content: a}
  - {path: 'C:\\Missing\\a.txt', content: a}
file_settings:
  - {setting: 'C:\\Gone\\app.ini [Server] Address', value: a}
features: [TelnetCilent]
services:
  - {name: Spoler, startup: automatic}
printers: [room]
"""
DRIVER = "printers.yml states Example Plotter PS"


@pytest.fixture
def practised(tmp_path: Path) -> Iterator[Bench]:
    """A site with a practice PC that stands in a room."""
    bench = Bench(tmp_path)
    bench.write("places.yml", SITE)
    bench.write("printers.yml", PRINTERS)
    bench.write("profiles/lab.yml", PROFILE)
    bench.run("practice", "start", "windows", "--profile", "lab", "--place", "room-12")
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


def test_what_would_fail_and_what_it_waits_for_is_seen_before_anything_is_tried(practised: Bench) -> None:
    kept = state(practised)
    kept["printers"]["protected"] = True
    kept["reboot_wanted"] = ["updates"]
    kept["machine"]["batteries"] = [{"EstimatedChargeRemaining": 9, "BatteryStatus": 1}]
    [file] = (practised.root / ".deskprov/practice/windows").glob("*/state.json")
    file.write_text(json.dumps(kept))
    [plan] = practised.data("plan", "place:main", "--json")["hosts"]
    name = plan["host"]
    assert {each["resource"]: each["obstacle"] for each in plan["changes"] if each["obstacle"]} == {
        "users/ana": "there is no group Film",
        "users/DefaultAccount": "the account DefaultAccount is part of Windows and stays; take it out of the profile",
        "files/C:\\Missing\\a.txt": "there is no folder C:\\Missing",
        "file_settings/C:\\Gone\\app.ini [Server] Address": "there is no folder C:\\Gone",
        "features/TelnetCilent": "this Windows has no feature TelnetCilent; did you mean TelnetClient?",
        "services/Spoler": "there is no service Spoler (the short name, as Get-Service shows it)",
        "printers/Plotter": f"Windows protected print mode takes no driver but the one of Windows, and {DRIVER}",
    }
    assert {each["resource"] for each in plan["changes"]} >= {"printers/Copier", "files/C:\\Made\\a.txt"}
    assert "printers/Elsewhere" not in {each["resource"] for each in plan["changes"]}
    assert plan["hindered"].endswith("on battery, 9 % charged, and 30 % are needed; plug it in first")
    told = practised.run("plan", name)
    assert "7 of them will FAIL, for the reason given there." in told
    assert "setup and apply change nothing on it as it is now" in told.replace("\n", " ")
    shown = practised.run("asset", "show", name)
    assert "is wanted for updates of Windows" in shown
    assert practised.data("asset", "show", name, "--json")["facts"]["reboot_wanted"] == ["updates of Windows"]
    assert shown.rstrip().endswith(f"Next: deskprov verify {name}")
    [looked_at] = practised.data("doctor", name, "--json")["hosts"]
    found = {check["check"]: check["found"] for check in looked_at["checks"]}
    assert found["reboot"] == "waits for a restart for updates of Windows"
