"""A guarded segment of which nothing was begun leaves no undo behind, which would restart the machine for nothing."""

import json
from typing import Any

import pytest

from deskprov.api.course import Course
from deskprov.api.rendering import RenderedRun
from deskprov.api.segment_run import SegmentRun
from deskprov.errors import DeskprovError, IdentityNotTrusted, SecretUnavailable, Unreachable
from deskprov.model.facts import Facts
from deskprov.model.inventory import WINRM, Connection, Host
from deskprov.model.plan import Action, Change, HostPlan, Reboot, Segment
from deskprov.model.playbook import Halt, PlaybookJob
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.source import Source
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport

PC = Host("pc-1", Connection("192.0.2.1", transport=WINRM))
CHANGE = Change(Resource("computer", "this", ResourceOptions(), Source("lab.yml", 1)), Action.UPDATE)
SEGMENT = Segment([CHANGE], Reboot.YES, (CHANGE.resource.key,), {CHANGE.resource.key: "the way in"})
ARM, SETTLE = (f"deskprov.stages.undo/{verb}_windows.ps1" for verb in ("arm", "settle"))


class Pc:
    """A PC that says yes; `asked` is each script with what it was given."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.away = False

    def answer(self, host: Host, program: bytes) -> bytes:
        data = json.loads(program.decode().rpartition("\nmain '")[2].rstrip("'\n"))
        [[script, argument]] = data["questions"]
        if self.away and script == SETTLE:
            raise Unreachable(host.name, f"{host.name} does not answer.")
        self.asked.append((script, argument))
        answer = {ARM: {"problem": ""}, SETTLE: {"kept": True, "problems": []}}[script]
        begin, end = (f"\ndeskprov-{word}-{data['nonce']}\n" for word in ("begin", "end"))
        return f"{begin}{json.dumps({'answers': [{'answer': answer}]})}{end}".encode()


def make(pc: Pc, error: DeskprovError) -> None:
    def refuses(*_: Any) -> Any:
        raise error

    site = FakeSite(MemoryFiles({}), MemoryInventory(PC), ScriptedTransport(pc.answer), ScriptedRunner(refuses))
    course = Course(HostPlan("pc-1", "lab", "windows", Facts(), [CHANGE], segments=[SEGMENT]))
    with site.locks.hold("pc-1", "setup") as lock:
        rendered = RenderedRun([], PlaybookJob(PC, ""))
        run = SegmentRun(site, PC, lock, lambda _: rendered, True, course, lambda _: None, lambda: Halt.NO)
        run.make(SEGMENT)


@pytest.mark.parametrize(
    "error",
    [SecretUnavailable("No value."), IdentityNotTrusted("pc-1", "It shows another key.")],
    ids=lambda e: e.message,
)
def test_it_is_kept_as_it_is_and_the_reason_told(error: DeskprovError) -> None:
    pc = Pc()
    with pytest.raises(type(error)) as raised:
        make(pc, error)
    assert raised.value.message == error.message
    [(armed, order), (settled, (token, keep))] = pc.asked
    assert (armed, settled, token, keep) == (ARM, SETTLE, order[0], True)


def test_a_machine_that_is_not_reached_for_that_is_told_of() -> None:
    pc = Pc()
    pc.away = True
    with pytest.raises(SecretUnavailable) as raised:
        make(pc, SecretUnavailable("No value."))
    assert raised.value.message.startswith("No value. Nothing was changed, but the undo")
