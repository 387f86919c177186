"""doctor as a technician types it, about this computer."""

import json
from pathlib import Path

import pytest

from deskprov.cli.main import run


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A site as `init` makes it."""
    assert run(["init", str(tmp_path / "site")]) == 0
    capsys.readouterr()
    return tmp_path / "site"


def test_every_check_is_data(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["-C", str(site), "doctor", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {"ok", "checks"}
    assert found["ok"] is (status == 0)
    assert all(check.keys() == {"check", "verdict", "found", "fix"} for check in found["checks"])
    names = [check["check"] for check in found["checks"]]
    assert names[:5] == ["python", "system", "site", "inventory", "record"]


def test_an_invalid_site_is_exit_3(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "profiles" / "wrong.yml").write_text("profile: wrong\nplatform: linux\nfolder: []\n")
    assert run(["-C", str(site), "doctor"]) == 3
    said = capsys.readouterr()
    assert "✗ site" in said.out
    assert "Then again: deskprov doctor" in said.err


def test_what_would_stop_work_is_exit_1(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(site), "host", "add", "pc-1", "--address", "192.0.2.1", "--key", "no/such-key"]) == 0
    assert run(["-C", str(site), "doctor"]) == 1
    assert "no such file: no/such-key" in capsys.readouterr().out


def test_settings_that_cannot_be_read_are_a_check_and_no_end(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "deskprov.yml").write_text("format: 2\n")
    assert run(["-C", str(site), "doctor"]) == 3
    said = capsys.readouterr().out
    assert "record        deskprov.yml has mistakes" in said
    assert "✓ python" in said


def test_outside_of_a_site_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(tmp_path), "doctor"]) == 3
    assert "deskprov.yml" in capsys.readouterr().err
