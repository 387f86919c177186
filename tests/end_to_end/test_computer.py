"""Practice PCs renamed and joined to a domain, through real Ansible: in one reboot, refused by the domain, shut out,
by a file after the rename's reboot; and taken out again.

There is no domain: the practice PC takes any password, and plays what a domain does afterwards.
"""

import base64
import codecs
import json
import subprocess
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
  region: US
  regional_format: es-US
  keyboards: [es-MX, en-US/0409:00020409]
  system_locale: es-US
  domain: example.org
  ou: OU=Lab,DC=example,DC=org
  join_user: joiner@example.org
  join_password: domain-join
"""
OFFLINE = """\
profile: remote
platform: windows
computer: {name: "${asset.tag}", keyboards: [es-MX]}
offline_join: {domain: example.org}
"""
LEAVING = """\
profile: leaving
platform: windows
computer: {workgroup: LIBRARY, join_user: joiner@example.org, join_password: domain-join}
"""
SETTINGS = """\
format: 1
name: Example school district
reboot_minutes: 0.25
undo_minutes: 0.3
secrets:
  tech-password: {env: BENCH_TECH_PASSWORD}
  domain-join: {env: BENCH_JOIN}
"""
SECRET = "jo1n-{{ 7*7 }}-$(id)"
GOOD, TAKEN, SHUT_OUT, AWAY = (f"practice-pc-{number}" for number in (1, 2, 3, 4))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "site")
    bench.env |= {"BENCH_JOIN": SECRET, "XDG_CONFIG_HOME": str(tmp_path / "config")}
    keys = subprocess.run(bench.command("secret", "init"), env=bench.environment(), capture_output=True, check=True)
    bench.write("deskprov.yml", SETTINGS + keys.stdout.decode())
    for name, text in {"lab": PROFILE, "remote": OFFLINE, "leaving": LEAVING}.items():
        bench.write(f"profiles/{name}.yml", text)
    bench.run("practice", "start", "windows", "--count", "3", "--profile", "lab")
    bench.run("practice", "start", "windows", "--profile", "remote")
    try:
        for number, name in enumerate((GOOD, TAKEN, SHUT_OUT, AWAY), 1):
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


def join_file(desk: Bench, name: str) -> str:
    """Writes the file of a practice domain for the PC with this name, as `djoin` does, and imports it; its base64."""
    text = base64.b64encode(f"example.org {name}".encode()).decode()
    (desk.root / f"{name}.txt").write_bytes(codecs.BOM_UTF16_LE + f"{text}\0".encode("utf-16-le"))
    said = desk.run("secret", "import", str(desk.root / f"{name}.txt"))
    assert f"✓ Kept, sealed to 1 key: {AWAY}" in said
    assert text not in said
    return text


def test_renamed_and_joined_in_one_reboot_or_told_why_not(desk: Bench) -> None:
    before = state(desk, GOOD)["machine"]["boot_id"]
    prepare(desk, TAKEN, taken=["lab-02"])
    prepare(desk, SHUT_OUT, baseline=True)
    told = desk.run("setup", AWAY, "--yes", status=6)
    assert f"profiles/remote.yml:4:1: No value is kept for {AWAY}/offline_join/this" in told
    assert state(desk, AWAY)["pending_name"] == "", "nothing was begun"
    blob = join_file(desk, "LAB-04")
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
    welcome = {"region": "244", "regional_format": "es-US", "keyboards": [["es-MX", ""], ["en-US", "0409:00020409"]]}
    assert (kept["region"]["welcome"], kept["region"]["new"]) == (welcome, welcome)
    assert kept["region"]["system_locale"] == "es-US"

    refused = found[TAKEN]["computer/this"]
    assert (refused["status"], refused["reason"]) == ("failed", "account-exists")
    assert "KB5020276" in refused["message"]
    assert "reboot/1" not in found[TAKEN]

    out, lost = found[SHUT_OUT]["reboot/1"], found[SHUT_OUT]["computer/this"]
    assert (hosts[SHUT_OUT]["outcome"], out["reason"]) == ("failed", "not-returned")
    assert "not run anything" in out["message"]
    assert (lost["status"], lost["reason"]) == ("failed", "way-in-lost")
    assert "the machine took it back by itself" in lost["message"]
    assert (
        "Not restored: the computer stays in the domain example.org, whose policies may do the same" in lost["message"]
    )
    again = desk.data("verify", SHUT_OUT, "--json")
    assert again["hosts"][0]["outcome"] == "ok", "it lets deskprov in again, and is in the domain"

    away, kept = found[AWAY], state(desk, AWAY)
    assert (hosts[AWAY]["outcome"], hosts[AWAY]["verified"]) == ("ok", True)
    assert "rebooted for computer/this" in away["reboot/1"]["message"], "the name first, which the file is for"
    assert "rebooted for offline_join/this" in away["reboot/2"]["message"]
    assert (kept["name"], kept["computer"]["domain"]) == ("LAB-04", "example.org")

    for name in (GOOD, TAKEN, SHUT_OUT, AWAY):
        journal = (folder(desk, name) / "journal.jsonl").read_text()
        assert (SECRET in journal, blob in journal) == (False, False)
    again = desk.data("setup", GOOD, AWAY, "--yes", "--json")
    assert {each["status"] for host in again["hosts"] for each in host["results"]} == {"ok"}, "nothing to do"

    left = desk.data("setup", GOOD, "--profile", "leaving", "--yes", "--json")
    assert left["hosts"][0]["verified"]
    own = state(desk, GOOD)["computer"]
    assert (own["domain"], own["workgroup"]) == ("", "LIBRARY")
