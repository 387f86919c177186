"""The constant runner of Windows probes, really run: what a probe returns comes back as it is, and fails alone."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import ProbeError
from deskprov.model.probe import Probe, ProbeScript
from deskprov.stages.probe import compile_program
from tests.formats.hostile_texts import hostile_texts
from tests.powershell import CONSTRAINED, FULL, NONCE, PACKAGE, ask, engine

pytestmark = pytest.mark.powershell

ECHO = ProbeScript("echo.ps1", "function look($argument) { , $argument }")


def script(body: str) -> ProbeScript:
    return ProbeScript("probe_windows.ps1", f"function look($argument) {{ {body} }}")


def one(folder: Path, body: str, mode: str = CONSTRAINED) -> Any:
    [answer] = ask(folder, [Probe(script(body))], {}, mode=mode)
    return answer


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("", None),
        ("$null", None),
        ("$true", True),
        ("'text'", "text"),
        (", @()", []),
        (", @('one')", ["one"]),
        (", @(@(1, 2), @(3))", [[1, 2], [3]]),
        ("@{ a = 1; b = @{ c = @('d') } }", {"a": 1, "b": {"c": ["d"]}}),
        ("[ordered]@{ z = 1.5; a = -7 }", {"z": 1.5, "a": -7}),
        (", @([uint16]7, [uint64]9223372036854775807, [byte]1)", [7, 2**63 - 1, 1]),
        (", @([double]::NaN, [double]::PositiveInfinity, 1e300)", [None, None, None]),
        ("[datetime]'2026-11-25'", "11/25/2026 00:00:00"),
        ("[char]0x212a + 'k' + [char]0x131", "\u212ak\u0131"),
    ],
)
def test_plain_data_comes_back(tmp_path: Path, mode: str, body: str, answer: object) -> None:
    assert one(tmp_path, body, mode) == answer


def test_a_member_of_an_enumeration_comes_back_as_its_name(tmp_path: Path) -> None:
    """In ConstrainedLanguage mode nobody may write one, but Windows still returns them."""
    assert one(tmp_path, "[DayOfWeek]::Friday", FULL) == "Friday"


def test_hostile_texts_go_there_and_back(tmp_path: Path) -> None:
    texts = [text for text in hostile_texts() if "/Date(" not in text]  # which ConvertFrom-Json of 5.1 makes a date
    probes = [Probe(ECHO, tuple(texts))]
    [back] = ask(tmp_path, probes, {})
    assert back == [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts]


@pytest.mark.parametrize("body", ["throw 'no luck'", "Get-Nothing", "Get-Item -LiteralPath 'HKLM:\\No'", "look 1; ("])
def test_a_question_fails_alone(tmp_path: Path, body: str) -> None:
    first, failed, last = ask(tmp_path, [Probe(ECHO, 1), Probe(script(body)), Probe(ECHO, 2)], {})
    assert (first, last) == (1, 2)
    assert isinstance(failed, ProbeError)


def test_scripts_do_not_see_each_other(tmp_path: Path) -> None:
    loud = ProbeScript("loud.ps1", "function ConvertTo-Quoted($t) { 'mine' }\nfunction look($argument) { 'a' }")
    assert ask(tmp_path, [Probe(loud), Probe(ECHO, "b")], {}) == ["a", "b"]


def test_nothing_of_a_question_is_code(tmp_path: Path) -> None:
    hostile = ("'; throw 'x'; '", "\u2019; throw 1; \u2018", "$(throw 1)", "`'")
    assert ask(tmp_path, [Probe(ECHO, hostile)], {}) == [list(hostile)]
    lines = compile_program([Probe(ECHO, hostile)], NONCE).decode("ascii").splitlines()
    assert lines[-1].count("'") == 2


def test_the_bootstrap_runs_what_is_on_its_input(tmp_path: Path) -> None:
    """Windows gives `$input` the lines of standard input; here a pipeline does."""
    bootstrap = (PACKAGE / "adapters/powershell/bootstrap.ps1").read_text("ascii")
    (tmp_path / "program.ps1").write_bytes(compile_program([Probe(ECHO, "there and back")], NONCE))
    command = f"Get-Content -LiteralPath '{tmp_path}/program.ps1' | & {{ {bootstrap} }}"
    done = subprocess.run(
        [engine(), "-LanguageMode", CONSTRAINED, "-Command", command], capture_output=True, timeout=60
    )
    assert b'{"answers": [{"answer": "there and back"}]}' in done.stdout, done


def test_two_languages_are_refused() -> None:
    with pytest.raises(ValueError, match="two languages"):
        compile_program([Probe(ECHO), Probe(ProbeScript("probe_linux.py", "def look(argument): pass"))], NONCE)
