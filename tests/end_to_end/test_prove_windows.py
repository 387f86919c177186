"""The walk that the hosted Windows runner makes (.github/workflows/windows.yml), made here with a bare practice PC."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / "scripts/prove_windows.sh"

pytestmark = [pytest.mark.ansible, pytest.mark.soak, pytest.mark.timeout(300)]


def test_from_a_stick_to_a_second_run_with_nothing_to_do(tmp_path: Path) -> None:
    site, stick = tmp_path / "site", tmp_path / "stick"
    around = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config"), "NO_COLOR": "1"}
    deskprov = [str(ROOT / ".venv/bin/deskprov"), "-C", str(site)]

    def run(*command: str) -> str:
        done = subprocess.run(command, env=around, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(str(SCRIPT), "prepare", str(site), str(stick), "127.0.0.0/8", "192.0.2.5")
    run(*deskprov, "practice", "start", "windows", "--bare", str(stick))
    try:
        assert "second run: nothing to do" in run(str(SCRIPT), "prove", str(site), str(stick))
    finally:
        run(*deskprov, "practice", "stop")
