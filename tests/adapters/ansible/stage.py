"""What it takes to run a playbook: a host, a lock, secrets, and ears for what happens."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deskprov.adapters.ansible.runner import AnsibleRunner
from deskprov.adapters.ansible.supervision import HALT_SECONDS
from deskprov.adapters.locks import KernelLocks
from deskprov.formats.playbook_yaml import Expression, dump
from deskprov.model.inventory import Host
from deskprov.model.playbook import Halt, PlaybookJob, PlaybookOutcome, TaskEvent
from deskprov.testing import FixedSecrets

EMPTY: Mapping[str, str] = {}


def never() -> Halt:
    """Nobody interrupts."""
    return Halt.NO


def task(name: str, module: str, arguments: Mapping[str, Any], **keywords: Any) -> dict[str, Any]:
    """One task."""
    return {"name": name, f"ansible.builtin.{module}": arguments, **keywords}


def shell(name: str, script: str, **keywords: Any) -> dict[str, Any]:
    """A task that runs a script on the machine."""
    return task(name, "command", {"argv": ["sh", "-c", script]}, **keywords)


def secret(name: str, form: str = "plain") -> Expression:
    """The template that asks for a secret."""
    return template(f"lookup('deskprov.desktop.secret', '{name}', form='{form}')")


def template(expression: str) -> Expression:
    """A template of any expression."""
    return Expression(f"{{{{ {expression} }}}}")


def play(tasks: Sequence[Mapping[str, Any]], host: str = "pc-1") -> str:
    """A playbook for one machine."""
    return dump([{"name": "deskprov", "hosts": host, "gather_facts": False, "tasks": tasks}])


@dataclass
class Stage:
    """Runs playbooks on one host and remembers what was said; locks lie in `folder`, run folders in `runs`."""

    host: Host
    folder: Path
    runs: Path
    secrets: FixedSecrets = field(default_factory=lambda: FixedSecrets({}))
    given: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    patience: float = HALT_SECONDS
    events: list[TaskEvent] = field(default_factory=list)

    @property
    def locks(self) -> KernelLocks:
        (self.folder / "locks").mkdir(parents=True, exist_ok=True)
        return KernelLocks(self.folder / "locks")

    @property
    def runner(self) -> AnsibleRunner:
        return AnsibleRunner(self.secrets, self.folder, given=self.given, bases=[self.runs], patience=self.patience)

    def run(
        self,
        tasks: Sequence[Mapping[str, Any]],
        halt: Callable[[], Halt] = never,
        on_event: Callable[[TaskEvent], None] | None = None,
        **job: Any,
    ) -> PlaybookOutcome:
        """Runs these tasks; `events` has what happened."""
        playbook = job.pop("playbook", None) or play(tasks, self.host.name)
        with self.locks.hold(self.host.name, "setup") as lock:
            return self.runner.run(PlaybookJob(self.host, playbook, **job), lock, on_event or self.events.append, halt)

    def kinds(self) -> list[tuple[str, str]]:
        """Task and kind of every event but the starts."""
        return [(event.task, event.kind.value) for event in self.events if event.kind.value != "started"]

    def message(self, task_name: str) -> str:
        """What was said at the end of a task."""
        [event] = [e for e in self.events if e.task == task_name and e.kind.value != "started"]
        return event.message
