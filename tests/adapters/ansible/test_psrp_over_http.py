"""Real Ansible over plain HTTP, each message sealed: by NTLM where somebody puts up with that, and by Kerberos."""

import os
from pathlib import Path

import pytest

from tests.adapters.ansible.stage import FixedSecrets, Stage
from tests.practice.windows.http_door import PASSWORD, http_door
from tests.realm import realm

pytestmark = pytest.mark.ansible

KEY = {"path": "HKLM:\\Software\\Deskprov", "name": "Place", "data": "room 12", "type": "string"}
TASK = {"name": "Set it", "ansible.windows.win_regedit": KEY}


def test_ntlm(tmp_path: Path, runs: Path) -> None:
    (tmp_path / "door").mkdir()
    with http_door(tmp_path / "door") as door:
        nobody = Stage(door.host(risk_taken=False), tmp_path, runs, FixedSecrets({"pw": PASSWORD}))
        outcome = nobody.run([TASK])
        assert not (door.folder / "journal.jsonl").exists()
        stage = Stage(door.host(risk_taken=True), tmp_path, runs, FixedSecrets({"pw": PASSWORD}))
        stage.run([TASK, {**TASK, "name": "Set it again"}])
    assert nobody.kinds() == [("Set it", "unreachable")], nobody.events
    assert "nobody has stated" in f"{nobody.events}{outcome}"
    assert stage.kinds() == [("Set it", "changed"), ("Set it again", "ok")]


@pytest.mark.kerberos
def test_kerberos(tmp_path: Path, runs: Path) -> None:
    for name in ("door", "realm"):
        (tmp_path / name).mkdir()
    with realm(tmp_path / "realm", {"tech": "domain word"}) as domain, http_door(tmp_path / "door") as door:
        domain.write_keytab(door.folder / "keytab")
        host = door.host("localhost", user="tech@EXAMPLE.ORG", log_on="kerberos")
        given = {**os.environ, **domain.environment}
        stage = Stage(host, tmp_path, runs, FixedSecrets({"pw": "domain word"}), given)
        stage.run([TASK])
        wrong = Stage(host, tmp_path, runs, FixedSecrets({"pw": "mistyped"}), given)
        outcome = wrong.run([TASK])
    assert stage.kinds() == [("Set it", "changed")], stage.events
    assert wrong.kinds() == [("Set it", "unreachable")], wrong.events
    assert domain.log.count("verify failure: Preauthentication failed") == 1
    assert "mistyped" not in f"{wrong.events}{outcome}"
