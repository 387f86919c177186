"""The door to practice PCs: start, stop, list. No root is needed, and nothing but loopback is touched."""

import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from deskprov.errors import PracticeError
from deskprov.formats.file_refusals import not_writable
from deskprov.model.inventory import OVER_TLS, SSH
from deskprov.model.ports.practice import PRACTICE_PASSWORD, BareMachine, PracticeMachine
from deskprov.model.practice_models import State
from deskprov.practice.keys import KeyPair, new_key_pair, site_key
from deskprov.practice.waiting import wait_until
from deskprov.practice.windows import bare, file_system
from deskprov.practice.windows.certificate import Certificate, certificate_of_bootstrap, fingerprint, new_certificate
from deskprov.practice.windows.computer import fresh_state, write_state
from deskprov.practice.windows.folder import Folder
from deskprov.practice.windows.local_accounts import ADMINISTRATORS, add_user, group, nt_hash
from deskprov.practice.windows.logon import AUTHORIZED_KEYS

USER = "deskprov"
PREFIX = "practice-pc-"
MOST_MACHINES = 99  # names of PCs end at 15 letters
UP_WITHIN = 60.0
DOWN_WITHIN = 10.0


class WindowsPracticeMachines:
    """The practice PCs of one site. `state_dir` holds a folder for each, and the password of all of them."""

    def __init__(self, state_dir: Path, now: Callable[[], datetime]) -> None:
        self._state_dir = state_dir.resolve()
        self._now = now

    @property
    def transports(self) -> Sequence[str]:
        """WinRM and PSRP over HTTPS, of which a PC speaks both, or SSH."""
        return (*OVER_TLS, SSH)

    def unavailable(self) -> str | None:
        """None: a practice PC needs nothing that deskprov does not bring."""
        return None

    def start(
        self, count: int, *, isolated: bool, report: Callable[[str], None], transport: str = ""
    ) -> list[PracticeMachine]:
        """Adds `count` PCs under the next free names and returns them when each takes connections.

        They are reached by WinRM, or by `transport`. If one does not come up, none of the new ones stays. Raises
        `PracticeError`, `SiteNotWritable`.
        """
        if isolated:
            raise PracticeError(
                "A practice PC for Windows has no network of its own.", hint="Leave --isolated out, or start linux."
            )
        report(f"starting {count} practice PC{'s' if count > 1 else ''}")
        folders = self._started(count, lambda folder: self._furnish(folder, transport or self.transports[0]))
        return [self._as_machine(folder) for folder in folders]

    def start_bare(self, count: int, script: str, report: Callable[[str], None]) -> list[BareMachine]:
        """Adds PCs as the script leaves them: with its account, a one-time password and a certificate of their own.

        Raises `PracticeError`, also when the script is none of deskprov's, and `SiteNotWritable`.
        """
        order = bare.order_in(script)
        report(f"starting {count} bare practice PC{'s' if count > 1 else ''}")
        ways: dict[str, bare.WayIn] = {}

        def furnish(folder: Folder) -> None:
            ways[folder.name] = self._furnish_bare(folder, order)

        return [self._as_bare(folder, order, ways[folder.name]) for folder in self._started(count, furnish)]

    def _started(self, count: int, furnish: Callable[[Folder], None]) -> Sequence[Folder]:
        try:
            with self._locked(), ExitStack() as undo:
                folders = [Folder(self._state_dir / name) for name in self._free_names(count)]
                undo.callback(_end, folders)
                for folder in folders:
                    furnish(folder)
                self._launch(folders)
                wait_until(lambda: all(folder.port or not folder.lives() for folder in folders), UP_WITHIN)
                for folder in folders:
                    _refuse_dead(folder)
                undo.pop_all()
        except OSError as error:
            raise not_writable(self._state_dir, error) from error
        return folders

    def stop(self, names: Sequence[str] = ()) -> list[str]:
        """Stops the named PCs, or all, and returns their names. Nothing of them stays.

        Raises `PracticeError` for a name that is not there and for a PC that cannot be ended.
        """
        if not self._state_dir.exists():
            folders: Sequence[Folder] = ()
        else:
            with self._locked():
                folders = [folder for folder in self._folders() if not names or folder.name in names]
                _end(folders)
                if not self._folders():
                    self._forget_ways_in()
        return [folder.name for folder in folders]

    def list(self) -> list[PracticeMachine]:
        """All PCs of this site, each with its state as it is now."""
        return [self._as_machine(folder) for folder in self._folders()]

    @property
    def password_file(self) -> Path:
        """The password with which the site logs in to its practice PCs, one line, for the owner alone."""
        return self._state_dir / "password"

    def _folders(self) -> Sequence[Folder]:
        found = [path for path in self._state_dir.glob(f"{PREFIX}*") if path.is_dir()]
        return [Folder(path) for path in sorted(found, key=lambda path: (len(path.name), path.name))]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keeps every other process out that starts or stops PCs of this site."""
        self._state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._state_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _free_names(self, count: int) -> Sequence[str]:
        if count < 1:
            raise PracticeError("The number of practice PCs must be one or more.")
        taken = {folder.name for folder in self._folders()}
        free = [name for n in range(1, MOST_MACHINES + 1) if (name := f"{PREFIX}{n}") not in taken]
        if count > len(free):
            raise PracticeError(f"A site can have {MOST_MACHINES} practice PCs; {len(taken)} are there already.")
        return free[:count]

    def _furnish(self, folder: Folder, transport: str) -> None:
        now = self._now()
        folder.path.mkdir(mode=0o700)
        folder.reached_by(transport)
        _keep(folder, new_certificate(folder.name, folder.address, now))
        state = fresh_state(folder.name, int(now.timestamp()), hardware=str(folder.path), otherwise=self._otherwise())
        add_user(state, USER, nt_hash(self._password()))
        group(state, ADMINISTRATORS)["members"].append(state["users"][USER]["sid"])
        if transport == SSH:
            _open_ssh(folder, state, site_key(self._state_dir)[1])
        write_state(folder.state, state)

    def _furnish_bare(self, folder: Folder, order: bare.Order) -> bare.WayIn:
        now = self._now()
        folder.path.mkdir(mode=0o700)
        folder.bare.touch()
        folder.reached_by(order.transport)
        state = fresh_state(folder.name, int(now.timestamp()), hardware=str(folder.path))
        if order.transport == SSH:
            way = bare.over_ssh(state, order, _open_ssh(folder, state, order.login_key))
        else:
            made = certificate_of_bootstrap(folder.name, folder.address, now)
            _keep(folder, made)
            way = bare.over_winrm(state, order, made)
        write_state(folder.state, state)
        return way

    def _as_bare(self, folder: Folder, order: bare.Order, way: bare.WayIn) -> BareMachine:
        state = json.loads(folder.state.read_text("utf-8"))
        file_name, content = bare.enrolment(state, order, way, (folder.address, folder.port), self._now())
        return BareMachine(self._as_machine(folder), file_name, content)

    def _otherwise(self) -> str:
        """What new PCs of this site have otherwise than after an ordinary installation: see `fresh_state`."""
        file = self._state_dir / "otherwise.json"
        return file.read_text("utf-8") if file.exists() else "{}"

    def _forget_ways_in(self) -> None:
        """Password and key let nobody in any more when the last PC is gone; the next ones get new ones."""
        for name in (self.password_file.name, "id_ed25519", "id_ed25519.pub"):
            (self._state_dir / name).unlink(missing_ok=True)

    def _password(self) -> str:
        if not self.password_file.exists():
            self.password_file.touch(mode=0o600)
            self.password_file.write_text(secrets.token_urlsafe(18) + "\n")
        return self.password_file.read_text().strip()

    def _launch(self, folders: Sequence[Folder]) -> None:
        """Starts the processes and returns when they are on their own. They belong to no terminal and no parent."""
        with ExitStack() as stack:
            locks = []
            for folder in folders:
                lock = os.open(folder.life_lock, os.O_RDWR | os.O_CREAT, 0o600)
                stack.callback(os.close, lock)
                fcntl.flock(lock, fcntl.LOCK_EX)
                locks.append(lock)
            words = [
                word for folder, lock in zip(folders, locks, strict=True) for word in (str(folder.path), str(lock))
            ]
            begun = subprocess.run(
                [sys.executable, "-I", "-m", "deskprov.practice.windows.process", *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
                pass_fds=locks,
                check=False,
            )
        if begun.returncode:
            last = (begun.stdout.decode(errors="replace").strip().splitlines() or ["none"])[-1]
            raise PracticeError(f"Practice PCs do not start. The last words of the program: {last}")

    def _as_machine(self, folder: Folder) -> PracticeMachine:
        return PracticeMachine(
            name=folder.name,
            platform="windows",
            address=folder.address,
            port=folder.port,
            user=USER,
            key_file="",
            host_key=_identity(folder),
            transport=folder.transport,
            password=PRACTICE_PASSWORD,
            state="running" if folder.lives() else "broken",
            isolated=False,
            bare=folder.bare.exists(),
        )


def _identity(folder: Folder) -> str:
    if folder.transport == SSH:
        return " ".join(folder.public_host_key.read_text().split()[:2])
    return f"x509-sha256 {fingerprint(folder.certificate.read_text('ascii'))}"


def _end(folders: Sequence[Folder]) -> None:
    def gone() -> bool:
        for folder in folders:
            if folder.lives() and (process := folder.process()):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGTERM)
        return not any(folder.lives() for folder in folders)

    if not wait_until(gone, DOWN_WITHIN):
        names = ", ".join(folder.name for folder in folders if folder.lives())
        raise PracticeError(f"Could not end {names}.", hint="Try again in a moment.")
    for folder in folders:
        if folder.path.exists():
            folder.remove()


def _open_ssh(folder: Folder, state: State, key: str) -> KeyPair:
    """A host key of its own, and this public key for whoever prefers it to a password."""
    pair = new_key_pair()
    folder.host_key.touch(mode=0o600)
    folder.host_key.write_text(pair.private)
    folder.public_host_key.write_text(pair.public)
    file_system.make_folder(state, file_system.parent(AUTHORIZED_KEYS))
    file_system.write(state, AUTHORIZED_KEYS, f"{key}\n".encode())
    return pair


def _keep(folder: Folder, made: Certificate) -> None:
    folder.certificate.write_text(made.certificate)
    folder.key.touch(mode=0o600)
    folder.key.write_text(made.key)


def _refuse_dead(folder: Folder) -> None:
    if not folder.lives() or not folder.port:
        said = folder.log.read_text(errors="replace").strip().splitlines() if folder.log.exists() else []
        raise PracticeError(f"{folder.name} did not start. Its last words: {said[-1] if said else 'none'}")
