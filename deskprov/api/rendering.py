"""Changes as playbooks: for a run on one machine, and a whole profile for anyone to run."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from msgspec import Struct
from msgspec.structs import replace

from deskprov.api.profiles import SAMPLES, ProfileFiles, named
from deskprov.api.site import Site
from deskprov.api.way_in import OF
from deskprov.errors import HostError
from deskprov.formats.module_options import option_table, supported_releases
from deskprov.model.facts import Facts
from deskprov.model.inventory import PORTS, SSH, WINRM, Connection, Host
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform
from deskprov.model.playbook import PlaybookJob
from deskprov.model.profile import Profile, ShippedContent
from deskprov.model.secret import SecretRef
from deskprov.model.task import ResourceTasks, Task
from deskprov.resources import BY_NAME, on_platform
from deskprov.stages.plan import ordered
from deskprov.stages.render import (
    Origin,
    Playbook,
    checked,
    entries,
    fetched,
    packed,
    run_playbook,
    stand_alone_playbook,
)


class RenderedProfile(Struct, frozen=True):
    """A playbook for anyone. `place` is its path without `.yml`; `files` are named from the folder it is in."""

    place: str
    text: str
    files: Mapping[str, bytes]
    secrets: Sequence[SecretRef]


class RenderedRun(Struct, frozen=True):
    """A job for the runner, and the numbered entries that its playbook was made from."""

    entries: Sequence[ResourceTasks]
    job: PlaybookJob


def render_run(
    site: Site,
    host: Host,
    profile: Profile,
    changes: Sequence[Change],
    looked_at: Facts,
) -> RenderedRun:
    """These changes of the machine that was `looked_at` as a job.

    Every task is checked against its module's documented options first. Raises `HostError` when a file of the site has
    changed since the plan was made.
    """
    made = packed(fetched(entries(changes, lambda change: tasks_of(change, profile)), profile.shipped))
    _check(made)
    step_seconds = site.settings.step_minutes * 60
    playbook = run_playbook(
        host.name,
        made,
        become=host.connection.user != "root",
        step_seconds=step_seconds,
        platform=profile.platform,
        looked_at=looked_at,
    )
    linked = {name: path for name, path in playbook.files.items() if path in playbook.served.values()}
    _check_large(site, host, {path: profile.shipped[path] for path in linked.values()})
    job = PlaybookJob(
        host=host,
        playbook=playbook.text,
        files={
            name: _as_planned(site, host, path, profile.shipped[path])
            for name, path in playbook.files.items()
            if name not in linked
        },
        linked=linked,
        served=playbook.served,
        secrets=[replace(secret, host=host.name) for secret in playbook.secrets],
        step_seconds=step_seconds,
        run_seconds=site.settings.run_minutes * 60,
    )
    return RenderedRun(made, job)


def render(site: Site, name: str) -> RenderedProfile:
    """A machine's profile (by name, tag or serial) with its values, or a profile on sample values, for anyone to run.

    What the profile wants is stated in full, whatever there is on the machine. Raises `NoHostMatched`, `InvalidInput`.
    """
    profile, host = named(site, name)
    place = profile.name if host is None else host.name
    own = _of_any(profile.platform) if host is None else host.connection
    changes = ordered(_in_full(profile))
    origin = Origin(
        name=place.rpartition("/")[2],
        profile=profile.name,
        file=ProfileFiles(site).path(profile.name),
        host="" if host is None else host.name,
        samples={} if host else {word: SAMPLES[word] for word in profile.variables if word in SAMPLES},
        reboots=[change.resource.key for change in changes if change.resource.options.reboot],
        guarded=[change.resource.key for change in changes if OF[profile.platform].touched(change, own)],
    )
    made = entries(changes, lambda change: tasks_of(change, profile))
    _check(made)
    playbook = stand_alone_playbook(origin, made)
    return RenderedProfile(place, playbook.text, _contents(site, playbook), playbook.secrets)


def _of_any(platform: Platform) -> Connection:
    """How machines of a platform are reached as a rule; which account logs in is not known."""
    transport = WINRM if platform is Platform.WINDOWS else SSH
    return Connection("", PORTS[transport], user="", transport=transport)


def tasks_of(change: Change, profile: Profile) -> Sequence[Task]:
    """The tasks of a change, as its type makes them on this platform."""
    return on_platform(BY_NAME[change.resource.type], profile.platform).tasks(change)


def _in_full(profile: Profile) -> list[Change]:
    return [Change(r, Action.DELETE if r.absent else Action.ENSURE) for r in profile.resources]


def _check(made: Sequence[ResourceTasks]) -> None:
    checked(made, [option_table(release) for release in supported_releases()])


def _as_planned(site: Site, host: Host, path: str, planned: ShippedContent) -> bytes:
    with _still_readable(host, path):
        content = site.files.read_bytes(path)
    _check_content(host, path, hashlib.sha256(content).hexdigest(), planned)
    return content


def _check_large(site: Site, host: Host, shipped: Mapping[str, ShippedContent]) -> None:
    """The same for files that nobody holds. What becomes of one afterwards the machine notices, if it fetches it."""
    for path, planned in shipped.items():
        with _still_readable(host, path):
            digest = site.files.digest(path, 0)
        _check_content(host, path, digest.sha256, planned)


@contextmanager
def _still_readable(host: Host, path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise HostError(host.name, f"{path} could be read for the plan, but not now ({error}).") from error


def _check_content(host: Host, path: str, sha256: str, planned: ShippedContent) -> None:
    if sha256 != planned.sha256:
        raise HostError(host.name, f"{path} has changed since the plan was made.", hint="Look again and decide anew.")


def _contents(site: Site, playbook: Playbook) -> Mapping[str, bytes]:
    return {name: site.files.read_bytes(path) for name, path in playbook.files.items()}
