"""What a machine at work posts to the thread that serves the record and the watcher."""

from collections.abc import Callable

from msgspec import Struct

from deskprov.model.facts import Facts
from deskprov.model.plan import HostPlan, Owned
from deskprov.model.playbook import TaskEvent
from deskprov.model.ports.progress import Stage
from deskprov.model.result import HostResult, Status


class Stepped(Struct, frozen=True):
    """A step was begun (`status` None) or has ended, as Ansible says; `created` is what it is, if it is new."""

    host: str
    resource: str
    number: int
    total: int
    status: Status | None = None
    message: str = ""
    created: Owned | None = None


class Through(Struct, frozen=True):
    """A machine is through; `facts` are those of the second look, if there was one."""

    plan: HostPlan
    result: HostResult
    facts: Facts | None


class Said(Struct, frozen=True):
    """Ansible said something about a task; its values of secrets are taken out already."""

    host: str
    event: TaskEvent


class Waits(Struct, frozen=True):
    """A machine waits for something, in words that go on after its name."""

    host: str
    words: str


Message = Stepped | Said | Through | Waits | tuple[str, Stage]
Post = Callable[[Message], None]
