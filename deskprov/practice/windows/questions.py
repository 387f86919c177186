"""deskprov's own questions to a practice PC: reads them out of the program that asks them, and writes the answers.

The program is constant code with one block of data at its end, `main '{…}'` (stages/probe). No code of it is run here;
which model answers is chosen by the name of the probe's file. A question without a model gets an error, as one gets
that fails on a machine.
"""

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from deskprov.model.practice_models import Unanswered
from deskprov.practice.windows.computer import Computer
from deskprov.practice.windows.models import MODELS

PROGRAM = re.compile(rb"\nmain '(?P<data>\{[\x20-\x26\x28-\x7e]*\})'\s*\Z")


class Questions(Struct, frozen=True):
    """What is asked, each with the file of its probe, and the word between which the answers stand."""

    nonce: str
    asked: tuple[tuple[str, Any], ...]


def read(program: bytes) -> Questions:
    """The questions of a program. Raises `ValueError` when it is none of deskprov's."""
    found = PROGRAM.search(program)
    if found is None:
        raise ValueError("it does not end in a block of questions")
    match json.loads(found["data"]):
        case {"nonce": str(nonce), "scripts": dict(scripts), "questions": list(questions)} if nonce.isalnum():
            return Questions(nonce, tuple(_question(each, scripts) for each in questions))
        case _:
            raise ValueError("its block of questions is not of the agreed form")


def answer(computer: Computer, questions: Questions) -> bytes:
    """The answers in their order between the markers, as the program would print them."""
    acts = any(name in MODELS.acts for name, _ in questions.asked)
    run = computer.change if acts else computer.look
    answers = run(lambda state: [_answer(state, *question) for question in questions.asked])
    begin, end = (f"\ndeskprov-{word}-{questions.nonce}\n" for word in ("begin", "end"))
    return f"{begin}{json.dumps({'answers': answers})}{end}".replace("\n", "\r\n").encode("ascii")


def _question(entry: Any, scripts: Mapping[str, Any]) -> tuple[str, Any]:
    match entry:
        case [str(name), argument] if name in scripts:
            return name, argument
        case _:
            raise ValueError("a question is not of the agreed form")


def _answer(state: dict[str, Any], name: str, argument: Any) -> Mapping[str, Any]:
    if name not in MODELS.probes and name not in MODELS.acts:
        return {"error": f"practice PC: no model of the probe {name}"}
    try:
        if name in MODELS.acts:
            return {"answer": MODELS.acts[name](state, argument)}
        return {"answer": MODELS.probes[name](copy.deepcopy(state), argument)}
    except Unanswered as error:
        return {"error": str(error)}
