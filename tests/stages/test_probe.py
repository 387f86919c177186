"""The program that asks a machine, run by a real Python as on one, and what a hostile machine may answer."""

import ast
import base64
import json
import os
import re
import subprocess
import sys
import textwrap
from typing import Any

import pytest
from msgspec.structs import replace

from deskprov.model.facts import ProbeError
from deskprov.model.probe import Probe, ProbeScript
from deskprov.stages.probe import compile_program, parse_answers

NONCE = "4f1d2c3b4a596877"


def script(body: str, name: str = "a") -> ProbeScript:
    return ProbeScript(name, textwrap.dedent(body))


ECHO = script("def look(argument): return argument", "echo")


def run(program: bytes, **environment: str) -> bytes:
    env = {"PATH": os.environ["PATH"], **environment}
    command = [sys.executable, "-I", "-S", "-"]
    return subprocess.run(command, input=program, capture_output=True, check=True, timeout=60, env=env).stdout


def ask(*probes: Probe) -> list[Any]:
    return parse_answers(run(compile_program(probes, NONCE)), probes, NONCE)


def answer(text: str) -> bytes:
    """What a machine sends when this text stands where the answer should."""
    return f"\ndeskprov-begin-{NONCE}\n{text}\ndeskprov-end-{NONCE}\n".encode()


def read(text: str, probes: int = 1) -> list[Any]:
    return parse_answers(answer(text), [Probe(ECHO, number) for number in range(probes)], NONCE)


def test_answers_come_in_the_order_of_the_questions() -> None:
    assert ask(Probe(ECHO, 1), Probe(ECHO, "two"), Probe(ECHO, ("three", None, True))) == [
        1,
        "two",
        ["three", None, True],
    ]


def test_equal_questions_are_asked_once() -> None:
    counting = script("""
        asked = []
        def look(argument):
            asked.append(argument)
            return len(asked)
    """)
    probes = [Probe(counting, "x"), Probe(counting, "y"), Probe(counting, "x")]
    assert ask(*probes) == [1, 2, 1]


TOGETHER = replace(
    script("def look(arguments):\n    return [[len(arguments), each] for each in arguments]"), together=True
)


def test_those_of_a_script_that_is_asked_once_are_one_question() -> None:
    probes = [Probe(TOGETHER, "a"), Probe(ECHO, 1), Probe(TOGETHER, (1, "b")), Probe(TOGETHER, "a")]
    assert ask(*probes) == [[2, "a"], 1, [2, [1, "b"]], [2, "a"]]
    assert ask(Probe(TOGETHER, ("only",))) == [[1, ["only"]]]


@pytest.mark.parametrize("body", ["return [1]", "return None", "return {'a': 1, 'b': 2}", "raise OSError('no')"])
def test_what_does_not_answer_each_of_them_answers_none(body: str) -> None:
    one = replace(script(f"def look(arguments):\n    {body}"), together=True)
    answers = ask(Probe(one, 1), Probe(one, 2), Probe(ECHO, 3))
    assert [isinstance(answer, ProbeError) for answer in answers] == [True, True, False]


def test_scripts_do_not_see_each_other() -> None:
    one = script("value = 1\ndef look(argument): return value", "one")
    two = script("def look(argument): return 'value' in globals()", "two")
    assert ask(Probe(one), Probe(two)) == [1, False]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise OSError('no disk')", "OSError: no disk"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("return {1, 2}", "TypeError: Object of type set is not JSON serializable"),
        ("return look(argument)", "RecursionError: maximum recursion depth exceeded"),
    ],
    ids=["error", "exit", "not-json", "recursion"],
)
def test_a_question_fails_alone(body: str, message: str) -> None:
    bad = script(f"def look(argument):\n    {body}", "bad")
    first, failed, last = ask(Probe(ECHO, 1), Probe(bad), Probe(ECHO, 2))
    assert (first, last) == (1, 2)
    assert isinstance(failed, ProbeError)
    assert failed.message.startswith(message)


@pytest.mark.parametrize("body", ["def look(", "import nosuchmodule", "x = 1"], ids=["syntax", "import", "no-look"])
def test_a_script_that_cannot_be_loaded_fails_alone(body: str) -> None:
    failed, good = ask(Probe(script(body, "bad")), Probe(ECHO, 1))
    assert isinstance(failed, ProbeError)
    assert good == 1


def test_a_long_message_is_cut() -> None:
    [failed] = ask(Probe(script("def look(argument): raise OSError('x' * 100000)")))
    assert len(failed.message) < 500


def test_a_question_that_hangs_is_given_up() -> None:
    program = compile_program([Probe(script("def look(argument):\n    while True: pass")), Probe(ECHO, 1)], NONCE)
    hurried = program.replace(b"SECONDS_PER_QUESTION = 20", b"SECONDS_PER_QUESTION = 1")
    assert hurried != program
    failed, good = parse_answers(
        run(hurried), [Probe(script("def look(argument):\n    while True: pass")), Probe(ECHO, 1)], NONCE
    )
    assert failed == ProbeError("TimeoutError: no answer within 1 seconds")
    assert good == 1


