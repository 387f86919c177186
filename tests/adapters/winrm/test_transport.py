"""A question of ours, there and back: real TLS, NTLM and pywinrm, and a practice PC that knows our program."""

from datetime import UTC, datetime, timedelta

import pytest

from deskprov.adapters.limits import Limits
from deskprov.adapters.powershell import BOOTSTRAP
from deskprov.adapters.winrm.approach import WinRmApproach
from deskprov.adapters.winrm.shell import PIECE
from deskprov.adapters.winrm.transport import WinRmTransport
from deskprov.errors import IdentityNotTrusted, ProbeFailed
from deskprov.formats.powershell import LONGEST, command_line
from deskprov.model.inventory import OVER_TLS
from deskprov.model.platform import Platform
from deskprov.stages.facts import facts, facts_probes
from deskprov.stages.probe import compile_program, parse_answers
from deskprov.testing import FixedSecrets
from tests.adapters.winrm.test_identity import host_at
from tests.practice.windows.desk import Desk

NONCE = "4f1d2c3b4a596877"


def program() -> bytes:
    return compile_program(facts_probes(Platform.WINDOWS), NONCE)


@pytest.mark.parametrize("transport", OVER_TLS)
def test_facts_come_back(desk: Desk, transport: str) -> None:
    host = host_at(desk.pc.port, desk.pc.host_key, transport)
    said = WinRmTransport(FixedSecrets({"pw": desk.password})).ask(host, program())
    answers = parse_answers(said, facts_probes(Platform.WINDOWS), NONCE)
    assert facts(Platform.WINDOWS, answers).os.startswith("Windows 11")


@pytest.mark.parametrize("transport", OVER_TLS)
def test_a_program_of_several_pieces_arrives_whole(desk: Desk, transport: str) -> None:
    """The practice PC refuses a program that is not, to the letter, one of ours."""
    spaces = b"\n" * (2 * PIECE)
    way = WinRmTransport(FixedSecrets({"pw": desk.password}))
    said = way.ask(host_at(desk.pc.port, desk.pc.host_key, transport), program() + spaces)
    assert parse_answers(said, facts_probes(Platform.WINDOWS), NONCE)


@pytest.mark.parametrize("transport", OVER_TLS)
def test_an_answer_that_is_too_long_is_left(desk: Desk, transport: str) -> None:
    way = WinRmTransport(FixedSecrets({"pw": desk.password}), limits=Limits(output=100))
    with pytest.raises(ProbeFailed, match="answers with more than 0 KiB"):
        way.ask(host_at(desk.pc.port, desk.pc.host_key, transport), program())


def test_the_command_line_is_constant_and_short() -> None:
    assert len(command_line(BOOTSTRAP)) < LONGEST / 8


def test_the_way_is_told_step_by_step(desk: Desk) -> None:
    approach, host = WinRmApproach(), host_at(desk.pc.port, desk.pc.host_key)
    assert approach.addresses(host) == ["127.0.0.1"]
    assert approach.greeting(host).line == "HTTPS"
    shown = approach.identity(host)
    assert shown.line == desk.pc.host_key
    assert shown.ends and shown.ends > datetime.now(UTC) + timedelta(days=5 * 365)
    with pytest.raises(IdentityNotTrusted):
        approach.identity(host_at(desk.pc.port))
