"""A technician who takes a machine in and sets it up, in a process of their own that a fault point may kill.

Database, locks and the site's files are the real ones; the machine is a folder of this computer, which the real probe
looks at; and Ansible is `play`, which writes files as the playbook says and keeps a tally of every one it wrote.
"""

import os
from collections.abc import Callable
from functools import cached_property
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import paramiko
import yaml
from alembic import command
from sqlalchemy.dialects.sqlite import pysqlite

from deskprov.adapters.ansible.run_directory import run_directory, sweep_leftovers
from deskprov.adapters.database.asset_store import DatabaseAssets
from deskprov.adapters.database.change_log import DatabaseLog
from deskprov.adapters.database.database import Database
from deskprov.adapters.database.record import DatabaseRecord
from deskprov.adapters.fault_points import VARIABLE
from deskprov.adapters.git import GitRepository
from deskprov.adapters.inventory_file import SiteInventory
from deskprov.adapters.locks import KernelLocks
from deskprov.adapters.run_logs import RunLogFiles
from deskprov.adapters.secrets import ProvidedSecrets
from deskprov.adapters.ssh.transport import SshTransport
from deskprov.adapters.winrm.transport import WinRmTransport
from deskprov.api.applying import apply
from deskprov.api.running import Request
from deskprov.cli.exit_status import exit_status
from deskprov.formats.module_options import option_table, supported_releases
from deskprov.model.inventory import Connection, Host
from deskprov.model.playbook import EventKind, PlaybookJob, PlaybookOutcome, RunEnd, Statistics, TaskEvent
from deskprov.model.ports.machine import HostKey
from deskprov.model.ports.record import RunRecord
from deskprov.model.settings import Settings
from deskprov.resources import BY_NAME, TYPES, on_platform
from deskprov.testing import ScriptedRunner, ScriptedTransport
from deskprov.wiring import RealSite
from tests.api.test_applying import Watcher, look_here

RESOURCES = tuple(on_platform(known, "linux") for known in TYPES if "linux" in known.PLATFORMS)
PRELOADED = (
    *(command, Database, DatabaseAssets, DatabaseLog, DatabaseRecord, SiteInventory, GitRepository, pysqlite),
    *(ProvidedSecrets, RunLogFiles, SshTransport, WinRmTransport, paramiko, *RESOURCES),
)
"""Imported before the processes part, so that each start costs what it does and not what it imports."""

for _model in (Settings, BY_NAME["files"].Options):
    _model.model_rebuild()
for _release in supported_releases():
    option_table(_release)

HOST = "bench-1"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHIUU+gGiUZpxHdCyHsgkqfzyGrBvb5qZU7aQn1f3kXQ"
FILES = ("one", "two", "three")


def furnish(folder: Path) -> None:
    """A site whose one profile wants three files on the machine."""
    (folder / "machine").mkdir()
    (folder / "profiles").mkdir()
    (folder / "inventory_hosts").mkdir()
    (folder / "deskprov.yml").write_text("format: 1\nname: Example school district\n")
    (folder / "inventory_hosts/hosts.yml").write_text("all:\n  hosts: {}\n")
    wanted = "".join(f"  - path: {folder}/machine/{name}\n    content: {name}\n" for name in FILES)
    (folder / "profiles/bench.yml").write_text(f"profile: bench\nplatform: linux\nfiles:\n{wanted}")


class Acknowledging:
    """A record that tells of every call once it has returned, which is when it is promised to be kept."""

    def __init__(self, record: RunRecord, tell: Callable[[object], None]) -> None:
        self._record = record
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            answer = getattr(self._record, name)(*arguments, **options)
            self._tell((name, arguments))
            return answer

        return call


class KillableSite(RealSite):
    """The real site of this folder, but for the machine and Ansible."""

    def __init__(self, folder: Path, tell: Callable[[object], None]) -> None:
        super().__init__(folder, may_ask=False)
        self._here = folder
        self._tell = tell

    @cached_property
    def transport(self) -> ScriptedTransport:
        return ScriptedTransport(look_here)

    @cached_property
    def locks(self) -> KernelLocks:
        (self._here / "locks").mkdir(exist_ok=True)
        return KernelLocks(self._here / "locks")

    @cached_property
    def runner(self) -> ScriptedRunner:
        return ScriptedRunner(lambda job, on_event, _: play(job, on_event, self._here / "tally"))

    @property
    def record(self) -> Any:
        return Acknowledging(super().record, self._tell)


def play(job: PlaybookJob, on_event: Callable[[TaskEvent], None], tally: Path) -> PlaybookOutcome:
    """Writes what the playbook's copy tasks say."""
    blocks = [task for task in yaml.safe_load(job.playbook)[0]["tasks"] if "block" in task]
    for block in blocks:
        task = block["block"][0]
        items = task.get("deskprov.desktop.pack", {}).get("items", ())
        single = task.get("ansible.builtin.copy", {})
        on_event(TaskEvent(job.host.name, task["name"], EventKind.STARTED))
        for path, content in [(i["path"], i["content"]) for i in items] or [(single["dest"], single["content"])]:
            Path(path).write_text(content)
            with tally.open("a") as lines:
                lines.write(f"{path}\n")
        made = {"changed": True, "failed": False, "skipped": False, "msg": ""}
        answers = [{"number": item["number"], **made} for item in items]
        on_event(TaskEvent(job.host.name, task["name"], EventKind.CHANGED, result={"items": answers}))
    return PlaybookOutcome(RunEnd.COMPLETED, Statistics(len(blocks), len(blocks), 0, 0, 0, 0, 0))


def take_in_and_set_up(folder: Path, fault: str, told: Pipe) -> None:
    """What a technician does, with this fault; ends with the exit status of setup, or not at all."""
    os.environ[VARIABLE] = fault
    os.umask(0o077)
    site = KillableSite(folder, told.send)
    known = site.inventory.read().hosts
    if HOST not in known:
        site.inventory.add(Host(HOST, Connection("192.0.2.1", user="root"), profile="bench"), None)
    if HOST not in known or not known[HOST].known_host:
        site.host_keys.pin(site.inventory.read().hosts[HOST], HostKey(KEY, "SHA256:x"))
    result = apply(site, Request([HOST]), Watcher(), lambda plans: True, verb="setup")
    told.close()
    os._exit(exit_status(host.outcome for host in result.hosts))


def leave_a_folder(base: Path, fault: str) -> None:
    """Makes a run's folder, which is gone again unless the fault stops that."""
    os.environ[VARIABLE] = fault
    with run_directory(base):
        pass


def sweep(base: Path, fault: str) -> None:
    """What every start does with the folders of dead runs."""
    os.environ[VARIABLE] = fault
    sweep_leftovers([base])
