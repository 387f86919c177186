"""Every question of a machine's plan as one program, and its output as answers: one round trip whatever is asked.

The program is constant code and one line of data, so that nothing of a profile is ever part of code. It is written in
the language of the probe files: Python for Linux, PowerShell for Windows. What comes back is a stranger's text: it is
taken for an answer only if it is exactly what was asked for, and never raises further on.
"""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from deskprov.model.facts import Answer, ProbeError
from deskprov.model.probe import JsonKey, Probe, ProbeScript, script_beside

DEEPEST = 16
"""Levels of lists and mappings in an answer; no probe of ours gives more than five."""

LARGEST = 2**63 - 1
"""The largest number, either way, that is taken for one; also what a database column holds."""

LONGEST_MESSAGE = 400

POWERSHELL = ".ps1"
"""How the names of probe files end that are PowerShell's; all others are Python's."""


def compile_program(probes: Sequence[Probe], nonce: str) -> bytes:
    """Source that asks these questions, equal ones once, and prints the answers: Python 3, or PowerShell 5.1 in ASCII.

    Raises `ValueError` when the questions are in both languages.

    `nonce` is a fresh random word: the answer stands between markers made of it, which the program itself does not
    contain, so that neither an echo of it nor any other output of the machine can be taken for the answer.
    """
    unique = list(dict.fromkeys(probes))
    data = {
        "nonce": nonce,
        "scripts": {probe.script.name: probe.script.text for probe in unique},
        "questions": [[asked[0].script.name, _argument(asked)] for asked in _questions(unique)],
    }
    return _program(unique)(json.dumps(data)).encode()


def _program(probes: Sequence[Probe]) -> Callable[[str], str]:
    match {probe.script.name.endswith(POWERSHELL) for probe in probes}:
        case languages if len(languages) > 1:
            raise ValueError("one machine cannot be asked in two languages")
        case languages:
            return _in_powershell if True in languages else _in_python


def _in_python(data: str) -> str:
    block = base64.b64encode(data.encode()).decode()
    return f'{script_beside(__package__, "on_machine.py").text}\n\nmain("{block}")\n'


def _in_powershell(data: str) -> str:
    """Base64 cannot be read in ConstrainedLanguage mode. JSON can; in ASCII and without an apostrophe, which it can do
    without, nothing in it ends the literal it stands in or means anything there (about_Quoting_Rules).
    """
    block = data.replace("'", "\\u0027")
    return f"{script_beside(__package__, 'on_machine.ps1').text}\n\nmain '{block}'\n"


def parse_answers(output: bytes, probes: Sequence[Probe], nonce: str) -> list[Answer]:
    """The answers in the order of `probes`; a `ProbeError` for each question that failed on the machine.

    Raises `ValueError` with a part of a sentence when the output is not the answer of the compiled program.
    """
    questions = _questions(list(dict.fromkeys(probes)))
    answers = _document(output, nonce)
    if len(answers) != len(questions):
        raise ValueError(f"it answered {len(answers)} questions instead of {len(questions)}")
    given: dict[Probe, Answer] = {}
    for asked, answer in zip(questions, map(_answer, answers), strict=True):
        given |= zip(asked, _of_each(asked, answer), strict=True)
    return [given[probe] for probe in probes]


def _questions(unique: Sequence[Probe]) -> list[list[Probe]]:
    """The probes that one question answers, for each question: one, or all of a script that is asked once."""
    questions: dict[ProbeScript | Probe, list[Probe]] = {}
    for probe in unique:
        questions.setdefault(probe.script if probe.script.together else probe, []).append(probe)
    return list(questions.values())


def _argument(asked: Sequence[Probe]) -> JsonKey:
    return tuple(probe.argument for probe in asked) if asked[0].script.together else asked[0].argument


def _of_each(asked: Sequence[Probe], answer: Answer) -> Sequence[Answer]:
    if not asked[0].script.together:
        return [answer]
    if isinstance(answer, list) and len(answer) == len(asked):
        return answer
    refusal = answer if isinstance(answer, ProbeError) else ProbeError("the machine did not answer each question")
    return [refusal] * len(asked)


def _document(output: bytes, nonce: str) -> list[Any]:
    begin, end = (f"\ndeskprov-{word}-{nonce}\n".encode() for word in ("begin", "end"))
    _, found, rest = output.replace(b"\r\n", b"\n").partition(begin)
    text, ended, after = rest.partition(end)
    if not found:
        raise ValueError("its output holds no answer")
    if not ended:
        raise ValueError("its answer breaks off")
    if begin.strip() in text + after:
        raise ValueError("its output holds more than one answer")
    try:
        document = json.loads(text.decode("ascii"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError("its answer cannot be read") from error
    match document:
        case {"answers": list(answers)}:
            return answers
        case _:
            raise ValueError("its answer is not of the agreed form")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


def _answer(entry: Any) -> Answer:
    match entry:
        case {"answer": answer}:
            return _clean(answer, DEEPEST)
        case {"error": str(message)}:
            return ProbeError(_well_formed(message)[:LONGEST_MESSAGE])
        case _:
            return ProbeError("the machine gave no answer of the agreed form")


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _well_formed(value)
    if isinstance(value, int | float):
        return value if abs(value) <= LARGEST else None
    if isinstance(value, list | dict) and depth == 0:
        return None
    if isinstance(value, list):
        return [_clean(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {_well_formed(key): _clean(item, depth - 1) for key, item in value.items()}
    return value


def _well_formed(text: str) -> str:
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
