"""From a stick to verified records: bare practice PCs, the printed script, a packing list, real Ansible over WinRM."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pexpect
import pytest
import yaml

from tests.end_to_end.bench import Bench, statuses

pytestmark = [pytest.mark.ansible, pytest.mark.timeout(300)]

PROFILE = """\
profile: pupil-pc
platform: windows
registry: [{value: 'HKLM\\SOFTWARE\\Example\\Site', data: Gym}]
services: [{name: Fax, startup: disabled}]
"""
WITH_PASSWORDS = f"""\
{PROFILE}users:
  - {{name: tech, password: per-device}}
  - {{name: kiosk, password: shared}}
"""
NAMES = ["GV-0001", "GV-0002"]
"""Of those on the packing list; the third PC is on none."""


@dataclass
class School:
    """A site, a stick that has been in three PCs, and what enrolling them told. `names` are those of the PCs in it."""

    bench: Bench
    stick: Path
    told: dict[str, Any]

    @property
    def serials(self) -> list[str]:
        return sorted(file.stem.removeprefix("deskprov-enrol-") for file in self.stick.glob("*.json"))

    @property
    def names(self) -> list[str]:
        return [*NAMES, self.serials[2]]

    def journal(self, number: int) -> list[dict[str, Any]]:
        file = self.bench.root / f".deskprov/practice/windows/practice-pc-{number}/journal.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def kept_awake(self) -> list[bool]:
        files = sorted((self.bench.root / ".deskprov/practice/windows").glob("practice-pc-*/state.json"))
        return [json.loads(file.read_text())["kept_awake"] for file in files]

    def refused(self) -> int:
        return sum(e["what"] == "logon" and not e["taken"] for n in (1, 2, 3) for e in self.journal(n))


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    bench, stick = Bench(tmp_path_factory.mktemp("site")), tmp_path_factory.mktemp("desk") / "stick"
    bench.env["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))
    made = subprocess.run(bench.command("secret", "init"), env=bench.environment(), capture_output=True, check=True)
    settings = (bench.root / "deskprov.yml").read_text() + "asset_fields: {profile: text}\n" + made.stdout.decode()
    bench.write("deskprov.yml", settings.replace("secrets:\n", "secrets:\n  shared: {escrow: true}\n"))
    subprocess.run(
        bench.command("secret", "set", "shared", "--stdin"), env=bench.environment(), input=b"Shared-1", check=True
    )
    bench.write("profiles/pupil-pc.yml", WITH_PASSWORDS)
    bench.run("bootstrap", "windows", "-o", str(stick), "--from", "127.0.0.0/8")
    bench.run("practice", "start", "windows", "--bare", str(stick), "--count", "3")
    try:
        school = School(bench, stick, {})
        rows = [f"{name},{serial},gym,pupil-pc\n" for name, serial in zip(NAMES, school.serials, strict=False)]
        bench.write("list.csv", "".join(["tag,serial,room,profile\n", *rows, "GV-0009,SN-9,gym,\n"]))
        bench.run("asset", "import", str(bench.root / "list.csv"))
        assert bench.data("host", "list", "--json")["hosts"] == [], "nobody knows them before they are enrolled"
        school.told = bench.data("enroll", str(stick), "--yes", "--json")
        yield school
    finally:
        bench.run("practice", "stop")
        assert bench.data("host", "list", "--json")["hosts"] == [], "whoever was enrolled is taken out again"


def test_from_bare_to_a_verified_record_and_a_second_run_with_nothing_to_do(school: School) -> None:
    bench, told, names = school.bench, school.told, school.names
    assert {one["outcome"] for one in told["machines"]} == {"ok"}
    assert told["batch"] == [], "a double is no machine of the site's own"
    assert {host["host"]: host["practice"] for host in bench.data("host", "list", "--json")["hosts"]} == dict.fromkeys(
        names, True
    )
    assert not (bench.root / "known_hosts.txt").exists()
    assert "GV-0001" not in (bench.root / "inventory_hosts/hosts.yml").read_text()
    assert [one["host"] for one in told["machines"] if not one["on_list"]] == [names[2]]
    assert [asset["tag"] for asset in told["not_enrolled"]] == ["GV-0009"]
    detail = bench.data("asset", "show", "GV-0001", "--json")
    practised = detail["asset"]
    assert (practised["tag"], practised["room"], practised["site_fields"]) == (
        "GV-0001",
        "gym",
        {"profile": "pupil-pc"},
    )
    assert "identity_mismatch" not in {event["kind"] for event in detail["events"]}
    listed = [one["asset"] for one in bench.data("asset", "list", "--json")["assets"]]
    stock = [asset for asset in listed if not asset["practice"]]
    assert [(asset["host"], asset["state"]) for asset in stock] == [("", "stock")] * 3, "a double is none of the list's"
    bench.run("asset", "edit", "GV-0001", "tag=GV-0001")

    assert bench.data("asset", "show", "GV-0001", "--json")["asset"]["practice"], "from the first contact on"

    assert school.kept_awake() == [True] * 3, "until its first verified setup"
    run = bench.data("setup", "@practice", "--profile", "pupil-pc", "--yes", "--json")
    for name in names:
        assert set(statuses(run, name).values()) == {"changed"}
    assert school.kept_awake() == [False] * 3
    again = bench.data("setup", "@practice", "--profile", "pupil-pc", "--yes", "--json")
    assert {status for name in names for status in statuses(again, name).values()} == {"ok"}
    record = bench.data("asset", "show", "GV-0001", "--json")
    assert record["asset"]["serial"] == school.serials[0]
    assert record["facts"]["model"] == "Practice PC (no Windows)"
    assert school.refused() == 0


def test_one_without_a_tag_is_named_before_the_question_and_holds_up_nobody(school: School) -> None:
    bench, [*tagged, untagged] = school.bench, school.names
    stated = "environment: [{name: SCHOOL_TAG, value: '${asset.tag}'}]\n"
    bench.write("profiles/tagged.yml", f"profile: tagged\nplatform: windows\n{stated}")
    place, lack = "profiles/tagged.yml:3:41", "`${asset.tag}` has no value for this machine"
    hint = f"deskprov asset edit {untagged} tag=… gives it one"
    asked = ("@practice", "--profile", "tagged")
    program, *rest = bench.command("setup", *asked)
    terminal = {**bench.environment(), "TERM": "xterm", "COLUMNS": "80"}
    child = pexpect.spawn(program, rest, env=terminal, timeout=60, encoding="utf-8", dimensions=(40, 80))
    child.expect("Make these changes")
    words = " ".join(str(child.before).split())
    assert words.index(f"{place}: {lack} {hint}") < words.index("Plan: 2 changes on 2 machines")
    child.sendline("n")
    child.expect(pexpect.EOF)
    planned = {host["host"]: host for host in bench.data("plan", *asked, "--json", status=1)["hosts"]}
    assert [planned[name]["counts"]["create"] for name in tagged] == [1, 1]
    run = bench.data("setup", *asked, "--yes", "--json", status=1)
    [left] = [host for host in run["hosts"] if host["host"] == untagged]
    assert left["outcome"] == planned[untagged]["outcome"] == "failed"
    assert left["problems"] == planned[untagged]["problems"] == [f"{place}: {lack}; {hint}"]
    assert {status for name in tagged for status in statuses(run, name).values()} == {"changed"}
    shown = bench.data("run", "show", "--json")
    assert [host["outcome"] for host in shown["hosts"] if host["host"] == untagged] == ["failed"]


def test_a_replayed_file_is_refused_and_the_others_are_nothing_to_do(school: School) -> None:
    bench, stick = school.bench, school.stick
    told = bench.data("enroll", str(stick), "--yes", "--json")
    assert [(one["outcome"], one["new"]) for one in told["machines"]] == [("ok", False)] * 3
    assert school.refused() == 0, "its own password opens each"
    stated = bench.root / ".deskprov/practice/hosts.yml"
    hosts = yaml.safe_load(stated.read_text())
    del hosts["all"]["hosts"]["GV-0002"]
    stated.write_text(yaml.safe_dump(hosts))
    told = bench.data("enroll", str(stick), "--yes", "--json", status=6)
    [replayed] = [one for one in told["machines"] if one["outcome"] != "ok"]
    assert replayed["host"] == "GV-0002"
    assert "it was used already" in replayed["message"]
    assert school.refused() == 1


def test_passwords_are_proved_and_rotated_also_the_one_that_deskprov_comes_in_with(school: School) -> None:
    bench = school.bench

    def password(account: str) -> str:
        shown = bench.run("secret", "reveal", f"GV-0001/{account}", "--reason", "a test", "--pipe", "--yes")
        return shown.splitlines()[0]

    def tested() -> dict[str, bool]:
        return {
            one["secret"]: one["ok"] for one in bench.data("secret", "test", "--for", "GV-0001", "--json")["secrets"]
        }

    both = {"GV-0001/deskprov": True, "GV-0001/tech": True}
    assert "not proved yet" not in bench.run("secret", "list"), "the setup has proved what it made"
    assert tested() == both
    before = {account: password(account) for account in ("tech", "deskprov")}
    said = bench.run("secret", "rotate", "--for", "GV-0001", "--yes")
    assert "New password proved, old one burned: GV-0001/tech, GV-0001/deskprov" in said
    assert tested() == both
    assert [account for account in before if password(account) == before[account]] == []
    assert school.refused() == 1, "that of the replayed file: rotating has made no wrong log-on over the network"

    said = bench.run("secret", "rotate", "shared", "--yes")
    assert "New password proved, old one burned: GV-0001/kiosk" in said


def test_no_password_is_on_the_stick_or_in_the_site(school: School) -> None:
    bench = school.bench
    shown = bench.run("secret", "reveal", "GV-0001/deskprov", "--reason", "the test looks for it", "--pipe", "--yes")
    [password] = re.findall(r"\b[bcdefghjknprstuvx]{18}\b", shown)
    for folder in (school.stick, bench.root):
        for file in folder.rglob("*"):
            if file.is_file():
                assert password.encode() not in file.read_bytes(), file


def test_over_psrp_a_bare_pc_comes_in_with_a_password_of_its_own(tmp_path: Path) -> None:
    bench, stick = Bench(tmp_path / "site"), tmp_path / "stick"
    bench.env["XDG_CONFIG_HOME"] = str(tmp_path / "config")
    made = subprocess.run(bench.command("secret", "init"), env=bench.environment(), capture_output=True, check=True)
    bench.write("deskprov.yml", (bench.root / "deskprov.yml").read_text() + made.stdout.decode())
    bench.write("profiles/pupil-pc.yml", PROFILE)
    bench.run("bootstrap", "windows", "-o", str(stick), "--from", "127.0.0.0/8")
    bench.run("practice", "start", "windows", "--bare", str(stick))
    try:
        [told] = bench.data("enroll", str(stick), "--transport", "psrp", "--yes", "--json")["machines"]
        assert (told["outcome"], told["new"]) == ("ok", True)
        assert bench.data("host", "show", told["host"], "--json")["transport"] == "psrp"
        run = bench.data("setup", "@practice", "--profile", "pupil-pc", "--yes", "--json")
        assert set(statuses(run, told["host"]).values()) == {"changed"}
        again = bench.data("setup", "@practice", "--profile", "pupil-pc", "--yes", "--json")
        assert set(statuses(again, told["host"]).values()) == {"ok"}
    finally:
        bench.run("practice", "stop")


def test_over_ssh_a_bare_pc_comes_in_by_the_key_of_the_site(tmp_path: Path) -> None:
    bench, stick = Bench(tmp_path / "site"), tmp_path / "stick"
    bench.write("profiles/pupil-pc.yml", PROFILE)
    bench.run("bootstrap", "login-key")
    bench.run("bootstrap", "windows", "--transport", "ssh", "-o", str(stick), "--from", "127.0.0.0/8")
    bench.run("practice", "start", "windows", "--bare", str(stick))
    try:
        [told] = bench.data("enroll", str(stick), "--yes", "--json")["machines"]
        assert (told["outcome"], told["new"]) == ("ok", True)
        run = bench.data("setup", "@practice", "--profile", "pupil-pc", "--yes", "--json")
        assert set(statuses(run, told["host"]).values()) == {"changed"}
        again = bench.data("setup", "@practice", "--profile", "pupil-pc", "--yes", "--json")
        assert set(statuses(again, told["host"]).values()) == {"ok"}
        assert told["host"] not in bench.run("secret", "list"), "there is no password of its own"
    finally:
        bench.run("practice", "stop")
