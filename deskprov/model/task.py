"""A change as Ansible tasks: values, not text."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from deskprov.model.packing import Item
from deskprov.model.secret import SecretText


class ShippedFile(Struct, frozen=True):
    """A file of the site, by its path from the site's folder, that goes to the machine as it is."""

    path: str


class ServedFile(Struct, frozen=True):
    """A word about a file of the site that the run's file server has for the machine: `url`, `pin` or `trouble`
    (`model.serving.Offer`). A `ticket` is good for one time; all words of a task are about one.
    """

    path: str
    ticket: str
    word: str


class Task(Struct, frozen=True):
    """One native Ansible task.

    `phrase` is the type's fixed phrase ("Create the group"); text of a profile never stands in it. `arguments` are
    the module's, each plain data, a `SecretText`, a `ShippedFile` or a `ServedFile`. `changed_when` and `failed_when`
    are constant expressions of the type over `result`, the registered outcome; `when` is one over what the task before
    it has registered. `seconds` is a guess of the time it takes.
    `become_user` is the account that does it, root when empty: what is done in a folder of an account's own is done by
    that account, because root would follow a link that the account has put there to where only root can write.
    `item` is the same change for a module that makes many in one run; without it, the task cannot be packed. `feed` is
    the package feed that it fetches a package from, whose limits a machine waits for.
    """

    phrase: str
    module: str
    arguments: Mapping[str, Any]
    changed_when: str | bool | None = None
    failed_when: str | bool | None = None
    seconds: float = 1.0
    become_user: str = ""
    item: Item | None = None
    feed: str = ""
    when: str = ""

    @property
    def is_secret(self) -> bool:
        """True when an argument holds a secret, so that nothing of the task may be logged."""
        return any(_holds_secret(value) for value in self.arguments.values())


class ResourceTasks(Struct, frozen=True):
    """All tasks of one resource, which succeed or fail together.

    `number` counts from 1 within a playbook and leads each task's name; `subject` is the resource's name as it may
    appear in a task name, or empty. `needs` are numbers of entries that must not have failed before. Those of one
    `pack` are made in one run of a module, by the items of their tasks; it is the number of the first of them, and 0
    for an entry that is made by itself.
    """

    number: int
    resource: str
    subject: str
    tasks: Sequence[Task]
    needs: Sequence[int] = field(default_factory=tuple)
    pack: int = 0


def _holds_secret(value: Any) -> bool:
    if isinstance(value, SecretText):
        return True
    if isinstance(value, Mapping):
        return any(_holds_secret(v) for v in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return any(_holds_secret(v) for v in value)
    return False
