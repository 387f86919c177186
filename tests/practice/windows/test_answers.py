"""What a practice PC answers is read by the parser that reads the answers of Windows, and is what was set."""

from collections.abc import Mapping
from typing import Any

import pytest

from deskprov.formats.cases import Example
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform, validated
from deskprov.model.practice_models import State
from deskprov.model.resource import Resource
from deskprov.model.resource_type import ResourceType, name_in, naming
from deskprov.model.source import Source
from deskprov.practice.windows.computer import fresh_state
from deskprov.practice.windows.models import MODELS
from deskprov.practice.windows.module_runs import model_of
from deskprov.resources import BY_NAME, TYPES, cases, on_platform
from deskprov.stages.plan import plan_resource

VALUE = "HKLM\\SOFTWARE\\Example\\Colour"
SPECS: list[tuple[str, Mapping[str, Any]]] = [
    *(("registry", {"value": VALUE, "data": data}) for data in ("{{ red }}", 7, 4294967295, ["red", "green"], ["one"])),
    ("registry", {"value": VALUE, "data": "0aff", "type": "binary"}),
    ("registry", {"value": VALUE, "data": 2**63 - 1, "type": "qword"}),
    ("registry", {"value": VALUE, "data": "%TEMP%", "type": "expandstring"}),
    ("environment", {"name": "EXAMPLE_SERVER", "value": "{{ a }} 100%"}),
    ("services", {"name": "ExampleAgent", "path": "a.exe", "startup": "delayed", "running": True}),
    ("services", {"name": "ExampleAgent", "path": "a.exe", "startup": "disabled", "title": "A", "description": "b"}),
    ("firewall_rules", {"name": "A", "protocol": "tcp", "ports": ["80", "8000-8010"], "networks": ["private"]}),
    ("firewall_rules", {"name": "A", "direction": "out", "remote": ["local-subnet", "192.0.2.0/24", "2001:db8::7"]}),
    ("firewall_rules", {"name": "A", "program": "C:\\a b.exe", "enabled": False}),
    (
        "scheduled_tasks",
        {"name": "A\\B", "program": "C:\\a.exe", "arguments": "{{ b }} <&>", "when": "daily", "at": "06:30"},
    ),
    ("scheduled_tasks", {"name": "A\\B", "program": "C:\\a.exe", "when": "weekly", "at": "22:00", "days": ["sunday"]}),
    ("scheduled_tasks", {"name": "A\\B", "program": "C:\\a.exe", "when": "at-log-on", "run_as": "users"}),
    ("scheduled_tasks", {"name": "A\\B\\C", "program": "C:\\a.exe", "when": "at-start", "delay_minutes": 90}),
    ("remote_access", {"remote_desktop": True, "remote_assistance": False}),
    ("features", {"name": "NetFx3"}),
    ("power", {"plan": "balanced", "display_minutes": 5, "lid_on_battery": "nothing", "fast_startup": False}),
    ("screen_lock", {"after_minutes": 10, "password_after_sleep": True, "hide_last_user": True}),
    ("updates", {"active_from": 7, "active_until": 18, "defer_quality_days": 7, "target_release": "24H2"}),
]


def resource(kind: str, spec: Mapping[str, Any]) -> Resource:
    options = validated(BY_NAME[kind].Options, spec, Platform.WINDOWS)
    return Resource(kind, name_in(BY_NAME[kind].KEY, spec), options, Source("profiles/a.yml", 1))


def plan(state: State, wanted: Resource) -> Change:
    """What is to do, as told by the practice PC's answers."""
    platform = on_platform(BY_NAME[wanted.type], Platform.WINDOWS)
    answers = []
    for probe in platform.probes(wanted.options):
        argument = list(probe.argument) if isinstance(probe.argument, tuple) else probe.argument
        answer = MODELS.probes[probe.script.name]
        answers += answer(state, [argument]) if probe.script.together else [answer(state, argument)]
    return plan_resource(wanted, platform.observe(wanted.options, answers), BY_NAME[wanted.type])


def make(state: State, change: Change) -> list[bool]:
    """Does it with the models of the modules; whether each task changed something."""
    tasks = on_platform(BY_NAME[change.resource.type], Platform.WINDOWS).tasks(change)
    models = [(model_of(task.module), task.arguments) for task in tasks]
    return [bool(model(state, arguments)["changed"]) for model, arguments in models if model]


@pytest.mark.parametrize(("kind", "spec"), SPECS, ids=[f"{kind}-{number}" for number, (kind, _) in enumerate(SPECS)])
def test_made_once_seen_again_and_removed(kind: str, spec: Mapping[str, Any]) -> None:
    state, wanted = fresh_state("pc-1", 0), resource(kind, spec)
    first = plan(state, wanted)
    assert first.action is Action.CREATE
    made = make(state, first)
    assert made
    assert all(made)
    assert plan(state, wanted).action is Action.NONE
    assert not any(make(state, first))
    gone = resource(kind, {**naming(BY_NAME[kind].KEY, wanted.name), "state": "absent"})
    removal = plan(state, gone)
    assert removal.action is Action.DELETE
    assert any(make(state, removal))
    assert plan(state, gone).action is Action.NONE


def test_a_variable_that_differs_in_case_only_is_corrected() -> None:
    state = fresh_state("pc-1", 0)
    make(state, plan(state, resource("environment", {"name": "A", "value": "abc"})))
    other = resource("environment", {"name": "A", "value": "Abc"})
    correction = plan(state, other)
    assert correction.action is Action.UPDATE
    make(state, correction)
    assert plan(state, other).action is Action.NONE


def _examples(kind: ResourceType) -> list[Example]:
    on_windows = [each for each in cases(kind).examples if each.platform in (None, Platform.WINDOWS)]
    return on_windows if Platform.WINDOWS in kind.PLATFORMS else []


def test_every_type_of_windows_can_be_asked_of_a_practice_pc() -> None:
    for kind in TYPES:
        for example in _examples(kind):
            spec = naming(kind.KEY, example.spec) if isinstance(example.spec, str) else example.spec
            wanted = resource(kind.NAME, spec)
            action = plan({**fresh_state("pc-1", 0), "services": {}}, wanted).action
            assert action not in (Action.UNKNOWN, Action.ENSURE)
