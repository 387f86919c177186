"""Packages on Debian and Ubuntu: dpkg's database to look, apt to change.

Installing never removes another package: that would be a removal which no plan has shown.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats import dpkg
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.task import ShippedFile, Task
from deskprov.resources.software import Options
from deskprov.resources.software.catalogue import package_name

PRIVATE_FOLDER = "/var/cache/deskprov"
"""Where package files wait on the machine; only root can look into it or change what is in it."""

_APT: Mapping[str, Any] = {"update_cache": True, "cache_valid_time": 3600, "lock_timeout": 300}
"""A list of packages up to an hour old is fresh; a machine that updates itself may hold the lock for minutes."""

_SECONDS = 12.0

_CHECK = """\
refuse() { echo "The package file $1. Nothing was installed." >&2; exit 1; }
[ "$(sha256sum "$1" | cut -c 1-64)" = "$2" ] || refuse "is not the one that the profile states (another SHA-256)"
[ "$(dpkg-deb --field "$1" Package)" = "$3" ] || refuse "holds another package than the profile states"
[ -z "$4" ] || [ "$(dpkg-deb --field "$1" Version)" = "$4" ] || refuse "holds another version than the profile states"
"""
"""Right before installing, in a folder of root's own; nothing of the file is read before its hash is right."""


def probes(options: Options) -> Sequence[Probe]:
    """The one question about all packages."""
    return [dpkg.INSTALLED]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`version` and `held` of the installed package, or absent."""
    installed = dpkg.packages(answers[0]) if len(answers) == 1 else None
    if installed is None:
        return Sight.NOT_REPORTED
    name = package_name(options.name, "apt")
    for package in installed:
        if package.name == name:
            return {"version": package.version, "held": package.held}
    return Sight.ABSENT


def tasks(change: Change) -> Sequence[Task]:
    """The package, and whether it is held, which dpkg forgets when it installs."""
    options: Options = change.resource.options
    name = package_name(options.name, "apt")
    if change.resource.absent:
        arguments = {"name": name, "state": "absent", "lock_timeout": 300, "allow_change_held_packages": True}
        return [Task("Remove the package", "ansible.builtin.apt", arguments, seconds=5.0)]
    made: list[Task] = []
    if change.differs("version"):
        made += _from_file(options, name) if options.sha256 else [_from_repository(options, name)]
    if options.held is not None and (made or change.differs("held")):
        made.append(_hold(name, held=options.held))
    return made


def _from_repository(options: Options, name: str) -> Task:
    arguments = {"name": name, "state": "present", "fail_on_autoremove": True, **_APT}
    if options.version is not None:
        exact = {"name": f"{name}={options.version}", "allow_downgrade": True, "allow_change_held_packages": True}
        arguments |= exact
    return Task("Install the package", "ansible.builtin.apt", arguments, seconds=_SECONDS)


def _from_file(options: Options, name: str) -> list[Task]:
    path = f"{PRIVATE_FOLDER}/{name}.deb"
    folder = {"path": PRIVATE_FOLDER, "state": "directory", "owner": "root", "group": "root", "mode": "0700"}
    install = {"deb": path, "fail_on_autoremove": True, "allow_downgrade": True, **_APT}
    return [
        Task("Make a private folder", "ansible.builtin.file", {**folder, "follow": False}),
        _fetch(options, path),
        _check(options, path, name),
        Task("Install the package file", "ansible.builtin.apt", install, seconds=_SECONDS),
        Task("Remove the package file", "ansible.builtin.file", {"path": path, "state": "absent"}),
    ]


def _fetch(options: Options, path: str) -> Task:
    if options.source is not None:
        shipped = {"src": ShippedFile(options.source), "dest": path, "mode": "0600"}
        return Task("Copy the package file", "ansible.builtin.copy", shipped, seconds=3.0)
    remote = {"url": options.url, "dest": path, "mode": "0600", "checksum": f"sha256:{options.sha256}", "timeout": 60}
    return Task("Fetch the package file", "ansible.builtin.get_url", remote, seconds=5.0)


def _check(options: Options, path: str, name: str) -> Task:
    argv = ["sh", "-c", _CHECK, "sh", path, options.sha256, name, options.version or ""]
    arguments = {"argv": argv, "expand_argument_vars": False}
    return Task("Check the package file", "ansible.builtin.command", arguments, changed_when=False)


def _hold(name: str, *, held: bool) -> Task:
    selection = {"name": name, "selection": "hold" if held else "install"}
    return Task(
        "Keep upgrades off the package" if held else "Let upgrades in", "ansible.builtin.dpkg_selections", selection
    )
