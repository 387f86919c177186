"""Software on Windows: the uninstall keys, Chocolatey's folder and the apps to look; scripts and Chocolatey to change.

All of it works for the whole computer, in the network log-on that deskprov has; only winget runs as SYSTEM. Installers
run from a folder that only administrators can write to.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.own_script import script_task
from deskprov.formats.versions import is_at_least, same_version
from deskprov.model.facts import Answer, Observation, Observed, Sight
from deskprov.model.feed import COMMUNITY, COMMUNITY_FEED
from deskprov.model.plan import Action, Change, Obstacle
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import ShippedFile, Task
from deskprov.resources.software import Options
from deskprov.resources.software.ways import Way, app, is_msi, package, product, way
from deskprov.resources.software.winget import going_back, winget_task

PRIVATE_FOLDER = r"C:\Program Files\deskprov\installers"
"""Where installers wait on the machine: what is below Program Files only administrators can change."""

_LOOK = script_beside(__package__, "probe_windows.ps1")
_PROGRAMS, _PACKAGES, _APPS = (Probe(_LOOK, kind) for kind in ("programs", "packages", "apps"))
_INSTALLING = 60.0
_REMOVING = 30.0


def probes(options: Options) -> Sequence[Probe]:
    """Three questions at most, whatever number of programs a profile names."""
    return [_APPS] if app(options) else [_PROGRAMS, _PACKAGES]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`version` and `at_least` of what is there: as the profile spells them if they are as wanted."""
    match answers:
        case [list(names)] if wanted := app(options):
            return {} if wanted.casefold() in {str(name).casefold() for name in names} else Sight.ABSENT
        case [list(programs), dict(packages)] if not app(options) and _understood(programs, packages):
            versions = _versions(options, programs, packages)
            return _seen(options, versions) if versions else Sight.ABSENT
        case _:
            return Sight.NOT_REPORTED


def obstacles(options: Options, answers: Sequence[Answer]) -> Sequence[Obstacle]:
    """That winget would have to go back to an older version."""
    match answers:
        case [list(programs), dict(packages)] if way(options) is Way.WINGET and _understood(programs, packages):
            return going_back(options, _versions(options, programs, packages))
        case _:
            return []


def _understood(programs: Sequence[Any], packages: Mapping[str, Any]) -> bool:
    texts = all(isinstance(version, str) for version in packages.values())
    return texts and all(isinstance(entry, list) and [type(part) for part in entry] == [str, str] for entry in programs)


def _versions(options: Options, programs: Sequence[list[str]], packages: Mapping[str, str]) -> list[str]:
    """Of every program or package that this may be; of one to be removed, wherever it came from."""
    found: list[str] = []
    wanted = product(options)
    if wanted and (options.state == "absent" or way(options) in (Way.INSTALLER, Way.WINGET)):
        found += [version for title, version in programs if _matches(wanted, title)]
    if options.state == "absent" or way(options) is Way.CHOCOLATEY:
        found += [packages[package(options)]] if package(options) in packages else []
    return found


def _matches(wanted: str, title: str) -> bool:
    name, seen = wanted.casefold(), title.casefold()
    return seen.startswith(name[:-1]) if name.endswith("*") else seen == name


def _seen(options: Options, versions: Sequence[str]) -> Observed:
    version, least = options.version, options.at_least
    exact = next((each for each in versions if version and same_version(each, version)), None)
    enough = next((each for each in versions if least and is_at_least(each, least)), None)
    return {"version": version if exact else versions[0], "at_least": least if enough else versions[0]}


def tasks(change: Change) -> Sequence[Task]:
    """What makes the change, by the way that the software comes."""
    options: Options = change.resource.options
    if name := app(options):
        return [script_task("Remove the app", __package__, "change_app_windows.ps1", {"App": name}, seconds=_REMOVING)]
    if change.resource.absent:
        given = {"Package": package(options), "Product": product(options), "Arguments": options.removal}
        return [script_task("Remove the program", __package__, "change_removal_windows.ps1", given, seconds=_REMOVING)]
    match way(options):
        case Way.CHOCOLATEY:
            return _from_feed(options)
        case Way.WINGET:
            return [winget_task(options, change)]
        case _:
            return _from_installer(options, change)


def _from_feed(options: Options) -> list[Task]:
    """Chocolatey must be there: its module would otherwise fetch and run a script from the Internet."""
    feed = COMMUNITY_FEED if options.feed == COMMUNITY else options.feed
    state = "downgrade" if options.version else "latest" if options.at_least else "present"
    arguments = {"name": package(options), "state": state, "source": feed}
    if options.version:
        arguments["version"] = options.version
    return [
        script_task("Look for Chocolatey", __package__, "check_chocolatey_windows.ps1", {}),
        Task(
            "Install the package",
            "chocolatey.chocolatey.win_chocolatey",
            arguments,
            seconds=_INSTALLING,
            feed=feed or "",
        ),
    ]


def _from_installer(options: Options, change: Change) -> list[Task]:
    path = rf"{PRIVATE_FOLDER}\{options.name}{'.msi' if is_msi(options) else '.exe'}"
    given = {
        "Path": path,
        "Product": product(options),
        "Version": options.version,
        "Sha256": options.sha256,
        "Signer": options.signer,
        "Arguments": options.arguments,
        "Replace": change.action is Action.UPDATE,
    }
    folder = {"path": PRIVATE_FOLDER, "state": "directory"}
    gone = {"path": path, "state": "absent"}
    return [
        Task("Make a private folder", "ansible.windows.win_file", folder, changed_when=False),
        _fetch(options, path),
        script_task("Install the program", __package__, "change_install_windows.ps1", given, seconds=_INSTALLING),
        Task("Remove the installer", "ansible.windows.win_file", gone, changed_when=False),
    ]


def _fetch(options: Options, path: str) -> Task:
    if options.source is not None:
        shipped = {"src": ShippedFile(options.source), "dest": path}
        return Task("Copy the installer", "ansible.windows.win_copy", shipped, changed_when=False, seconds=20.0)
    remote: dict[str, Any] = {"url": options.url, "dest": path}
    if options.sha256:
        remote |= {"checksum": options.sha256, "checksum_algorithm": "sha256"}
    return Task("Fetch the installer", "ansible.windows.win_get_url", remote, changed_when=False, seconds=20.0)
