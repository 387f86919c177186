"""A plan goes to a colleague as a file, and is carried out on a real machine exactly as it was approved, or not."""

import json

import pytest

from tests.end_to_end.bench import Bench, statuses

pytestmark = pytest.mark.practice

NOTE = "files:\n  - path: /srv/note.txt\n    content: hello\nusers:\n  - {name: tech, password: tech-password}\n"
PASSWORD = "correct horse battery staple"


def test_exactly_what_was_approved_or_nothing(bench: Bench) -> None:
    bench.env["BENCH_TECH_PASSWORD"] = PASSWORD
    bench.profile("note", NOTE)
    file = bench.root / "note.plan.json"
    bench.run("plan", "practice-1", "--profile", "note", "-o", str(file))
    text = file.read_text()
    assert PASSWORD not in text
    digest = json.loads(text)["digest"]

    run = bench.data("apply", str(file), "--yes", "--json")
    assert statuses(run, "practice-1") == {"users/tech": "changed", "files//srv/note.txt": "changed"}
    assert bench.data("run", "show", run["run"], "--json")["plan"]["digest"] == digest
    assert f"plan file  {digest[:12]}" in bench.run("run", "show", run["run"])

    again = bench.run("apply", str(file), "--yes", status=1)
    assert "files//srv/note.txt was to be changed (create) and is right already" in again, again

    bench.on("practice-1", "sh", "-c", "echo spoiled > /srv/note.txt")
    bench.run("plan", "practice-1", "--profile", "note", "-o", str(file))
    bench.on("practice-1", "sh", "-c", "echo otherwise > /srv/note.txt")
    assert "files//srv/note.txt: before was" in bench.run("apply", str(file), "--yes", status=1)
    assert bench.on("practice-1", "cat", "/srv/note.txt") == b"otherwise\n"
    assert "The log is whole" in bench.run("run", "verify-log", run["log_head"])
