"""Tasks as resource types make them."""

from collections.abc import Sequence
from typing import Any

from deskprov.model.plan import Action, Change
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.secret import SecretForm, SecretRef, SecretText
from deskprov.model.source import Source
from deskprov.model.task import ResourceTasks, ShippedFile, Task

HASH = SecretRef("tech-password", SecretForm.SHA512_CRYPT)
PLAIN = SecretRef("wifi-key")


def group(name: str = "staff") -> Task:
    return Task("Create the group", "ansible.builtin.group", {"name": name, "state": "present"})


def password(name: str = "tech", secret: SecretRef = HASH) -> Task:
    arguments = {"argv": ["chpasswd", "--encrypted"], "stdin": SecretText((f"{name}:", secret))}
    return Task("Set the password", "ansible.builtin.command", arguments, changed_when="result.rc == 0")


def file(path: str, source: str) -> Task:
    return Task("Write the file", "ansible.builtin.copy", {"dest": path, "src": ShippedFile(source), "mode": "0644"})


def content(path: str, text: str, **more: Any) -> Task:
    return Task("Write the file", "ansible.builtin.copy", {"dest": path, "content": text, **more})


def entry(number: int, *tasks: Task, subject: str = "", needs: Sequence[int] = ()) -> ResourceTasks:
    return ResourceTasks(number, f"things/{number}", subject, tasks, needs)


def change(kind: str, name: str, *needs: str, absent: bool = False) -> Change:
    options = ResourceOptions(state="absent" if absent else "present")
    resource = Resource(kind, name, options, Source("profiles/x.yml", 1), needs=needs)
    return Change(resource, Action.DELETE if absent else Action.CREATE)
