"""Which ansible-playbook is used, and whether its release will do."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from msgspec import Struct

from deskprov.adapters.ansible.settings import collections_path
from deskprov.errors import DeskprovError
from deskprov.formats.module_options import supported_releases

OLDEST = (2, 19)
"""Before it, text of a machine could be taken for a template: what comes from outside was trusted."""

INSTALL = 'pip install "deskprov[ansible]"'
_VERSION_SECONDS = 60.0
_BUILTIN = "ansible.builtin"


class Installation(Struct, frozen=True):
    """The program, and the release of ansible-core behind it, such as 2.19.14."""

    program: Path
    version: str


def ansible_version() -> str:
    """The release of ansible-core that playbooks are run with. Raises `DeskprovError` when there is none to run."""
    return find_installation(os.environ.get("PATH", os.defpath)).version


def find_installation(search_path: str) -> Installation:
    """The ansible-playbook beside our own Python, else the first on `search_path`.

    Raises `DeskprovError` when there is none, or its release is not supported.
    """
    program = _beside_us() or shutil.which("ansible-playbook", path=search_path)
    if program is None:
        raise DeskprovError("Ansible is not installed here, so nothing can be changed.", hint=f"Install it: {INSTALL}")
    version = _version(Path(program))
    if _minor(version) < OLDEST:
        raise DeskprovError(
            f"{program} is of ansible-core {version}; deskprov needs {OLDEST[0]}.{OLDEST[1]} or newer.",
            hint=f"Install a newer one beside deskprov: {INSTALL}",
        )
    if ".".join(map(str, _minor(version))) not in supported_releases():
        raise DeskprovError(
            f"{program} is of ansible-core {version}; deskprov has been tried with {', '.join(supported_releases())}.",
            hint=f"Install one of these beside deskprov: {INSTALL}",
        )
    return Installation(Path(program), version)


def missing_collections(found: Installation, home: Path, collections: Iterable[str]) -> list[str]:
    """Those of these collections (`community.general`) that this installation would not find, in order."""
    ours = [Path(place) for place in collections_path(home).split(":")]
    beside = [place.parent for place in found.program.resolve().parent.parent.glob("lib*/python3*/*-packages/ansible")]
    places = [place / "ansible_collections" for place in (*ours, *beside)]
    return sorted(
        name
        for name in set(collections)
        if name != _BUILTIN and not any((place / name.replace(".", "/")).is_dir() for place in places)
    )


def _beside_us() -> Path | None:
    program = Path(sys.executable).with_name("ansible-playbook")
    return program if os.access(program, os.X_OK) else None


@cache
def _version(program: Path) -> str:
    if program == _beside_us():
        try:
            return metadata.version("ansible-core")
        except metadata.PackageNotFoundError:
            pass  # the same folder, but another Python: ask the program itself
    return _stated_version(program)


def _stated_version(program: Path) -> str:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(Path.home())}
    try:
        done = subprocess.run(
            [program, "--version"],
            env=environment,
            cwd="/",  # away from any ansible.cfg; /dev/null is not taken for one
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DeskprovError(f"{program} cannot be run.", hint=f"Install it again: {INSTALL}") from error
    found = re.search(rb"\[core (\d+\.\d+\.[0-9a-z.]+)\]", done.stdout)
    if found is None:
        raise DeskprovError(f"{program} does not say its release.", hint=f"Install it again: {INSTALL}")
    return found[1].decode()


def _minor(version: str) -> tuple[int, int]:
    major, minor = re.findall(r"\d+", version)[:2]
    return int(major), int(minor)
