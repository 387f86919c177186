"""Passwords of accounts, tried and replaced on a PC of stand-ins: sealed, in no stream, and never to a lock-out.

A class stands in for LogonUser, which only Windows has; its answers are Windows' system error codes
(learn.microsoft.com/windows/win32/debug/system-error-codes), its order that of MS-ERREF: a wrong password
is wrong first.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from deskprov.adapters.enrolment_seals import RsaSeals
from deskprov.formats.certificates import certificate_der, thumbprint
from deskprov.formats.windows_seal import FORGET_KEY, NEW_KEY, sealing_certificate
from deskprov.model.facts import Answer, ProbeError
from deskprov.model.password_proof import Proof
from deskprov.model.probe import Probe
from deskprov.stages.hand_over import is_in_force, replace_password
from deskprov.stages.password_proof import tried, try_probe
from deskprov.stages.password_proof.windows import ANOTHER
from deskprov.stages.probe import compile_program, parse_answers
from tests.powershell import CONSTRAINED, NONCE, ask
from tests.powershell.pc import Pc, fresh, registry

pytestmark = pytest.mark.powershell

RIGHT, OTHER = "right canary '\"$(id) ñ漢", "other canary"

LOG_ON = """
class DeskprovLogOn {
    static [object] $Users
    static [long] $Limit
    static [long] Threshold() { return [DeskprovLogOn]::Limit }
    static [object] Of([string]$name) { return ([DeskprovLogOn]::Users | Where-Object { $_.Name -eq $name }) }
    static [long] BadPasswords([string]$name) { return [DeskprovLogOn]::Of($name).bad }
    static [int] Try([string]$name, [securestring]$password) {
        $user = [DeskprovLogOn]::Of($name)
        $plain = (New-Object System.Net.NetworkCredential '', $password).Password
        if ($plain -cne $user.password) { $user.bad++; return 1326 }
        if (-not $user.code) { $user.bad = 0 }
        return $user.code
    }
}
[DeskprovLogOn]::Users = $Pc.users
[DeskprovLogOn]::Limit = $Pc.limit
function Add-Type([string]$TypeDefinition) {}
"""


def user(name: str, rid: int = 1002, **more: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "SID": f"S-1-5-21-1-2-3-{rid}",
        "Enabled": True,
        "password": RIGHT,
        "code": 0,
        "bad": 0,
        **more,
    }


USERS = [
    user("Técnico", 500),
    user("other", password="set by a person"),
    user("first-login", code=1907),
    user("off", code=1331),
    user("locked", code=1909),
    user("odd", code=1450),
    user("close", password="set by a person", bad=4),
]


def answers(pc: Pc, probes: Sequence[Probe]) -> tuple[list[Answer], str]:
    said = pc.run_other(
        LOG_ON + compile_program(probes, NONCE).decode("ascii") + "\n'bad: ' + ($Pc.users.bad -join ' ')"
    )
    return parse_answers(said.encode(), probes, NONCE), said


def key_of(pc: Pc) -> str:
    [made], _ = answers(pc, [NEW_KEY])
    return sealing_certificate(made)


@pytest.fixture
def pc(tmp_path: Path) -> Pc:
    made = Pc(tmp_path / "stick")
    made.folder.mkdir()
    made.begin(fresh(users=USERS, limit=10), registry())
    return made


def test_which_is_in_force_is_told_in_words_and_shown_nowhere(pc: Pc) -> None:
    certificate = key_of(pc)
    sealed = {text: RsaSeals().sealed(text, certificate) for text in (RIGHT, OTHER)}
    held_as = thumbprint(certificate_der(certificate))
    of_each = [each["Name"] for each in USERS] + ["nobody"]
    probe = try_probe(held_as, {name: [sealed[OTHER], sealed[RIGHT]] for name in of_each})
    [found, forgotten], said = answers(pc, [probe, FORGET_KEY])
    told = tried(found)
    assert told is not None
    assert (told["Técnico"], told["first-login"]) == (Proof(1), Proof(1))
    assert told["other"] == Proof(why=ANOTHER)
    assert "disabled" in told["off"].why
    assert "is locked" in told["locked"].why
    assert told["odd"].why == "Windows did not let it be tried (error 1450)."
    assert "could lock it: it was not tried" in told["close"].why
    assert "nobody" not in told
    assert "bad: 0 2 1 1 1 1 5" in said, "no account comes nearer to being locked than half of the way"
    assert forgotten is True
    assert pc.state["certificates"] == []
    assert pc.state["told"].count("key deleted") == 1
    assert not any(text in said + json.dumps(pc.hive) for text in (RIGHT, OTHER, "canary"))


def test_where_nothing_is_offered_it_is_only_told_who_there_is(pc: Pc, tmp_path: Path) -> None:
    probe = try_probe("", {"técnico": (), "administrator": (), "nobody": ()})
    [found], _ = answers(pc, [probe])
    assert tried(found) == {"técnico": Proof(why=ANOTHER), "administrator": Proof(why=ANOTHER)}
    windows = {"Get-LocalUser": [{"Name": "tech", "SID": "S-1-5-21-1-2-3-1001"}]}
    [refused] = ask(tmp_path, [try_probe("00", {"tech": ("AA",)})], windows, mode=CONSTRAINED)
    assert isinstance(refused, ProbeError)
    assert tried(refused) is None


def test_a_new_key_takes_the_place_of_one_that_was_left(pc: Pc) -> None:
    first, second = key_of(pc), key_of(pc)
    assert first != second
    assert len(pc.state["certificates"]) == 1
    sealed = RsaSeals().sealed(RIGHT, first)
    [gone], _ = answers(pc, [try_probe(thumbprint(certificate_der(first)), {"Técnico": [sealed]})])
    assert isinstance(gone, ProbeError)
    with pytest.raises(ValueError, match="not in its own store"):
        sealing_certificate(gone)


def test_a_password_is_replaced_and_nothing_else(pc: Pc) -> None:
    certificate = key_of(pc)
    held_as = thumbprint(certificate_der(certificate))
    put = replace_password("other", held_as, RsaSeals().sealed(OTHER, certificate))
    [done, _], said = answers(pc, [put, FORGET_KEY])
    assert is_in_force(done)
    assert [each["password"] for each in pc.state["users"]].count(OTHER) == 1
    assert OTHER not in said
    assert pc.state["sleep"] == [1800, 600]