def test_what_a_script_prints_is_no_answer() -> None:
    noisy = script(
        """
        import os
        def look(argument):
            print("deskprov-begin-")
            os.write(1, b"{}\\n")
            os.system("echo more")
            return "quiet"
        """
    )
    assert ask(Probe(noisy)) == ["quiet"]


@pytest.mark.parametrize("locale", [{}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"}])
def test_any_text_goes_there_and_back(locale: dict[str, str]) -> None:
    text = 'ñ 漢字 🖨️ "quotes" {{ 7 * 7 }} $(id) \\ \x00\x1b[31m\u2028\u202e' + f"deskprov-end-{NONCE}"
    probe = Probe(ECHO, text)
    assert parse_answers(run(compile_program([probe], NONCE), **locale), [probe], NONCE) == [text]


def test_nothing_of_a_question_is_part_of_the_code() -> None:
    """The program differs from another one only in a base64 block."""
    hostile = '"); import os; os.abort() #\n'
    lines = compile_program([Probe(ECHO, hostile)], NONCE).decode().splitlines()
    others = compile_program([], NONCE).decode().splitlines()
    assert lines[:-1] == others[:-1]
    block = re.fullmatch(r'main\("([A-Za-z0-9+/=]*)"\)', lines[-1])
    assert block
    assert json.loads(base64.b64decode(block[1]))["questions"] == [["echo", hostile]]


def test_an_echo_of_the_program_is_no_answer() -> None:
    probe = Probe(ECHO, 1)
    program = compile_program([probe], NONCE)
    with pytest.raises(ValueError, match="holds no answer"):
        parse_answers(program, [probe], NONCE)
    assert parse_answers(program + run(program), [probe], NONCE) == [1]


def test_the_runner_is_for_old_pythons_too() -> None:
    ast.parse(compile_program([], NONCE), feature_version=(3, 9))


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (b"", "holds no answer"),
        (b"Traceback (most recent call last):\n", "holds no answer"),
        (answer('{"answers": []}').replace(NONCE.encode(), b"0" * 16), "holds no answer"),
        (answer('{"answers": [{"answer": 1}')[:60], "breaks off"),
        (answer('{"answers": [{"answer": 1}]}') * 2, "more than one answer"),
        (answer('{"answers": ['), "cannot be read"),
        (answer('{"answers": [{"answer": NaN}]}'), "cannot be read"),
        (answer('{"answers": [{"answer": -Infinity}]}'), "cannot be read"),
        (answer('{"answers": [{"answer": ' + "9" * 5000 + "}]}"), "cannot be read"),
        (answer('{"answers": ' + "[" * 100_000 + "]" * 100_000 + "}"), "cannot be read"),
        (answer('{"answers": [{"answer": "ñ"}]}'), "cannot be read"),
        (answer('{"answers": {}}'), "not of the agreed form"),
        (answer("[]"), "not of the agreed form"),
        (answer('{"answers": []}'), "answered 0 questions instead of 1"),
        (answer('{"answers": [{"answer": 1}, {"answer": 2}]}'), "answered 2 questions instead of 1"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(output: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        parse_answers(output, [Probe(ECHO, 1)], NONCE)
    assert "\n" not in str(caught.value)


def test_numbers_that_nothing_can_hold_are_unknown() -> None:
    assert read(
        '{"answers": [{"answer": [1e999, 99999999999999999999999, -1e300, 9223372036854775807, 1.5, true]}]}'
    ) == [[None, None, None, 2**63 - 1, 1.5, True]]


def test_halves_of_characters_are_replaced() -> None:
    [seen] = read(r'{"answers": [{"answer": {"a\ud800": ["\udfff", "\ud83d\ude00"]}}]}')
    assert seen == {"a\N{REPLACEMENT CHARACTER}": ["\N{REPLACEMENT CHARACTER}", "😀"]}
    seen_text = json.dumps(seen, ensure_ascii=False)
    assert seen_text.encode()


def test_deep_answers_are_cut() -> None:
    [seen] = read('{"answers": [{"answer": ' + "[" * 60 + "1" + "]" * 60 + "}]}")
    assert str(seen).count("[") < 20


@pytest.mark.parametrize("entry", ["1", "{}", '{"error": 1}', '{"error": null}', "null", '{"answers": 1}'])
def test_an_entry_of_another_form_is_a_failed_question(entry: str) -> None:
    [seen, good] = read('{"answers": [' + entry + ', {"answer": 1, "more": 2}]}', probes=2)
    assert isinstance(seen, ProbeError)
    assert good == 1
