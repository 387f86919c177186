"""Looks at this computer for `doctor`: file systems, keys, clock, what dead runs left. Changes nothing."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import paramiko

from deskprov.adapters.ansible.installation import find_installation, missing_collections
from deskprov.adapters.ansible.run_directory import dead_folders, usual_bases
from deskprov.adapters.database.engine import database_url
from deskprov.adapters.database.health import record_health
from deskprov.adapters.patience import within
from deskprov.adapters.ssh.keys import AGENT_SECONDS, DEFAULT_KEYS
from deskprov.adapters.workplace.volumes import volume
from deskprov.model.settings import Settings
from deskprov.model.workplace import AnsibleHealth, PrivateKey, RecordHealth, Sync, Volume, Workplace

SECONDS = 10.0
LATEST_COMMITS = "200"


class ThisComputer:
    """The port `WorkplaceLook` for the site whose folder is `root`."""

    def __init__(self, root: Path, *, home: Path | None = None) -> None:
        self._root = root
        self._home = home or Path.home()

    def look(self, settings: Settings | None, key_files: Iterable[str]) -> Workplace:
        """What there is here."""
        release = platform.release().lower()
        wsl = 0 if "microsoft" not in release else 2 if "wsl2" in release or "standard" in release else 1
        bases = usual_bases()
        ssh = self._home / ".ssh"
        return Workplace(
            python=sys.version_info[:3],
            system=platform.system(),
            wsl=wsl,
            wsl_network=_said("wslinfo", "--networking-mode") if wsl == 2 else "",
            site=volume(self._root),
            record=self._record_volume(settings),
            runs=volume(bases[0]),
            ssh_program=shutil.which("ssh") is not None,
            agent_keys=_agent_keys(),
            own_keys=[name for name in DEFAULT_KEYS if (ssh / name).is_file()],
            key_files=[self._key(name) for name in key_files],
            secrets_missing=_missing(settings),
            clock=_clock(),
            leftovers=[str(path) for path in dead_folders(bases)],
            committers=self._committers(),
        )

    def record(self, settings: Settings) -> RecordHealth | None:
        """The state of the record; None when there is none yet."""
        return record_health(settings.database, self._root)

    def ansible(self, collections: Iterable[str]) -> AnsibleHealth:
        """What would run playbooks."""
        found = find_installation(os.environ.get("PATH", os.defpath))
        return AnsibleHealth(str(found.program), found.version, missing_collections(found, self._home, collections))

    def _record_volume(self, settings: Settings | None) -> Volume | None:
        if settings is None:
            return None
        url = database_url(settings.database, self._root)
        return volume(Path(str(url.database)).parent) if url.get_backend_name() == "sqlite" else None

    def _key(self, name: str) -> PrivateKey:
        path = self._root / Path(name).expanduser()
        try:
            status = path.stat()
        except OSError:
            return PrivateKey(name, there=False)
        return PrivateKey(
            name, there=True, open_to_others=status.st_uid == os.getuid() and bool(status.st_mode & 0o077)
        )

    def _committers(self) -> int:
        log = _said("git", "-C", str(self._root), "log", "-n", LATEST_COMMITS, "--format=%ae")
        return len(set(log.split()))


def _missing(settings: Settings | None) -> list[str]:
    missing = []
    for name, provider in (settings.secrets if settings else {}).items():
        if provider.env and provider.env not in os.environ:
            missing.append(f"{name} (the variable {provider.env} is not set)")
        if provider.command and shutil.which(provider.command[0]) is None:
            missing.append(f"{name} (there is no program {provider.command[0]})")
    return missing


def _agent_keys() -> int | None:
    if "SSH_AUTH_SOCK" not in os.environ:
        return None
    try:
        agent = within(AGENT_SECONDS, paramiko.Agent)
    except (paramiko.SSHException, OSError):
        return -1
    try:
        return len(agent.get_keys())
    finally:
        agent.close()


def _clock() -> Sync:
    """As systemd sees it (org.freedesktop.timedate1, NTPSynchronized); other systems do not tell."""
    said = _said("timedatectl", "show", "--property=NTPSynchronized", "--value")
    return {"yes": Sync.SYNCHRONISED, "no": Sync.NOT}.get(said, Sync.UNKNOWN)


def _said(*command: str) -> str:
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""
