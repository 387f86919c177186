"""Row 1, through the real Ansible: the tasks of every type, as rendered, hand on exactly what the type asked for.

In place of each task's module stands one that writes down its arguments; all else is the product's: the renderer, the
run with its settings and its broker, and Ansible's templating.
"""

import json
import random
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from msgspec.structs import replace

from deskprov.adapters.ansible.runner import AnsibleRunner
from deskprov.adapters.locks import KernelLocks
from deskprov.formats.playbook_yaml import Expression, holds_marker
from deskprov.model.inventory import Connection, Host
from deskprov.model.plan import Action
from deskprov.model.playbook import PlaybookJob
from deskprov.model.secret import SecretRef, SecretText
from deskprov.model.task import ResourceTasks, ShippedFile, Task
from deskprov.resources import TYPES
from deskprov.stages.render import Playbook, run_playbook
from deskprov.testing import FixedSecrets
from tests.adapters.ansible.stage import never
from tests.formats.hostile_texts import SIDE_EFFECT
from tests.reliability.text_fields import TextField, fits, made_entries, text_fields

pytestmark = pytest.mark.ansible

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJ9RU5Yv8V5U3sE6DhWr8yO9n0m2hN5Qk0xg3b9E5mS"
HOST = Host("pc-1", Connection("192.0.2.1"), known_host=KEY)
"""Nobody is there: what stands in for the modules runs where Ansible does."""

RECORD = "hostile.texts.record"
RECORDER = '''\
"""Writes down the arguments of its task as it was given them."""
import json
import os

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        with open(os.path.join(os.environ["HOME"], "arrived"), "a", encoding="utf-8") as arrived:
            arrived.write(json.dumps(self._task.args) + "\\n")
        return {"changed": True, "rc": 0, "stdout": "", "stderr": ""}
'''


@pytest.fixture
def runs() -> Iterator[Path]:
    with TemporaryDirectory(prefix="dpt-", dir="/dev/shm") as folder:
        yield Path(folder)


def test_arguments_arrive_equal_and_none_acts(tmp_path: Path, runs: Path) -> None:
    assert arrive_equal(4, tmp_path, runs) > 150


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_more_arguments_arrive_equal_and_none_acts(tmp_path: Path, runs: Path) -> None:
    assert arrive_equal(20, tmp_path, runs) > 700


def arrive_equal(most: int, folder: Path, runs: Path) -> int:
    """Tries up to `most` texts that something could run, and `most` others, in each field; returns how many it were."""
    control = folder / "control"
    samples = [(field, sample(field, most)) for field in _fields()]
    entries = _recorded([*_numbered(samples), _control(control)])
    playbook = run_playbook("pc-1", entries, become=False, step_seconds=60)
    arrived = played(playbook, folder, runs)
    wanted = [_as_given(task.arguments, playbook) for entry in entries[:-1] for task in entry.tasks]
    for one, other in zip(arrived, wanted, strict=False):
        assert one == other
    assert len(arrived) == len(wanted) + 1
    assert control.exists(), "a template must run, or the next line proves nothing"
    assert not Path(SIDE_EFFECT).exists()
    assert {field.kind for field, _ in samples} == set(TYPES)
    texts = [text for _, accepted in samples for text in accepted]
    assert sum(map(holds_marker, texts)) > len(texts) / 5
    return len(texts)


def _fields() -> list[TextField]:
    """Every field of text, and the names of what is removed."""
    fields = text_fields()
    removed = [replace(f, spec={f.kind.KEY: f.example, "state": "absent"}) for f in fields if f.is_key]
    return [*fields, *removed]


def sample(field: TextField, most: int) -> dict[str, Any]:
    """Accepted texts, and the resources that state them; first of those that something could run, then of any."""
    candidates = field.candidates()
    random.Random(field.name).shuffle(candidates)
    acting = [text for text in candidates if holds_marker(text) or "touch" in text]
    return {**_accepted(field, acting, most), **_accepted(field, candidates, most)}


def _accepted(field: TextField, texts: Sequence[str], most: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in filter(partial(fits, field), texts[: 50 * most]):  # no other is accepted, as the whole corpus shows
        if len(found) < most and (profile := field.resolved(text).profile):
            [found[text]] = profile.resources
    return found


def _numbered(samples: Sequence[tuple[TextField, dict[str, Any]]]) -> list[ResourceTasks]:
    made = [e for field, texts in samples for e in made_entries(field, [*texts.values()], Action.ENSURE)]
    return [replace(entry, number=number) for number, entry in enumerate(made, 1)]


def _control(path: Path) -> ResourceTasks:
    acts = Expression("{{ lookup('ansible.builtin.pipe', 'touch " + str(path) + "') }}")
    return ResourceTasks(9999, "control", "", [Task("Act", RECORD, {"text": acts})])


def _recorded(entries: Sequence[ResourceTasks]) -> list[ResourceTasks]:
    return [replace(entry, tasks=[replace(task, module=RECORD) for task in entry.tasks]) for entry in entries]


def played(playbook: Playbook, folder: Path, runs: Path) -> list[Any]:
    """The arguments that every task got, in order, from a run of which every task went well."""
    plugins = folder / ".ansible/collections/ansible_collections/hostile/texts/plugins/action"
    plugins.mkdir(parents=True)
    (plugins / "record.py").write_text(RECORDER)
    (folder / "locks").mkdir()
    runner = AnsibleRunner(
        FixedSecrets({ref.name: _value(ref) for ref in playbook.secrets}), folder, home=folder, bases=[runs]
    )
    job = PlaybookJob(HOST, playbook.text, secrets=playbook.secrets)
    with KernelLocks(folder / "locks").hold(HOST.name, "setup") as lock:
        outcome = runner.run(job, lock, lambda event: None, never)
    assert outcome.statistics
    assert not (outcome.statistics.failed or outcome.statistics.rescued or outcome.statistics.skipped)
    return [json.loads(line) for line in (folder / "arrived").read_text("utf-8").splitlines()]


def _value(ref: SecretRef) -> str:
    return f"{{{{ the secret {ref.name} }}}}"


def _as_given(value: Any, playbook: Playbook) -> Any:
    match value:
        case SecretText(parts):
            return "".join(_value(part) if isinstance(part, SecretRef) else part for part in parts)
        case ShippedFile(path):
            return next(name for name, shipped in playbook.files.items() if shipped == path)
        case dict():
            return {key: _as_given(item, playbook) for key, item in value.items()}
        case list() | tuple():
            return [_as_given(item, playbook) for item in value]
        case _:
            return value
