"""What render writes, Ansible does, and execute reads: one resource each way it can go."""

import pytest

from deskprov.model.platform import Platform
from deskprov.model.playbook import RunEnd
from deskprov.model.result import Status
from deskprov.model.secret import SecretRef, SecretText
from deskprov.model.task import ResourceTasks, Task
from deskprov.stages.execute import results
from deskprov.stages.render import run_playbook
from deskprov.testing import FixedSecrets
from tests.adapters.ansible.stage import Stage

pytestmark = [pytest.mark.ansible, pytest.mark.sshd]

SECRET = SecretText((SecretRef("pin"),))


def command(script: str, **given: object) -> Task:
    return Task("Run it", "ansible.builtin.command", {"argv": ["sh", "-c", script], **given}, changed_when=True)


def same(script: str) -> Task:
    return Task("Look at it", "ansible.builtin.command", {"argv": ["sh", "-c", script]}, changed_when=False)


def test_every_way_it_can_go(stage: Stage) -> None:
    stage.secrets = FixedSecrets({"pin": "hunter2"})
    fails_in_secret = "cat; echo 'user tech already exists' >&2; exit 9"
    entries = [
        ResourceTasks(1, "a/changed", "one", [same("true"), command("true")]),
        ResourceTasks(2, "b/ok", "", [same("true")]),
        ResourceTasks(3, "c/failed", "", [command("echo 'No space left on device' >&2; exit 1"), command("true")]),
        ResourceTasks(4, "d/needs-c", "", [command("true"), command("true")], [3]),
        ResourceTasks(5, "e/needs-d", "", [command("true")], [4]),
        ResourceTasks(6, "f/secret", "", [command(fails_in_secret, stdin=SECRET)]),
        ResourceTasks(7, "g/secret", "", [command("cat; exit 9", stdin=SECRET)]),
        ResourceTasks(8, "h/slow", "", [command("sleep 60")]),
        ResourceTasks(9, "i/secret", "", [command("cat", stdin=SECRET)]),
    ]
    playbook = run_playbook("pc-1", entries, become=False, step_seconds=3)
    outcome = stage.run([], playbook=playbook.text, secrets=playbook.secrets, step_seconds=3.0)
    assert outcome.end is RunEnd.COMPLETED
    got = {r.resource: (r.status, r.reason) for r in results(entries, stage.events, outcome, Platform.LINUX)}
    assert got == {
        "a/changed": (Status.CHANGED, ""),
        "b/ok": (Status.OK, ""),
        "c/failed": (Status.FAILED, "no-space"),
        "d/needs-c": (Status.SKIPPED, "needs c/failed"),
        "e/needs-d": (Status.SKIPPED, "needs d/needs-c"),
        "f/secret": (Status.FAILED, "exists"),
        "g/secret": (Status.FAILED, "unknown"),
        "h/slow": (Status.FAILED, "timed-out"),
        "i/secret": (Status.CHANGED, ""),
    }
    assert "hunter2" not in str(stage.events)
