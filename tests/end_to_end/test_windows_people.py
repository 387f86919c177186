"""Registry values of people on a practice PC: real Ansible, real WinRM with NTLM over TLS, a double behind it."""

import json
from typing import Any

import pytest

from tests.end_to_end.bench import Bench
from tests.end_to_end.windows_pc import set_up, state

pytestmark = pytest.mark.ansible

KEY = "Software\\Example"
HOSTILE = "{{ 7 * 7 }} $(id) `whoami` 'a\" ñ 漢 %TEMP%"
ANA, LUIS = "S-1-5-21-1004336348-1177238915-682003330-1001", "S-1-5-21-1004336348-1177238915-682003330-1002"
VALUES: dict[str, Any] = {"Colour": HOSTILE, "Size": 4294967295, "Servers": ["one", HOSTILE], "(Default)": "x"}


def profile(*whose: str) -> str:
    entries = [{"value": f"{who}\\{KEY}\\{name}", "data": data} for who in whose for name, data in VALUES.items()]
    return f"profile: lab\nplatform: windows\nregistry: {json.dumps(entries, ensure_ascii=False)}\n"


def with_people(desk: Bench, *, in_use: bool) -> None:
    """Ana and Luis have profiles; of Luis somebody holds the registry, or not."""
    [file] = (desk.root / ".deskprov/practice/windows").glob("*/state.json")
    kept = state(desk)
    kept["profiles"].setdefault(ANA, {"name": "ana", "registry": {}})
    kept["profiles"].setdefault(LUIS, {"name": "Luis Peña", "registry": {}})["in_use"] = in_use
    file.write_text(json.dumps(kept))


def values(desk: Bench, sid: str) -> dict[str, Any]:
    """What that person has, by name."""
    key = state(desk)["profiles"][sid]["registry"].get(f"hkcu\\{KEY}".lower(), {"values": {}})
    return {value["name"]: value["data"] for value in key["values"].values()}


def told(desk: Bench, what: str) -> int:
    journals = (desk.root / ".deskprov/practice/windows").glob("*/journal.jsonl")
    return sum(json.loads(line)["what"] == what for file in journals for line in file.read_text().splitlines())


def test_who_is_logging_on_is_left_alone_named_and_done_by_the_next_run(desk: Bench) -> None:
    with_people(desk, in_use=True)
    desk.write("profiles/lab.yml", profile("every-user", "default-user"))
    before = told(desk, "module")
    said = desk.run("setup", "pc-1", "--yes", status=7)
    assert "Left alone is the registry of Luis Peña: somebody is logging on or off" in " ".join(said.split())
    assert "4 changed, 4 waiting" in said
    assert told(desk, "module") - before == 1
    wanted = {**VALUES, "(default)": "x"}
    del wanted["(Default)"]
    assert [values(desk, sid) for sid in (ANA, LUIS, "default-user")] == [wanted, {}, wanted]

    plan = desk.run("plan", "pc-1")
    assert "Nothing to do on 1 machine." in plan
    assert "registry of Luis Peña" in plan

    with_people(desk, in_use=False)
    drifted = desk.run("plan", "pc-1")
    assert "(ana), not set (Luis Peña)" in " ".join(drifted.split())
    keys = {who: [f"registry/{who}\\{KEY}\\{name}" for name in VALUES] for who in ("every-user", "default-user")}
    assert set_up(desk) == {
        **dict.fromkeys(keys["every-user"], ("changed", True)),
        **dict.fromkeys(keys["default-user"], ("ok", True)),
    }
    assert values(desk, LUIS) == wanted

    desk.write("profiles/lab.yml", profile("default-user"))
    removed = set_up(desk, "--clean")
    assert removed == {
        **dict.fromkeys(keys["every-user"], ("changed", True)),
        **dict.fromkeys(keys["default-user"], ("ok", True)),
    }
    assert [values(desk, sid) for sid in (ANA, LUIS, "default-user")] == [{}, {}, wanted]
