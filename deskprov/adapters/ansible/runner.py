"""Runs a playbook against one machine, so that nothing leaks, nothing mixes and nothing stays behind."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from deskprov.adapters.ansible import broker_client, player
from deskprov.adapters.ansible.broker import Broker, Handout
from deskprov.adapters.ansible.installation import Installation, find_installation
from deskprov.adapters.ansible.inventory import Access, access, inventory, known_hosts, ssh_arguments
from deskprov.adapters.ansible.processes import end_marked
from deskprov.adapters.ansible.run_directory import RunDirectory, run_directory, sweep_leftovers, usual_bases
from deskprov.adapters.ansible.settings import HALT_FILE, ansible_cfg, environment
from deskprov.adapters.ansible.supervision import HALT_SECONDS, Supervision
from deskprov.adapters.fault_points import FaultPoint, reach
from deskprov.adapters.file_server import FileServer
from deskprov.errors import DeskprovError, RunnerFailed
from deskprov.model.discreet import Discreet
from deskprov.model.playbook import Halt, PlaybookJob, PlaybookOutcome, TaskEvent
from deskprov.model.ports.machine import HeldLock, Secrets
from deskprov.model.secret import SecretRef

MOST_VERBOSE = 2
"""From -vvv on Ansible prints environments and commands as they are."""


class AnsibleRunner:
    """Runs playbooks by ansible-playbook; many threads may run different machines at once.

    `root` is the site's folder, from which relative key files count. `file_server` has its large files for machines.
    `given` is the environment of this process and `bases` are the folders in which run folders may lie, the first being
    used, unless others are given. `patience` is how many seconds a step may take to end once the run is asked to.
    """

    def __init__(
        self,
        secrets: Secrets,
        root: Path,
        *,
        home: Path | None = None,
        given: Mapping[str, str] | None = None,
        bases: Sequence[Path] | None = None,
        patience: float = HALT_SECONDS,
        file_server: FileServer | None = None,
    ) -> None:
        self._secrets = secrets
        self._root = root
        self._home = home or Path.home()
        self._given = os.environ if given is None else given
        self._bases = bases or usual_bases()
        self._patience = patience
        self._file_server = file_server or FileServer()

    def run(
        self,
        job: PlaybookJob,
        lock: HeldLock,
        on_event: Callable[[TaskEvent], None],
        halt: Callable[[], Halt],
    ) -> PlaybookOutcome:
        """Runs to the end, or as far as `halt()` allows. `on_event` is called in the calling thread.

        Raises `RunnerFailed` when Ansible is missing, too old or cannot be run, `SecretUnavailable`, and
        `IdentityNotTrusted` when no key is pinned.
        """
        host = job.host.name
        installation = self._installation(host)
        way_in = access(job.host, self._root, self._home)
        known = known_hosts(job.host)
        values = self._values(job, way_in)
        with ExitStack() as stack:
            try:
                sweep_leftovers(self._bases)
                folder = stack.enter_context(run_directory(self._bases[0]))
                served = {ticket: self._root / path for ticket, path in job.served.items()}
                offers = stack.enter_context(self._file_server.offering(job.host, served)) if served else {}
                _furnish(folder.path, job, way_in, known)
                for name, path in job.linked.items():
                    _place(folder.path, job, name).symlink_to(self._root.absolute() / path)
                (folder.path / "inventory.yml").write_text(inventory(job.host, way_in, offers))
                reach(FaultPoint.FOLDER_FURNISHED)
                handout = Handout(
                    installation.program, (lock.descriptor, folder.alive), values.by_name, password=values.password
                )
                stack.enter_context(Broker(folder.path / "s", handout))
                output = stack.enter_context(_player(folder, self._environment(folder, way_in), job))
            except OSError as error:
                raise _no_room(host, self._bases[0], error) from error
            ask, stop = partial(_ask_to_halt, folder), partial(_end_all, folder)
            return Supervision(job, on_event, halt, ask, stop, values.all(), self._patience).follow(output)

    def _installation(self, host: str) -> Installation:
        try:
            return find_installation(self._given.get("PATH", os.defpath))
        except DeskprovError as error:
            raise RunnerFailed(host, error.message, hint=error.hint) from error

    def _values(self, job: PlaybookJob, way_in: Access) -> "_Values":
        named = [*job.secrets, *way_in.lookups]
        return _Values(
            by_name={ref: self._secrets.value(ref) for ref in named},
            password=self._secrets.value(way_in.password) if way_in.password else None,
        )

    def _environment(self, folder: RunDirectory, way_in: Access) -> dict[str, str]:
        return environment(
            folder.path,
            folder.marker,
            self._given,
            home=self._home,
            agent=way_in.log_on is None and (way_in.password is None or bool(way_in.key_file)),
            askpass=way_in.password is not None,
        )


class _Values(Discreet, frozen=True):
    hidden = frozenset({"by_name", "password"})

    by_name: Mapping[SecretRef, str]
    password: str | None

    def all(self) -> list[str]:
        return [*self.by_name.values(), *([self.password] if self.password else [])]


def _furnish(folder: Path, job: PlaybookJob, way_in: Access, known: str) -> None:
    """Writes everything that Ansible reads but the inventory and large files, and no secret."""
    for name in ("project", "tmp", "cp", "home", "bin"):
        (folder / name).mkdir(mode=0o700)
    arguments = ssh_arguments(job.host, way_in, folder / "known_hosts")
    (folder / "known_hosts").write_text(known)
    (folder / "ansible.cfg").write_text(ansible_cfg(folder, arguments, job.step_seconds))
    (folder / "project" / "playbook.yml").write_text(job.playbook, "utf-8", newline="")
    for name, content in job.files.items():
        _place(folder, job, name).write_bytes(content)
    for name, part in (("ansible-playbook", "playbook"), ("askpass", "askpass")):
        program = folder / "bin" / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{broker_client.__file__}" {part} "$@"\n')
        program.chmod(0o700)


@contextmanager
def _player(folder: RunDirectory, surroundings: Mapping[str, str], job: PlaybookJob) -> Iterator[IO[bytes]]:
    """The output of the player at work. After the context nothing of the run is left, however it is left."""
    order = {
        "parent": os.getpid(),
        "path": [str(Path(entry).absolute()) for entry in sys.path],
        "folder": str(folder.path),
        "playbook": "playbook.yml",
        "inventory": str(folder.path / "inventory.yml"),
        "verbosity": min(job.verbosity, MOST_VERBOSE),
        "step_seconds": job.step_seconds,
    }
    (folder.path / "order").write_text(json.dumps(order))
    with (folder.path / "order").open("rb") as stdin:
        process = subprocess.Popen(
            [sys.executable, "-P", player.__file__],
            env=surroundings,
            cwd=folder.path,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us, who end it in good order
        )
    reach(FaultPoint.PLAYER_STARTED)
    output = process.stdout
    try:
        if output is not None:
            yield output
    finally:
        _end_all(folder)
        process.kill()
        process.wait()
        reach(FaultPoint.PLAYER_ENDED)
        if output is not None:
            output.close()


def _ask_to_halt(folder: RunDirectory) -> None:
    # where not even an empty file has room, the run is ended when its patience is
    with suppress(OSError):
        (folder.path / HALT_FILE).touch()


def _end_all(folder: RunDirectory) -> None:
    end_marked(folder.marker)


def _place(folder: Path, job: PlaybookJob, name: str) -> Path:
    """Where a file of the playbook goes; the folder for it is made."""
    path = folder / "project" / _inside(job.host.name, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _inside(host: str, name: str) -> PurePosixPath:
    """The name as a path that stays in the project's folder."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\0" in name:
        raise RunnerFailed(host, f"A file of the playbook for {host} has a name that leads out of its folder.")
    return path


def _no_room(host: str, base: Path, error: OSError) -> RunnerFailed:
    return RunnerFailed(
        host,
        f"Ansible could not be run for {host}: {error.strerror or error}.",
        hint=f"Is there room left? Look with: df -h {base}",
    )
