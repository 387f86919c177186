"""The cases of every resource type; what a type must have, and that each of its cases is true."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args

import pytest
from pydantic import ValidationError

import deskprov.resources
from deskprov.formats import cases as form
from deskprov.formats.cases import Cases, PlanCase, ProbeCase, Seen, Spec, TaskCase
from deskprov.formats.module_options import option_table, supported_releases
from deskprov.model.facts import Noted, Observed, ProbeError, Sight
from deskprov.model.plan import Action, Change, Difference, Obstacle
from deskprov.model.platform import Platform, validated
from deskprov.model.probe import script_beside
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.resource_type import ResourceType, SeesObstacles, SeesWhatStays, name_in, naming
from deskprov.model.secret import SecretText
from deskprov.model.source import Source
from deskprov.model.task import ShippedFile, Task
from deskprov.resources import TYPES, cases, on_platform, texts
from deskprov.stages.plan import plan_resource, shown
from deskprov.stages.probe import compile_program, parse_answers
from deskprov.stages.render.entries import checked, entries

LANGUAGES = {"en", "es"}
LANGUAGE_OF = {Platform.LINUX: "_linux.py", Platform.WINDOWS: "_windows.ps1"}
OF_EVERY_TYPE = frozenset(ResourceOptions.model_fields)
C = TypeVar("C")
LINE = Source("profiles/a.yml", 1)

PACKAGE = Path(deskprov.resources.__file__).parent.parent
SCRIPTS = {
    script_beside(f"deskprov.{layer}.{path.parent.name}", path.name).text: name.format(path.parent.name, path.name)
    for layer, name in (("formats", "{0}/{1}"), ("resources", "{1}"))
    for path in PACKAGE.glob(f"{layer}/*/*.ps1")
}
"""The names of the scripts beside types, by their text; of those that types share, with the folder."""

CASES: dict[str, Cases] = {resource_type.NAME: cases(resource_type) for resource_type in TYPES}

every_type = pytest.mark.parametrize("resource_type", TYPES, ids=lambda t: t.NAME)


@dataclass(frozen=True)
class Of(Generic[C]):
    """A case and the type it is of."""

    resource_type: ResourceType
    case: C


def every(kind: str) -> pytest.MarkDecorator:
    found = [Of(t, case) for t in TYPES for case in getattr(CASES[t.NAME], kind)]
    names = [f"{of.resource_type.NAME}-{getattr(of.case, 'about', getattr(of.case, 'expect', ''))}" for of in found]
    return pytest.mark.parametrize("of", found, ids=names)


def resource(resource_type: ResourceType, spec: Spec, platform: Platform) -> Resource:
    stated = naming(resource_type.KEY, spec) if isinstance(spec, str) else spec
    options = validated(resource_type.Options, stated, platform)
    return Resource(resource_type.NAME, name_in(resource_type.KEY, stated), options, LINE)


def platforms(of: Of[Any]) -> frozenset[Platform]:
    """Those that the case is about."""
    return frozenset({of.case.platform}) if of.case.platform else of.resource_type.PLATFORMS


def observation(seen: Seen) -> Observed | Sight:
    if isinstance(seen, str):
        return {form.ABSENT: Sight.ABSENT, form.NOT_REPORTED: Sight.NOT_REPORTED}[seen]
    return {name: _value(value) for name, value in seen.items()}


def _value(value: Any) -> Any:
    if value == form.NOT_REPORTED:
        return Sight.NOT_REPORTED
    return frozenset(value) if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """An argument of a task as cases state it."""
    match value:
        case SecretText(parts):
            return {"secret": [p if isinstance(p, str) else {"name": p.name, "form": str(p.form)} for p in parts]}
        case ShippedFile(path):
            return {"shipped": path}
        case str() if value in SCRIPTS:
            return {"script": SCRIPTS[value]}
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return value


def plain_task(task: Task) -> dict[str, Any]:
    judged = {"changed_when": task.changed_when, "failed_when": task.failed_when}
    stated = {name: value for name, value in judged.items() if value is not None}
    account = {"become_user": task.become_user} if task.become_user else {}
    return {"name": task.phrase, task.module: plain(dict(task.arguments)), **stated, **account}


# What every type must have


def test_every_folder_is_in_the_table() -> None:
    folder = Path(deskprov.resources.__file__).parent
    folders = {path.parent.name for path in folder.glob("*/__init__.py")}
    assert folders == {resource_type.NAME for resource_type in TYPES}


@every_type
def test_options_have_a_line_of_documentation(resource_type: ResourceType) -> None:
    for name, option in _own_options(resource_type).items():
        assert option.description, f"{resource_type.NAME}.{name} has no description"
        assert option.description[0].isupper() or option.description.startswith("`"), option.description
        assert option.description.endswith("."), option.description
        assert "\n" not in option.description


@every_type
def test_options_are_shown_in_examples(resource_type: ResourceType) -> None:
    shown_ones = set(naming(resource_type.KEY, ""))
    for example in CASES[resource_type.NAME].examples:
        shown_ones |= set(example.spec if isinstance(example.spec, dict) else ())
    of_all = {"state"} if can_be_absent(resource_type) else set()
    assert set(_own_options(resource_type)) | of_all <= shown_ones


@every_type
def test_platforms_have_modules_cases_and_a_level_of_proof(resource_type: ResourceType) -> None:
    known = CASES[resource_type.NAME]
    assert resource_type.PLATFORMS
    assert set(known.proof) == resource_type.PLATFORMS
    for platform in resource_type.PLATFORMS:
        assert on_platform(resource_type, platform)
        assert [case for case in known.tasks if case.platform is platform]
        asked = [on_platform(resource_type, platform).probes(r.options) for r in _examples(resource_type, platform)]
        assert any(asked) == any(case.platform is platform for case in known.probe)


@every_type
def test_cases_cover_making_correcting_and_removing(resource_type: ResourceType) -> None:
    known = CASES[resource_type.NAME]
    pending = {Action.CREATE, Action.DELETE} if can_be_absent(resource_type) else set()
    pending |= {Action.UPDATE} if can_be_corrected(resource_type) else set()
    assert pending <= {case.action for case in known.plan}
    assert pending <= {case.action for case in known.tasks}
    assert known.invalid


@every_type
def test_texts_are_in_every_language(resource_type: ResourceType) -> None:
    assert set(texts(resource_type)) == LANGUAGES
    for text in texts(resource_type).values():
        assert text.title
        assert text.line.endswith(".")


@every_type
def test_files_of_a_type_are_short(resource_type: ResourceType) -> None:
    folder = Path(deskprov.resources.__file__).parent / resource_type.NAME
    long = {path.name: count for path in folder.glob("*.py") if (count := len(path.read_text().splitlines())) > 150}
    assert not long


@every_type
def test_the_schema_names_the_options(resource_type: ResourceType) -> None:
    schema = resource_type.Options.model_json_schema()
    assert set(_own_options(resource_type)) <= set(schema["properties"])
    assert schema["additionalProperties"] is False


@every_type
def test_a_left_over_can_be_removed_by_its_key_alone(resource_type: ResourceType) -> None:
    for platform in resource_type.PLATFORMS if can_be_absent(resource_type) else ():
        for made in _examples(resource_type, platform):
            spec = {**naming(resource_type.KEY, made.name), "state": "absent"}
            try:
                removed = resource(resource_type, spec, platform)
            except ValidationError as error:  # such a one is told as left over, and never removed
                assert "removed" in str(error)
                continue
            assert removed.absent
            assert on_platform(resource_type, platform).tasks(Change(removed, Action.DELETE))


# That the cases are true


@every("examples")
def test_examples_are_valid(of: Of[form.Example]) -> None:
    for platform in platforms(of):
        made = resource(of.resource_type, of.case.spec, platform)
        assert isinstance(of.resource_type.desired(made.options), dict)
        assert all("/" in key for key in of.resource_type.needs(made.options))


@every("invalid")
def test_invalid_specifications_say_what_is_wrong(of: Of[form.Invalid]) -> None:
    for platform in platforms(of):
        with pytest.raises(ValidationError) as caught:
            resource(of.resource_type, of.case.spec, platform)
        assert of.case.expect in str(caught.value)


@every("probe")
def test_answers_are_read(of: Of[ProbeCase]) -> None:
    asked = resource(of.resource_type, of.case.spec, of.case.platform)
    platform = on_platform(of.resource_type, of.case.platform)
    assert len(platform.probes(asked.options)) == len(of.case.answers)
    seen = observation(of.case.seen)
    expected = Noted(seen, of.case.note) if of.case.note else seen
    assert platform.observe(asked.options, of.case.answers) == expected
    obstacles: Sequence[Obstacle] = []
    if asked.absent and isinstance(platform, SeesWhatStays):
        obstacles = platform.stays(asked.options, of.case.answers)
    elif not asked.absent and isinstance(platform, SeesObstacles):
        obstacles = platform.obstacles(asked.options, of.case.answers)
    assert [each.words for each in obstacles] == of.case.obstacles


@every("plan")
def test_plans_are_as_stated(of: Of[PlanCase]) -> None:
    for platform in platforms(of):
        wanted = resource(of.resource_type, of.case.spec, platform)
        change = plan_resource(wanted, observation(of.case.seen), of.resource_type)
        assert change.action is of.case.action
        assert {d.option: (d.before, d.after) for d in change.differences} == of.case.differences
        assert change.written == frozenset(of.case.written)
        if of.case.preview is not None:
            assert change.preview == of.case.preview


@every("tasks")
def test_tasks_are_as_stated(of: Of[TaskCase]) -> None:
    tasks = _tasks(of)
    assert [plain_task(task) for task in tasks] == of.case.tasks
    assert all(task.seconds > 0 for task in tasks)
    assert of.case.reboot in (None, of.resource_type.reboot(_change(of)))


@every("tasks")
def test_text_of_a_profile_stays_out_of_phrases_and_conditions(of: Of[TaskCase]) -> None:
    name = resource(of.resource_type, of.case.spec, of.case.platform).name
    said = [part for task in _tasks(of) for part in (task.phrase, task.changed_when, task.failed_when)]
    assert not [part for part in said if name in str(part)]


@every("tasks")
def test_tasks_are_what_their_modules_document(of: Of[TaskCase]) -> None:
    """Level 1 of proof, for every release of ansible-core that deskprov works with."""
    tables = [option_table(release) for release in supported_releases()]
    assert tables
    checked(entries([_change(of)], lambda change: _tasks(of)), tables)


def _tasks(of: Of[TaskCase]) -> Sequence[Task]:
    return on_platform(of.resource_type, of.case.platform).tasks(_change(of))


def _change(of: Of[TaskCase]) -> Change:
    case = of.case
    differences = [Difference(name, before, after, None) for name, (before, after) in case.differs.items()]
    made = resource(of.resource_type, case.spec, case.platform)
    return Change(made, case.action, differences=differences, written=frozenset(case.written))


# Probe files


@every_type
def test_probe_files_run_on_the_oldest_python_of_a_machine(resource_type: ResourceType) -> None:
    for probe in _probes(resource_type, Platform.LINUX):
        ast.parse(probe.script.text, feature_version=(3, 9))


@every_type
def test_probe_files_are_in_the_language_of_their_platform(resource_type: ResourceType) -> None:
    for platform in resource_type.PLATFORMS:
        assert all(p.script.name.endswith(LANGUAGE_OF[platform]) for p in _probes(resource_type, platform))


@every_type
def test_probe_files_answer_here(resource_type: ResourceType) -> None:
    probes = list(_probes(resource_type, Platform.LINUX))
    program = compile_program(probes, "0f0f0f0f0f0f0f0f")
    done = subprocess.run([sys.executable, "-I", "-S", "-"], input=program, capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    answers = parse_answers(done.stdout, probes, "0f0f0f0f0f0f0f0f")
    needs_root = (ProbeError("PermissionError: [Errno 13] Permission denied: '/etc/shadow'"),)
    assert [a for a in answers if isinstance(a, ProbeError) and a not in needs_root] == []


STRANGE: list[Any] = [
    None,
    True,
    -1,
    2**63 - 1,
    1.5,
    "",
    "\ud7ff{{ 7 * 7 }}\x1b[31m" + "x" * 100_000,
    [],
    [[]],
    [None, 1, "a", {}],
    {},
    {"kind": []},
    {"a": {"b": {"c": [{"d": None}]}}},
    ProbeError("OSError: no"),
]


@every("probe")
def test_strange_answers_never_raise(of: Of[ProbeCase]) -> None:
    asked = resource(of.resource_type, of.case.spec, of.case.platform)
    platform = on_platform(of.resource_type, of.case.platform)
    for answers in _spoiled(of.case.answers):
        seen = platform.observe(asked.options, answers)
        assert not isinstance(platform, SeesObstacles) or platform.obstacles(asked.options, answers) is not None
        assert not isinstance(platform, SeesWhatStays) or platform.stays(asked.options, answers) is not None
        change = plan_resource(asked, seen, of.resource_type)
        json.dumps([[shown(d.before), shown(d.after)] for d in change.differences] + [change.preview])


def _spoiled(answers: list[Any]) -> Iterator[list[Any]]:
    """The answers with every part of them, in turn, replaced by something strange, taken out, or repeated."""
    yield []
    yield [*answers, *answers]
    for number, answer in enumerate(answers):
        for spoiled in _variants(answer):
            yield [*answers[:number], spoiled, *answers[number + 1 :]]


def _variants(value: Any) -> Iterator[Any]:
    yield from STRANGE
    if isinstance(value, dict):
        yield {**value, "more": "than asked for"}
        for key, item in value.items():
            yield {k: v for k, v in value.items() if k != key}
            yield from ({**value, key: variant} for variant in _variants(item))
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from ([*value[:number], variant, *value[number + 1 :]] for variant in _variants(item))


def can_be_absent(resource_type: ResourceType) -> bool:
    """False for what a machine always has, such as its name."""
    return "absent" in get_args(resource_type.Options.model_fields["state"].annotation)


def can_be_corrected(resource_type: ResourceType) -> bool:
    """False for what is there or is not, and is nothing else."""
    made = [made for platform in resource_type.PLATFORMS for made in _examples(resource_type, platform)]
    return any(resource_type.desired(each.options) for each in made)


def _own_options(resource_type: ResourceType) -> dict[str, Any]:
    properties = resource_type.Options.model_json_schema()["properties"]
    internal = {name for name, schema in properties.items() if schema.get("x-internal")}
    fields = resource_type.Options.model_fields
    return {name: fields[name] for name in fields if name not in OF_EVERY_TYPE | internal}


def _examples(resource_type: ResourceType, platform: Platform) -> list[Resource]:
    examples = [each for each in CASES[resource_type.NAME].examples if each.platform in (None, platform)]
    return [resource(resource_type, example.spec, platform) for example in examples]


def _probes(resource_type: ResourceType, platform: Platform) -> Iterator[Any]:
    for made in _examples(resource_type, platform) if platform in resource_type.PLATFORMS else ():
        yield from on_platform(resource_type, platform).probes(made.options)
