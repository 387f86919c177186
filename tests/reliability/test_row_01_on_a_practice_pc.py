"""Row 1, over the wire: every text option of every Windows type arrives in the arguments of its module as stated.

One run of the real Ansible over WinRM; what arrived is what the practice PC decoded out of Ansible's payload, or wrote.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from deskprov.formats.playbook_yaml import holds_marker
from deskprov.model.plan import Action
from deskprov.model.platform import Platform
from deskprov.model.task import ResourceTasks, Task
from deskprov.stages.render import run_playbook
from tests.formats.hostile_texts import SIDE_EFFECT
from tests.practice.windows.desk import Desk
from tests.reliability.test_row_01_through_ansible import sample
from tests.reliability.text_fields import TextField, made_entries, text_fields

pytestmark = pytest.mark.ansible

SHIPPED = b"what is in a file of the site"
WIN_COPY = "ansible.windows.win_copy"
HAVE_TEXTS = {"users", "groups", "folders", "files", "registry", "environment", "services", "software", "printers"}
SECRET_OPTIONS = ("password", "change_password_at_first_login")
"""Under a secret nothing of a task is in the journal; what is beside it is tried without one."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    try:
        desk.start()
        yield desk
    finally:
        desk.machines.stop()


def test_every_text_option_arrives_in_the_decoded_arguments(desk: Desk) -> None:
    texts, made = _entries()
    name = desk.pc.name
    playbook = run_playbook(name, made, become=False, step_seconds=60, platform=Platform.WINDOWS)
    for file in playbook.files:
        (desk.folder / file).parent.mkdir(parents=True, exist_ok=True)
        (desk.folder / file).write_bytes(SHIPPED)
    desk.play_text(playbook.text, name)
    _arrived(desk, made)
    assert not Path(SIDE_EFFECT).exists()
    assert {entry.resource.partition("/")[0] for entry in made} >= HAVE_TEXTS
    assert sum(map(holds_marker, texts)) > len(texts) / 2


def _entries() -> tuple[list[str], list[ResourceTasks]]:
    """The texts, and an entry for each, after the folders that the files are in."""
    texts: list[str] = []
    made: list[ResourceTasks] = []
    for field in text_fields():
        if field.platform is Platform.WINDOWS and field.steps[0] not in (*SECRET_OPTIONS, "needs"):
            plain = _plain(field)
            accepted = sample(plain, 1) or sample(plain, 60)
            texts += list(accepted)[:1]
            entries = made_entries(field, list(accepted.values())[:1], Action.ENSURE)
            # of what holds a secret the journal keeps no arguments
            made += [entry for entry in entries if not any(task.is_secret for task in entry.tasks)]
    copied = [task.arguments["dest"] for entry in made for task in entry.tasks if task.module == WIN_COPY]
    above = sorted({dest.rpartition("\\")[0] for dest in copied})
    folders = [ResourceTasks(0, "folders/x", "", [_folder(path)]) for path in above]
    return texts, [replace(entry, number=number) for number, entry in enumerate([*folders, *made], 1)]


def _plain(field: TextField) -> TextField:
    return replace(field, spec={name: value for name, value in field.spec.items() if name not in SECRET_OPTIONS})


def _folder(path: str) -> Task:
    return Task("Make the folder", "ansible.windows.win_file", {"path": path, "state": "directory"})


def _arrived(desk: Desk, made: Sequence[ResourceTasks]) -> None:
    """The first task of every entry; the others only come when that went well. What a model refuses arrived, too."""
    told = [(entry["module"], entry["arguments"]) for entry in desk.journal("module")]
    files = desk.state()["files"]
    for entry in made:
        first = entry.tasks[0]
        if first.module == WIN_COPY:
            assert base64.b64decode(files[first.arguments["dest"].lower()]["content"]) == _content(first.arguments)
        else:
            assert (first.module, json.loads(json.dumps(first.arguments))) in told, entry.resource


def _content(arguments: Mapping[str, Any]) -> bytes:
    return str(arguments["content"]).encode() if "content" in arguments else SHIPPED
