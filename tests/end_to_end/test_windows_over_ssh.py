"""A practice PC over SSH as a technician meets it: started without root, set up to a verified record, and gone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskprov.model.serving import LARGE
from tests.adapters.ssh.servers import new_key, public_line
from tests.end_to_end.bench import Bench, statuses

NAME = "practice-pc-1"
PROFILE = """\
profile: pc
platform: windows
groups: [pupils]
folders:
  - {path: 'C:\\Example'}
files:
  - {path: 'C:\\Example\\note.txt', content: "Aula “Süd”\\n"}
  - {path: 'C:\\Example\\large.bin', source: files/large.bin}
registry:
  - {value: 'HKLM\\SOFTWARE\\Example\\Rooms', data: [Gym, Aula “Süd”]}
environment:
  - {name: SCHOOL, value: North}
services:
  - {name: Fax, startup: disabled, running: false}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.write("profiles/pc.yml", PROFILE)
    (tmp_path / "profiles/files").mkdir()
    (tmp_path / "profiles/files/large.bin").write_bytes(b"large" * LARGE)
    bench.run("practice", "start", "windows", "--transport", "ssh", "--profile", "pc")
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
    assert set(statuses(first, NAME).values()) == {"changed"}
    assert not [result for result in host["results"] if result["message"]], "the large file was fetched"
    again = desk.data("setup", NAME, "--yes", "--json")
    assert set(statuses(again, NAME).values()) == {"ok"}, "a second run has nothing to do"
    shown = desk.data("asset", "show", NAME, "--json")
    assert (shown["asset"]["practice"], shown["facts"]["model"]) == (True, "Practice PC (no Windows)")
    assert "there is nobody to log in to" in desk.run("practice", "shell", NAME, status=1)


def test_doctor_and_setup_say_what_stands_in_the_way(desk: Bench) -> None:
    verdicts = {check["check"]: check["verdict"] for check in _examined(desk)}
    assert set(verdicts.values()) == {"ok"}, verdicts
    file = desk.root / f".deskprov/practice/windows/{NAME}/state.json"
    state = json.loads(file.read_text("utf-8"))
    state["machine"] |= {"free": 2**20, "batteries": [{"EstimatedChargeRemaining": 9, "BatteryStatus": 1}]}
    state["pending_name"] = "library-1"
    file.write_text(json.dumps(state), "utf-8")
    found = {check["check"]: check for check in _examined(desk, status=1)}
    wrong = {name: check["verdict"] for name, check in found.items() if check["verdict"] != "ok"}
    assert wrong == {"disk": "failed", "power": "warning", "reboot": "warning"}
    assert "9 % charged" in found["power"]["found"]
    assert found["power"]["fix"] == "Plug it in before setting it up."
    assert "C: is full" in found["disk"]["found"]
    told = desk.run("setup", NAME, "--yes", status=1)
    assert "Nothing was changed: its system disk C:" in told, told
    state["machine"]["free"] = 2**40
    file.write_text(json.dumps(state), "utf-8")
    told = desk.run("setup", NAME, "--yes", status=7)
    assert "it runs on battery, 9 % charged, and 30 % are needed." in told, told
    assert "Plug it in" in told
    state["machine"]["elevated"] = False
    file.write_text(json.dumps(state), "utf-8")
    for verb in ("plan", "setup"):
        told = desk.run(verb, NAME, *(["--yes"] if verb == "setup" else []), status=6)
        assert "is let in to practice-pc-1, but without an administrator's rights" in told, told
        assert "Make it a member of the group of administrators there" in told
    [rights] = [check for check in _examined(desk, status=1) if check["check"] == "sudo"]
    assert rights["verdict"] == "failed"
    assert json.loads(file.read_text("utf-8")) == state, "the PC is as it was"


def _examined(desk: Bench, status: int = 0) -> list[dict[str, str]]:
    [host] = desk.data("doctor", NAME, "--json", status=status)["hosts"]
    checks: list[dict[str, str]] = host["checks"]
    return checks


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
