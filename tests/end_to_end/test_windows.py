"""A practice PC as a technician meets it: started without root, set up, recorded as practice, and gone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskprov.model.inventory import OVER_TLS, WINRM
from tests.end_to_end.bench import Bench, statuses

NAME = "practice-pc-1"
PROFILE = """\
profile: pc
platform: windows
registry:
  - {value: 'HKLM\\SOFTWARE\\Example\\Level', data: 4294967295}
  - {value: 'HKLM\\SOFTWARE\\Example\\Rooms', data: [Gym, Aula “Süd”]}
environment:
  - {name: SCHOOL, value: North}
services:
  - {name: Fax, startup: disabled, running: false}
  - {name: Spooler, startup: automatic, running: true}
"""


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.write("profiles/pc.yml", PROFILE)
    bench.run("practice", "start", "windows", "--profile", "pc", "--transport", getattr(request, "param", WINRM))
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


@pytest.mark.ansible
@pytest.mark.parametrize("desk", OVER_TLS, indirect=True)
def test_from_start_to_a_record_that_says_practice(desk: Bench) -> None:
    [machine] = desk.data("practice", "list", "--json")["machines"]
    assert (machine["name"], machine["platform"], machine["state"]) == (NAME, "windows", "running")
    assert "in order" in desk.run("validate")
    first = desk.data("setup", NAME, "--yes", "--json")
    [host] = first["hosts"]
    assert (host["host"], host["outcome"], host["verified"]) == (NAME, "ok", True)
    changed = {key for key, status in statuses(first, NAME).items() if status == "changed"}
    assert changed == {
        r"registry/HKLM\SOFTWARE\Example\Level",
        r"registry/HKLM\SOFTWARE\Example\Rooms",
        "environment/SCHOOL",
        "services/Fax",
    }
    again = desk.data("setup", NAME, "--yes", "--json")
    assert set(statuses(again, NAME).values()) == {"ok"}, "a second run has nothing to do"
    shown = desk.data("asset", "show", NAME, "--json")
    assert shown["asset"]["practice"] is True
    assert shown["facts"]["model"] == "Practice PC (no Windows)"
    assert "PRACTICE MACHINE" in desk.run("asset", "show", NAME)
    assert "C: has 96.0 GiB free of 128.0 GiB" in desk.run("doctor", NAME)
    assert NAME not in desk.run("asset", "export", "csv"), "what is practice is not in exports"


def test_a_weak_way_is_refused_or_said_in_every_run(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.write("profiles/pc.yml", PROFILE)
    way = "ansible_connection: psrp, ansible_psrp_protocol: http, ansible_port: 1, deskprov_profile: pc"
    entry = f"{{ansible_host: 127.0.0.1, deskprov_password: tech-password, {way}}}"
    bench.write("inventory_hosts/hosts.yml", f"all: {{hosts: {{lab-01: {entry}}}}}\n")
    assert "lab-01 is not asked: nothing proves who it is" in bench.run("verify", "lab-01", status=3)
    bench.write("inventory_hosts/hosts.yml", f"all: {{hosts: {{lab-01: {entry[:-1]}, deskprov_risk_taken: true}}}}}}\n")
    for verb in ("verify", "plan"):
        assert "WARNING: lab-01: nothing proves who it is" in bench.run(verb, "lab-01", status=(4, 6))


def test_another_certificate_than_the_pinned_one_gets_nothing(desk: Bench) -> None:
    pins = desk.root / ".deskprov/practice/known_hosts"
    pins.write_text(f"{NAME} x509-sha256 {'0' * 64}\n")
    journal = desk.root / f".deskprov/practice/windows/{NAME}/journal.jsonl"
    assert "has changed" in desk.run("verify", NAME, status=6)
    assert not journal.exists(), "nobody even tried to log on"


def test_stopping_leaves_nothing_but_the_record_and_the_next_is_the_same_computer_installed_again(desk: Bench) -> None:
    pin = desk.root / ".deskprov/practice/known_hosts"
    desk.run("verify", NAME, "--json", status=(0, 2))
    serial, certificate = desk.data("asset", "show", NAME, "--json")["asset"]["serial"], pin.read_text()
    desk.run("practice", "stop")
    assert desk.data("host", "list", "--json")["hosts"] == []
    assert not (desk.root / f".deskprov/practice/windows/{NAME}").exists()
    desk.run("practice", "start", "windows", "--profile", "pc")
    assert pin.read_text() != certificate
    desk.run("verify", NAME, status=(0, 2))
    asset = desk.data("asset", "show", NAME, "--json")["asset"]
    assert (asset["serial"], asset["practice"]) == (serial, True)


def test_a_mistyped_password_is_refused_twice_in_all_by_thirty_machines(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.write("profiles/pc.yml", PROFILE)
    try:
        bench.run("practice", "start", "windows", "--profile", "pc", "--count", "30")
        bench.write(".deskprov/practice/windows/password", "mistyped\n")
        said = bench.run("verify", "@practice", status=6)
        journals = list((bench.root / ".deskprov/practice/windows").glob("*/journal.jsonl"))
        entries = [json.loads(line) for journal in journals for line in journal.read_text().splitlines()]
        assert 1 <= len([entry for entry in entries if entry["what"] == "logon" and not entry["taken"]]) <= 2, said
        assert not [entry for entry in entries if entry["what"] != "logon"]
    finally:
        bench.run("practice", "stop")
