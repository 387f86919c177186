"""Practice PCs renamed and joined to a domain, through real Ansible: in one reboot, refused by the domain, shut out.

There is no domain: the practice PC takes any password, and plays what a domain does afterwards.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.bench import Bench

pytestmark = pytest.mark.ansible

PROFILE = """\
profile: lab
platform: windows
computer:
  name: "${asset.tag}"
  description: Aula 7
  time_zone: Europe/Madrid
  domain: example.org
  ou: OU=Lab,DC=example,DC=org
  join_user: joiner@example.org
  join_password: domain-join
"""
SETTINGS = """\
format: 1
name: Example school district
reboot_minutes: 0.25
secrets:
  tech-password: {env: BENCH_TECH_PASSWORD}
  domain-join: {env: BENCH_JOIN}
"""
SECRET = "jo1n-{{ 7*7 }}-$(id)"
GOOD, TAKEN, SHUT_OUT = (f"practice-pc-{number}" for number in (1, 2, 3))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.write("deskprov.yml", SETTINGS)
    bench.write("profiles/lab.yml", PROFILE)
    bench.env["BENCH_JOIN"] = SECRET
    bench.run("practice", "start", "windows", "--count", "3", "--profile", "lab")
    try:
        for number, name in enumerate((GOOD, TAKEN, SHUT_OUT), 1):
            bench.run("asset", "add", f"host={name}", f"tag=LAB-0{number}")
        yield bench
    finally:
        bench.run("practice", "stop")


def folder(desk: Bench, name: str) -> Path:
    return desk.root / ".deskprov/practice/windows" / name


def state(desk: Bench, name: str) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads((folder(desk, name) / "state.json").read_text())
    return kept


def prepare(desk: Bench, name: str, **domain: Any) -> None:
    """What the domain does with this PC."""
    changed = state(desk, name)
    changed["computer"] |= domain
    (folder(desk, name) / "state.new").write_text(json.dumps(changed))
    (folder(desk, name) / "state.new").replace(folder(desk, name) / "state.json")


def test_renamed_and_joined_in_one_reboot_or_told_why_not(desk: Bench) -> None:
    before = state(desk, GOOD)["machine"]["boot_id"]
    prepare(desk, TAKEN, taken=["lab-02"])
    prepare(desk, SHUT_OUT, baseline=True)
    run = desk.data("setup", "@practice", "--yes", "--json", status=1)
    hosts = {host["host"]: host for host in run["hosts"]}
    found = {name: {each["resource"]: each for each in host["results"]} for name, host in hosts.items()}

    made = found[GOOD]
    assert (hosts[GOOD]["outcome"], hosts[GOOD]["verified"]) == ("ok", True)
    assert "It rebooted for computer/this" in made["reboot/1"]["message"]
    kept = state(desk, GOOD)
    assert (kept["name"], kept["pending_name"], kept["machine"]["boot_id"]) == ("LAB-01", "", before + 1)
    assert kept["computer"] | {"taken": [], "baseline": False} == kept["computer"]
    assert (kept["computer"]["domain"], kept["computer"]["zone"]) == ("example.org", "Romance Standard Time")

    refused = found[TAKEN]["computer/this"]
    assert (refused["status"], refused["reason"]) == ("failed", "account-exists")
    assert "KB5020276" in refused["message"]
    assert "reboot/1" not in found[TAKEN]

    out = found[SHUT_OUT]["reboot/1"]
    assert (hosts[SHUT_OUT]["outcome"], out["reason"]) == ("unreachable", "not-returned")
    assert "not run anything" in out["message"]
    assert "LocalAccountTokenFilterPolicy must be 1" in desk.run("verify", SHUT_OUT, status=6)

    for name in (GOOD, TAKEN, SHUT_OUT):
        assert SECRET not in (folder(desk, name) / "journal.jsonl").read_text()
    again = desk.data("setup", GOOD, "--yes", "--json")
    assert {each["status"] for each in again["hosts"][0]["results"]} == {"ok"}, "a second run has nothing to do"
