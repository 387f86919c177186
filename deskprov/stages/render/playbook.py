"""What both kinds of playbook have in common: names of tasks, arguments as YAML values, files and secrets in them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from deskprov.formats.playbook_yaml import Expression
from deskprov.model.secret import SecretRef, SecretText
from deskprov.model.serving import VARIABLE
from deskprov.model.task import ResourceTasks, ServedFile, ShippedFile, Task

FILES = "files"
"""The folder beside the playbook."""

_LONGEST_FILE_NAME = 60


class Playbook(Struct, frozen=True):
    """A playbook as YAML text, the files it takes along and the secrets it asks for.

    `files` maps their paths beside the playbook (`files/007-motd`) to their paths in the site. `served` are
    paths of those that the machine may fetch itself, by ticket.
    """

    text: str
    files: Mapping[str, str] = field(default_factory=dict)
    secrets: Sequence[SecretRef] = ()
    served: Mapping[str, str] = field(default_factory=dict)


class Writer(Struct, frozen=True):
    """Writes tasks as values. `files` maps a file of the site to its path beside the playbook, and `secret` gives the
    variable or function call that stands for a secret in a template.
    """

    files: Mapping[str, str]
    secret: Callable[[SecretRef], str]

    def task(self, entry: ResourceTasks, task: Task) -> dict[str, Any]:
        """The task with name, module, arguments and what says how it went."""
        judged = {"changed_when": task.changed_when, "failed_when": task.failed_when}
        stated = {word: _condition(value) for word, value in judged.items() if value is not None}
        return {
            "name": task_name(entry, task.phrase),
            task.module: self._value(task.arguments),
            **({"when": Expression(task.when)} if task.when else {}),
            **({"register": "result"} if stated else {}),
            **stated,
            **(_as_account(task.become_user) if task.become_user else {}),
            **({"no_log": True} if task.is_secret else {}),
        }

    def _value(self, value: Any) -> Any:
        match value:
            case SecretText(parts):
                return Expression("{{ " + " ~ ".join(map(self._part, parts)) + " }}")
            case ShippedFile(path):
                return self.files[path]
            case ServedFile(_, ticket, word):
                return Expression(f"{{{{ {VARIABLE}[{literal(ticket)}][{literal(word)}] }}}}")
            case Mapping():
                return {key: self._value(item) for key, item in value.items()}
            case list() | tuple():
                return [self._value(item) for item in value]
            case _:
                return value

    def _part(self, part: str | SecretRef) -> str:
        return self.secret(part) if isinstance(part, SecretRef) else literal(part)


def task_name(entry: ResourceTasks, phrase: str) -> str:
    """`007 Create the group: staff`; without the subject when that is not harmless."""
    named = f"{entry.number:03d} {phrase}"
    return f"{named}: {entry.subject}" if entry.subject else named


def literal(text: str) -> str:
    """The text as a literal of Jinja: what is not a plain character is an escape, so that nothing of it can act."""
    return "'" + "".join(c if re.match(r"[A-Za-z0-9 :._/-]", c) else _escape(c) for c in text) + "'"


def shipped(entries: Sequence[ResourceTasks], folder: str) -> dict[str, str]:
    """Each file of the site that goes along, by its path there, with its path beside the playbook."""
    names: dict[str, str] = {}
    for entry in entries:
        for file in found(ShippedFile, entry.tasks):
            names.setdefault(file.path, f"{folder}/{entry.number:03d}-{_file_name(file.path)}")
    return _told_apart(names)


def secrets_of(entries: Sequence[ResourceTasks]) -> list[SecretRef]:
    """Each secret that the tasks ask for, once, in order."""
    parts = (part for entry in entries for text in found(SecretText, entry.tasks) for part in text.parts)
    return list(dict.fromkeys(part for part in parts if isinstance(part, SecretRef)))


def found(kind: Any, value: Any) -> Iterator[Any]:
    """All that is of this kind in tasks or arguments, at any depth, in order."""
    match value:
        case Task():
            yield from found(kind, value.arguments)
        case Mapping():
            for item in value.values():
                yield from found(kind, item)
        case list() | tuple():
            for item in value:
                yield from found(kind, item)
        case _ if isinstance(value, kind):
            yield value
        case _:
            pass


def _as_account(name: str) -> dict[str, Any]:
    """The same twice, because in Ansible a variable of an inventory beats the word in the playbook, and then root would
    do it. Without pipelining, Ansible would need setfacl(1) on the machine to hand this account a file.
    """
    variables = {"ansible_become": True, "ansible_become_user": name, "ansible_pipelining": True}
    return {"become": True, "become_user": name, "vars": variables}


def _condition(value: str | bool) -> Expression | bool:
    return value if isinstance(value, bool) else Expression(value)


def _escape(character: str) -> str:
    return f"\\U{ord(character):08x}"


def _file_name(path: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.rpartition("/")[2]).strip(".-")
    return name[-_LONGEST_FILE_NAME:].lstrip(".-") or "file"


def _told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Two files of one entry may have got the same name."""
    apart: dict[str, str] = {}
    for number, (path, name) in enumerate(names.items(), 1):
        apart[path] = name if name not in apart.values() else f"{name}-{number}"
    return apart
