"""deskprov's own look at a practice PC: the program that the probe stage writes, and the parsers that read answers."""

from pathlib import Path

import pytest

from deskprov.model.facts import LocalUser, ProbeError
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe, ProbeScript
from deskprov.practice.windows import questions
from deskprov.practice.windows.computer import Computer, fresh_state, write_state
from deskprov.practice.windows.local_accounts import ADMINISTRATORS, add_user, group
from deskprov.practice.windows.models import MODELS
from deskprov.stages.facts import facts, facts_probes
from deskprov.stages.probe import compile_program, parse_answers

NONCE = "0123456789abcdef"
HOSTILE = Probe(ProbeScript("tests/look.ps1", "function look($argument) { 'main' }"), "'; Remove-Item C:\\ # “ü”\n")


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    state = fresh_state("practice-pc-1", 1_700_000_000)
    add_user(state, "tech", "")
    group(state, ADMINISTRATORS)["members"].append(state["users"]["tech"]["sid"])
    write_state(tmp_path / "state.json", state)
    return Computer(tmp_path / "state.json")


def test_what_it_says_of_itself_is_read_as_the_facts_of_a_windows_machine(computer: Computer) -> None:
    probes = facts_probes(Platform.WINDOWS)
    output = questions.answer(computer, questions.read(compile_program(probes, NONCE)))
    found = facts(Platform.WINDOWS, parse_answers(output, probes, NONCE))
    assert (found.hostname, found.maker, found.model) == ("PRACTICE-PC-1", "deskprov", "Practice PC (no Windows)")
    assert found.serial.startswith("PRACTICE-")
    assert found.boot_id == "1"
    assert found.users == [LocalUser("tech", "", True)]


def test_a_question_without_a_model_gets_an_error_and_the_others_an_answer(computer: Computer) -> None:
    probes = [HOSTILE, *facts_probes(Platform.WINDOWS)]
    asked = questions.read(compile_program(probes, NONCE))
    assert asked.asked[0] == ("tests/look.ps1", HOSTILE.argument)
    unknown, known, _ = parse_answers(questions.answer(computer, asked), probes, NONCE)
    assert unknown == ProbeError("practice PC: no model of the probe tests/look.ps1")
    assert isinstance(known, dict)


@pytest.mark.parametrize(
    "program",
    [b"", b"Get-Process", b"\nmain '{}'\n", b'\nmain \'{"nonce": "x", "scripts": {}, "questions": [1]}\'\n'],
)
def test_anything_else_is_no_program_of_ours(program: bytes) -> None:
    with pytest.raises(ValueError, match=r"it |its |a question "):
        questions.read(program)


def test_every_model_stands_for_a_probe_that_there_is() -> None:
    root = Path(questions.__file__).parents[3]
    for name in MODELS.probes:
        package, _, file = name.partition("/")
        assert (root / package.replace(".", "/") / file).is_file(), name
