"""The password of a PC's own on a PC of stand-ins: sealed on the way, in no stream, and once; and its sleep."""

import base64
import json
from pathlib import Path

import pytest

from deskprov.adapters.enrolment_seals import RsaSeals
from deskprov.formats.certificates import thumbprint
from deskprov.model.facts import ProbeError
from deskprov.stages.hand_over import hand_over, is_in_force, release
from deskprov.stages.probe import compile_program, parse_answers
from tests.powershell import NONCE, key
from tests.powershell.pc import Pc, fresh, registry

pytestmark = pytest.mark.powershell

PASSWORD = "bcdefghjknprstuvxb'\"$(id)"
MAKE = "$made = New-SelfSignedCertificate -Subject 'CN=PC' -KeyLength 2048 -HashAlgorithm SHA256 -NotBefore (Get-Date)"


def begin(pc: Pc) -> bytes:
    """A PC on which the script has run: its account, its certificate, which is returned, and what it remembers."""
    pc.folder.mkdir()
    hive = registry()
    memory = {"SleepPluggedIn": ("String", "1800"), "SleepOnBattery": ("String", "600")}
    hive["HKEY_LOCAL_MACHINE"]["keys"]["SOFTWARE"]["keys"]["deskprov-bootstrap"] = key(values=memory)
    pc.begin(fresh(sleep=[0, 0], users=[{"Name": "deskprov", "Enabled": True, "password": "one-time"}]), hive)
    said = pc.run_other(f"{MAKE} -NotAfter (Get-Date).AddYears(5)\n[Convert]::ToBase64String($made.RawData)")
    return said.strip().splitlines()[-1].encode()


def test_it_is_put_in_force_and_shown_nowhere(tmp_path: Path) -> None:
    pc = Pc(tmp_path / "stick")
    certificate = begin(pc).decode()
    der = base64.b64decode(certificate)
    sealed = RsaSeals().sealed(PASSWORD, certificate)
    lost = hand_over("deskprov", "0" * 40, sealed)
    spoiled = hand_over("deskprov", thumbprint(der), RsaSeals().sealed(PASSWORD, RsaSeals().new_pair("x").certificate))
    probe = hand_over("deskprov", thumbprint(der), sealed)
    program = compile_program([lost, spoiled, probe], NONCE).decode("ascii")
    said = pc.run_other(program)
    not_there, not_opened, done = parse_answers(said.encode(), [lost, spoiled, probe], NONCE)
    assert isinstance(not_there, ProbeError)
    assert "not in its own store" in not_there.message
    assert isinstance(not_opened, ProbeError)
    assert not is_in_force(not_opened)
    assert is_in_force(done)
    assert [user["password"] for user in pc.state["users"]] == [PASSWORD]
    assert pc.state["sleep"] == [0, 0], "it stays awake until its first verified setup"
    assert pc.value("SOFTWARE", "deskprov-bootstrap", "Enrolled") == 1
    assert PASSWORD not in said + program + json.dumps(pc.hive)


def released(pc: Pc) -> object:
    [answer] = parse_answers(
        pc.run_other(compile_program([release()], NONCE).decode("ascii")).encode(), [release()], NONCE
    )
    return answer


def test_it_may_sleep_again_as_before_once(tmp_path: Path) -> None:
    pc = Pc(tmp_path / "stick")
    begin(pc)
    assert released(pc) == {"released": True}
    assert pc.state["sleep"] == [1800, 600]
    assert pc.value("SOFTWARE", "deskprov-bootstrap", "SleepPluggedIn") is None
    pc.begin(pc.state | {"sleep": [0, 0]}, pc.hive)
    assert released(pc) == {"released": True}
    assert pc.state["sleep"] == [0, 0], "that was somebody else"


def test_what_somebody_has_set_since_stays_and_a_policy_stands_above_it(tmp_path: Path) -> None:
    pc = Pc(tmp_path / "stick")
    begin(pc)
    pc.begin(pc.state | {"sleep": [900, 0], "sleep_policy": True}, pc.hive)
    assert released(pc) == {"released": False}
    assert pc.state["sleep"] == [900, 0]
    assert pc.value("SOFTWARE", "deskprov-bootstrap", "SleepPluggedIn") == "1800", "for -Undo, and another time"
    pc.begin(pc.state | {"sleep_policy": False}, pc.hive)
    assert released(pc) == {"released": True}
    assert pc.state["sleep"] == [900, 600]
