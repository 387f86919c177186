"""What a hostile machine says back: to the probe, and as results of Ansible's modules.

Whatever it is, that machine fails in words or has not reported, the others are unaffected, and nothing raises or grows.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deskprov.adapters.ansible.events import MESSAGE_LIMIT, RESULT_LIMIT, statistics, task_event
from deskprov.adapters.ansible.supervision import parsed
from deskprov.api.applying import apply
from deskprov.api.running import Request
from deskprov.model.facts import Answer, Facts, ProbeError
from deskprov.model.inventory import Connection, Host
from deskprov.model.plan import HostPlan
from deskprov.model.platform import Platform
from deskprov.model.resource import Resource
from deskprov.model.resource_type import SeesObstacles, SeesWhatStays, naming
from deskprov.model.result import Outcome
from deskprov.model.source import Source
from deskprov.resources import TYPES, cases, on_platform
from deskprov.stages.facts import facts
from deskprov.stages.plan import plan_resource, shown
from deskprov.stages.probe import parse_answers
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport
from tests.api.test_applying import Watcher

HOSTILE = "\x1b[2J\x1b]0;x\x07{{ lookup('pipe', 'id') }}\u202e\ud7ff\0=1+1"
texts = st.text(max_size=20) | st.sampled_from(
    [HOSTILE, "file", "folder", "link", "root", "0644", "x" * 70_000, "1", "-1"]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
KEYS = [
    "kind",
    "mode",
    "owner",
    "group",
    "size",
    "entries",
    "target",
    "sha256",
    "text",
    "gid",
    "uid",
    "name",
    "keys",
    "res",
    "data",
]
answers = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(KEYS) | texts, inner, max_size=6),
    max_leaves=20,
)

EXAMPLES = [
    (kind, Resource(kind.NAME, "x", kind.Options(**spec), Source("profiles/a.yml", 1)))
    for kind in TYPES
    for example in cases(kind).examples
    for spec in [naming(kind.KEY, example.spec) if isinstance(example.spec, str) else example.spec]
]


# --- the probe ------------------------------------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_no_answer_makes_a_type_raise(data: st.DataObject) -> None:
    """Of any shape, and in number; what comes out can be shown and stored."""
    kind, asked = data.draw(st.sampled_from(EXAMPLES))
    platform = on_platform(kind, data.draw(st.sampled_from(sorted(kind.PLATFORMS))))
    count = len(platform.probes(asked.options))
    given_answers: list[Answer] = data.draw(
        st.lists(answers, min_size=count, max_size=count) | st.lists(answers | st.just(ProbeError("no")), max_size=4)
    )
    assert not isinstance(platform, SeesObstacles) or platform.obstacles(asked.options, given_answers) is not None
    assert not isinstance(platform, SeesWhatStays) or platform.stays(asked.options, given_answers) is not None
    change = plan_resource(asked, platform.observe(asked.options, given_answers), kind)
    json.dumps([[shown(d.before), shown(d.after)] for d in change.differences] + [change.preview])
    platform.tasks(change)


@given(st.lists(answers, max_size=3), st.dictionaries(st.text(max_size=12), answers, max_size=8))
@settings(max_examples=200, deadline=None)
def test_no_answer_makes_facts_raise_or_grow(several: list[Any], machine: dict[str, Any]) -> None:
    for one in (several, [machine], [machine, *several[:2]], [machine, [machine]], [machine, several, several]):
        assert isinstance(facts(Platform.LINUX, one), Facts)
        assert isinstance(facts(Platform.WINDOWS, one), Facts)


@given(st.binary(max_size=300), st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_output_is_answers_or_one_sentence(noise: bytes, body: bytes) -> None:
    begin, end = b"\ndeskprov-begin-0f\n", b"\ndeskprov-end-0f\n"
    for output in (noise, noise + begin + body + end, begin + b'{"answers": ' + body + b"}" + end + noise):
        try:
            assert parse_answers(output, [], "0f") == []
        except ValueError as error:
            assert str(error).startswith(("its ", "it answered"))


def right(program: bytes) -> bytes:
    """What this computer answers."""
    return subprocess.run([sys.executable, "-I", "-S", "-"], input=program, capture_output=True, check=True).stdout


def _framed(answer: bytes, body: bytes) -> bytes:
    """The markers of a right answer around something else."""
    begin, end = (line for line in answer.split(b"\n") if line.startswith(b"deskprov-"))
    return b"\n" + begin + b"\n" + body + b"\n" + end + b"\n"


def _other_nonce(answer: bytes) -> bytes:
    nonce = answer.split(b"deskprov-begin-", 1)[1].split(b"\n", 1)[0]
    return answer.replace(nonce, b"f" * len(nonce))


NO_ANSWERS: Mapping[str, Callable[[bytes], bytes]] = {
    "nothing": lambda answer: b"",
    "50 MB of noise": lambda answer: b"\xffnoise\n" * 7_500_000,
    "half of it": lambda answer: answer[: len(answer) // 2],
    "without its end": lambda answer: answer.rstrip().rpartition(b"\n")[0],
    "half JSON": lambda answer: _framed(answer, b'{"answers": [{"answer": '),
    "deep JSON": lambda answer: _framed(answer, b'{"answers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "no numbers": lambda answer: _framed(answer, b'{"answers": [NaN, Infinity]}'),
    "wrong keys": lambda answer: _framed(answer, b'{"answer": []}'),
    "too few": lambda answer: _framed(answer, b'{"answers": []}'),
    "too many": lambda answer: _framed(answer, b'{"answers": [' + b"null, " * 99 + b"null]}"),
    "twice": lambda answer: answer + answer,
    "of another run": _other_nonce,
    "in UTF-16": lambda answer: answer.decode().encode("utf-16"),
    "not ASCII": lambda answer: _framed(answer, '{"answers": ["é"]}'.encode()),
}
PROFILE = "profile: lab\nplatform: linux\ngroups: [root]\nfolders: [{path: /}, {path: /tmp}]\n".replace(
    "{path: /}, ", ""
)


@pytest.mark.parametrize("what", NO_ANSWERS)
def test_a_hostile_answer_fails_its_machine_only(what: str) -> None:
    results = {result.host: result for result in _look({"pc-2": NO_ANSWERS[what]}).hosts}
    bad = results["pc-2"]
    assert bad.outcome is Outcome.FAILED
    assert bad.message.startswith("pc-2 answered, but not with facts: ")
    assert bad.message.isprintable()
    assert [results[name].outcome for name in ("pc-1", "pc-3")] == [Outcome.OK, Outcome.OK]


def test_answers_for_other_resources_are_not_taken_for_these() -> None:
    """The right form with each answer moved on by one: nothing is verified that was not seen, nothing raises."""

    def moved(answer: bytes) -> bytes:
        text = answer.split(b"\n")
        document = json.loads(text[2])
        document["answers"] = [*document["answers"][1:], document["answers"][0]]
        return _framed(answer, json.dumps(document).encode())

    results = {result.host: result for result in _look({"pc-2": moved}).hosts}
    assert results["pc-2"].outcome is not Outcome.OK
    assert results["pc-1"].outcome is Outcome.OK


def _look(spoiled: Mapping[str, Callable[[bytes], bytes]]) -> Any:
    names = ("pc-1", "pc-2", "pc-3")
    site = FakeSite(
        MemoryFiles({"profiles/lab.yml": PROFILE}),
        MemoryInventory(*(Host(name, Connection("192.0.2.1", user="root"), profile="lab") for name in names)),
        ScriptedTransport(lambda host, program: spoiled.get(host.name, lambda answer: answer)(right(program))),
        ScriptedRunner(lambda job, on_event, cancelled: pytest.fail("there was nothing to do")),
    )
    return apply(site, Request(names), Watcher(), _no, verb="setup")


def _no(plans: list[HostPlan]) -> bool:
    return False


# --- Ansible --------------------------------------------------------------------------------------------------------

events = st.sampled_from(["runner_on_ok", "runner_on_failed", "runner_on_unreachable", "runner_on_start", "other"])
lines = st.fixed_dictionaries(
    {},
    optional={
        "event": events | answers,
        "data": st.fixed_dictionaries(
            {},
            optional={
                **dict.fromkeys(("res", "duration", "ignore_errors", "ok", "processed", "failures"), answers),
                **{key: st.just("pc-1") | answers for key in ("host", "task")},
            },
        )
        | answers,
        "phrases": answers,
        "changed": answers,
        "text": answers,
    },
)


@given(lines)
@example({"event": "runner_on_ok", "data": {"host": "pc-1", "task": "a", "duration": [1], "res": {}}})
@example({"event": "runner_on_ok", "data": {"host": "pc-1", "task": "a", "duration": "1 s", "res": {"msg": "x"}}})
@settings(max_examples=300, deadline=None)
def test_no_result_of_a_module_raises_or_grows(line: dict[str, Any]) -> None:
    event = task_event(line, ["secret"])
    if event is not None:
        assert len(event.message) <= MESSAGE_LIMIT + 200
        assert len(json.dumps(event.result)) <= RESULT_LIMIT + 1000
    statistics(line, "pc-1")


@given(st.binary(max_size=200))
def test_no_line_of_the_player_raises(raw: bytes) -> None:
    assert isinstance(parsed(raw), Mapping)
