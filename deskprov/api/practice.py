"""Practice machines in the site: started and stopped, and known to it while they run."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from deskprov.api.profiles import ProfileFiles
from deskprov.api.site import Site
from deskprov.api.site_entries import PLACES_FILE, SiteCatalogue
from deskprov.errors import PracticeError, WrongUsage
from deskprov.formats.endpoint_text import one_line
from deskprov.formats.known_hosts import PRACTICE_FILE
from deskprov.formats.near_miss import near_misses
from deskprov.model.inventory import POWERSHELL, SSH, Connection, Host
from deskprov.model.names import NAME_WORDS, is_name
from deskprov.model.platform import Platform
from deskprov.model.ports.practice import BareMachine, PracticeMachine, PracticeMachines


def start(
    site: Site,
    platform: str,
    *,
    count: int,
    isolated: bool,
    profile: str,
    place: str = "",
    report: Callable[[str], None],
    transport: str = "",
) -> list[PracticeMachine]:
    """Starts machines and adds them to the site, out of git, marked as practice and with their keys pinned.

    Raises `WrongUsage` for a platform that there are no practice machines of, for a `transport` that these do not
    have, and for a profile or place that there is not; `PracticeError`, `SiteNotWritable`.
    """
    _check_place(site, place)
    kind = _kind(site, platform, profile)
    if transport and transport not in (ways := kind.transports):
        hint = f"Leave --transport out, or say {' or '.join(ways)}."
        raise WrongUsage(f"Practice machines for {platform} are not reached by {transport}.", hint=hint)
    started = kind.start(count, isolated=isolated, report=report, transport=transport)
    new = {machine.name for machine in started}
    _forget_earlier(site, new)
    _publish(site, dict.fromkeys(new, (profile, place)))
    return started


def start_bare(
    site: Site, platform: str, *, count: int, script: str, report: Callable[[str], None]
) -> list[BareMachine]:
    """Starts machines as this bootstrap script leaves them; the site does not know them before they are enrolled.

    Raises `WrongUsage`, `PracticeError`, `SiteNotWritable`.
    """
    return _kind(site, platform).start_bare(count, script, report)


def stop(site: Site, names: Sequence[str]) -> list[str]:
    """Stops the named machines, or all, takes them out of the site, and returns their names. Raises `PracticeError`.

    One that was enrolled may be named as it is called in the site.
    """
    own = {name: machine for machine, name in enrolled_names(site).items()}
    names = [own.get(name, name) for name in names]
    stopped = [name for kind, mine in _sorted_out(site, names) for name in kind.stop(mine)]
    _publish(site, {})
    return stopped


def machines(site: Site) -> list[PracticeMachine]:
    """All practice machines of the site."""
    return [machine for kind in _reachable(site) for machine in kind.list()]


def enrolled_names(site: Site) -> Mapping[str, str]:
    """What bare machines that were enrolled are called in the site, by their own names."""
    enrolled = {host.known_host: host.name for host in site.inventory.practice()}
    return {
        machine.name: enrolled[machine.host_key]
        for machine in machines(site)
        if machine.host_key in enrolled and machine.bare
    }


def bare_keys(site: Site) -> frozenset[str]:
    """The host keys of those that were started bare: whoever enrols with one of them is no real machine."""
    return frozenset(machine.host_key for machine in machines(site) if machine.bare)


def shell_command(site: Site, name: str) -> list[str]:
    """The ssh command that logs in to a practice machine, with its key pinned. Raises `PracticeError`."""
    for machine in machines(site):
        if machine.name == name and machine.platform == Platform.WINDOWS:
            hint = f"What it was told is in its journal: .deskprov/practice/{machine.platform}/{name}/journal.jsonl"
            raise PracticeError(f"{name} is a double of a PC: there is nobody to log in to.", hint=hint)
        if machine.name == name:
            pins = f"{site.root}/{PRACTICE_FILE}"
            options = [
                f"UserKnownHostsFile={pins}",
                f"HostKeyAlias={name}",
                "StrictHostKeyChecking=yes",
                "LogLevel=ERROR",
            ]
            flags = [word for option in options for word in ("-o", option)]
            where = ["-p", str(machine.port), f"{machine.user}@{machine.address}"]
            return ["ssh", "-i", machine.key_file, *flags, *where]
    raise PracticeError(f"There is no practice machine called {name}.", hint="deskprov practice list")


def _kind(site: Site, platform: str, profile: str = "") -> PracticeMachines:
    if platform not in site.practice:
        hint = f"There are some for: {', '.join(site.practice)}"
        raise WrongUsage(f"There are no practice machines for {platform} yet.", hint=hint)
    if profile and profile not in (files := ProfileFiles(site)):
        raise WrongUsage(f"There is no profile {profile}.", hint=files.like(profile))
    if obstacle := site.practice[platform].unavailable():
        raise PracticeError(obstacle)
    return site.practice[platform]


def _check_place(site: Site, place: str) -> None:
    known = SiteCatalogue(site).places
    if place and known is not None and place not in known:
        close = near_misses(place, known)
        hint = f"Did you mean {' or '.join(close)}?" if close else f"{PLACES_FILE} says which places there are."
        raise WrongUsage(f"There is no place {one_line(place, 80)}.", hint=hint)
    if place and not is_name(place):
        raise WrongUsage(f"{one_line(place, 80)} cannot be the name of a place.", hint=f"It must be {NAME_WORDS}.")


def _reachable(site: Site) -> Iterator[PracticeMachines]:
    """Those that whoever is at work may have; the others are another person's."""
    return (kind for kind in site.practice.values() if not kind.unavailable())


