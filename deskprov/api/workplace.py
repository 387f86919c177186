"""`doctor`: is everything in place on this computer. Asks no machine and no secret, and changes nothing."""

from collections.abc import Iterator
from contextlib import suppress

from deskprov.api.profiles import ProfileFiles
from deskprov.api.rendering import tasks_of
from deskprov.api.site import Site
from deskprov.api.validating import Validation, validate
from deskprov.errors import DeskprovError, RecordError
from deskprov.model.check import Check, failed, not_looked_at, ok, warning
from deskprov.model.inventory import Host
from deskprov.model.plan import Action, Change
from deskprov.model.problem import InvalidInput, Severity
from deskprov.model.profile import Profile
from deskprov.model.settings import Settings
from deskprov.model.ssh_key import LOGIN_KEY_FILE
from deskprov.model.workplace import Workplace
from deskprov.stages.examine import controller


def examine_controller(site: Site) -> list[Check]:
    """Every check of this computer, the most basic first. Raises nothing that a check could tell."""
    found = validate(site)
    settings = _settings(site)
    hosts = _hosts(site)
    here = site.workplace.look(settings, _key_files(settings, hosts))
    return [
        controller.python(here),
        controller.system(here),
        _site(found),
        _inventory(found, hosts),
        _record(site, settings, here),
        _disk(site, settings),
        controller.run_folder(here),
        _ansible(site, settings),
        controller.ssh(here),
        controller.keys(here),
        controller.secrets(here, len(settings.secrets) if settings else 0),
        *_escrow(settings),
        controller.clock(here),
        controller.leftovers(here),
        _practice(site),
    ]


def _settings(site: Site) -> Settings | None:
    try:
        return site.settings
    except InvalidInput:
        return None


def _hosts(site: Site) -> list[Host] | None:
    try:
        return list(site.inventory.read().hosts.values())
    except InvalidInput:
        return None


def _key_files(settings: Settings | None, hosts: list[Host] | None) -> list[str]:
    """The private keys that somebody has named, once each."""
    named = [host.connection.key_file for host in hosts or () if host.connection.key_file]
    if settings and settings.login_key and LOGIN_KEY_FILE in named:
        named.insert(0, LOGIN_KEY_FILE)
    if settings and settings.escrow_identity and settings.escrow_identity.file:
        named.append(settings.escrow_identity.file)
    return list(dict.fromkeys(named))


def _site(found: Validation) -> Check:
    errors = sum(problem.severity is Severity.ERROR for problem in found.problems)
    warnings = len(found.problems) - errors
    told = f"{errors} to mend, {warnings} to consider in {len(found.files)} files"
    if errors:
        return failed("site", told, "deskprov validate shows each, with file, line and a hint.")
    if warnings:
        return warning("site", told, "deskprov validate shows each, with file, line and a hint.")
    return ok("site", f"{len(found.files)} files in order")


def _inventory(found: Validation, hosts: list[Host] | None) -> Check:
    if hosts is None:
        return not_looked_at("inventory", "it has mistakes: deskprov validate")
    own = [host for host in hosts if not host.practice]
    if not hosts:
        return ok("inventory", "no machine yet: deskprov host add")
    unknown = [host.name for host in own if host.connection.pins and not host.known_host]
    if unknown:
        names = ", ".join(unknown[:3]) + (" …" if len(unknown) > 3 else "")
        told = f"{len(own)} machines; nobody has confirmed the identity of {len(unknown)} ({names})"
        return warning("inventory", told, f"deskprov host trust {unknown[0]}")
    practice = len(hosts) - len(own)
    return ok("inventory", f"{len(own)} machines" + (f" and {practice} to practise" if practice else ""))


def _record(site: Site, settings: Settings | None, here: Workplace) -> Check:
    if settings is None:
        return not_looked_at("record", "deskprov.yml has mistakes: deskprov validate")
    try:
        return controller.record(here, site.workplace.record(settings), site.controller)
    except RecordError as error:
        return failed("record", error.message, error.hint)


def _disk(site: Site, settings: Settings | None) -> Check:
    if settings is None:
        return not_looked_at("disk", "deskprov.yml has mistakes: deskprov validate")
    return controller.disk(site.rooms.rooms())


def _ansible(site: Site, settings: Settings | None) -> Check:
    try:
        return controller.ansible(site.workplace.ansible(_collections(site) if settings else ()))
    except DeskprovError as error:
        return failed("ansible", error.message, error.hint)


def _collections(site: Site) -> set[str]:
    """The collections whose modules the profiles use that machines have."""
    files = ProfileFiles(site)
    return {
        task.module.rpartition(".")[0]
        for name in files
        if files.machines(name)
        for change, profile in _changes(files, name)
        for task in tasks_of(change, profile)
    }


def _changes(files: ProfileFiles, name: str) -> Iterator[tuple[Change, Profile]]:
    with suppress(InvalidInput):  # told by the check of the site
        profile = files.alone(name)
        for resource in profile.resources:
            yield Change(resource, Action.DELETE if resource.absent else Action.ENSURE), profile


def _escrow(settings: Settings | None) -> list[Check]:
    """Only where something is to be kept sealed."""
    if settings is None or not any(provider.escrow for provider in settings.secrets.values()):
        return []
    if not settings.escrow_keys:
        return [
            failed(
                "escrow", "secrets are to be kept sealed, and the site has no keys", "State escrow_keys: docs/secrets"
            )
        ]
    count = len(settings.escrow_keys)
    sealed = f"sealed to {count} {'key' if count == 1 else 'keys'}"
    if settings.escrow_identity is None:
        found = f"{sealed}; nothing says where a private key is that opens it"
        return [warning("escrow", found, "State escrow_identity in deskprov.yml on the computer that reads secrets.")]
    return [ok("escrow", sealed)]


def _practice(site: Site) -> Check:
    obstacles = {platform: kind.unavailable() for platform, kind in site.practice.items()}
    here = [platform for platform, why_not in obstacles.items() if not why_not]
    found = [f"practice machines can be started: {', '.join(here)}"] if here else []
    found += [
        f"{platform}: not here, and only learning needs it. {why_not}"
        for platform, why_not in obstacles.items()
        if why_not
    ]
    return ok("practice", "; ".join(found))