def _sorted_out(site: Site, names: Sequence[str]) -> list[tuple[PracticeMachines, Sequence[str]]]:
    """Which of these machines are of which kind; all of every kind when none is named. Raises `PracticeError`."""
    if not names:
        return [(kind, ()) for kind in _reachable(site)]
    known = [(kind, [machine.name for machine in kind.list()]) for kind in _reachable(site)]
    everyone = [name for _, theirs in known for name in theirs]
    if unknown := [name for name in names if name not in everyone]:
        there = f"There is: {', '.join(everyone)}" if everyone else "There are none. Start one: deskprov practice start"
        raise PracticeError(f"There is no practice machine called {', '.join(unknown)}.", hint=there)
    chosen = [(kind, [name for name in names if name in theirs]) for kind, theirs in known]
    return [(kind, mine) for kind, mine in chosen if mine]


def _forget_earlier(site: Site, names: Iterable[str]) -> None:
    """A new machine under an earlier name has nothing of what was set on that one."""
    for name in names:
        if things := site.record.owned(name):
            site.record.own(name, [], [thing.key for thing in things], site.clock.now())


def _publish(site: Site, new: Mapping[str, tuple[str, str]]) -> None:
    """States all that there are, new ones by name with their profile and place.

    Those of a kind that whoever is at work cannot see, and those that were enrolled and are still there, stay as they
    are.
    """
    unseen = {platform for platform, kind in site.practice.items() if kind.unavailable()}
    enrolled = bare_keys(site)
    kept = [
        host for host in site.inventory.practice() if host.connection.platform in unseen or host.known_host in enrolled
    ]
    stated = {host.name: (host.profile, host.place) for host in site.inventory.practice()}
    up = [
        _host(machine, *{**stated, **new}.get(machine.name, ("", ""))) for machine in machines(site) if not machine.bare
    ]
    site.inventory.write_practice([*kept, *up])


def _host(machine: PracticeMachine, profile: str, place: str) -> Host:
    where = Connection(
        machine.address,
        machine.port,
        machine.user,
        machine.key_file,
        password=machine.password,
        transport=machine.transport,
        shell=POWERSHELL if machine.transport == SSH and machine.platform == Platform.WINDOWS else "",
    )
    return Host(machine.name, where, profile=profile, place=place, known_host=machine.host_key, practice=True)
