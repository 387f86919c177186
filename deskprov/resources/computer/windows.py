"""The computer on Windows: CIM and the registry to look, ansible.windows and microsoft.ad.membership to change."""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.answers import observed
from deskprov.formats.own_script import script_task
from deskprov.formats.time_zones import iana_zone, windows_zone
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.secret import SecretRef, SecretText
from deskprov.model.task import Task
from deskprov.resources.computer import Options, region

_LOOK = Probe(script_beside(__package__, "probe_windows.ps1"))
_SECONDS = 3.0
_JOIN_SECONDS = 15.0


def probes(options: Options) -> Sequence[Probe]:
    """One question for all, and one for region and keyboards if they are stated."""
    return [_LOOK, *region.probes(options)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """What it will be called after the next start, and what it is. Outside a domain it has none, and in one no
    workgroup. A zone that the profile means, too, has the profile's name.
    """
    match answers:
        case [dict(found), *of_region]:
            texts = _without_empty(observed(found, {"name": str, "description": str}))
            inside = found.get("in_domain")
            zone = {"time_zone": _zone(options, found.get("zone"))}
            return {**texts, **zone, **_belongs(inside, found), **region.seen(options, of_region)}
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One task for each that differs; name and domain together."""
    options: Options = change.resource.options
    joins = options.domain is not None and change.differs("domain")
    made: list[Task] = []
    if options.description is not None and change.differs("description"):
        made.append(_task("Describe the computer", "win_computer_description", description=options.description))
    if options.time_zone is not None and change.differs("time_zone"):
        made.append(_task("Set the time zone", "win_timezone", timezone=windows_zone(options.time_zone)))
    made += region.tasks(options, change)
    if options.workgroup is not None and change.differs("workgroup"):
        made.append(_leave(options) if options.join_user else _regroup(options.workgroup))
    if options.name is not None and change.differs("name") and not joins:
        made.append(_task("Rename the computer", "win_hostname", name=options.name))
    return [*made, *([_join(options)] if joins else [])]


def _task(phrase: str, module: str, **arguments: str) -> Task:
    return Task(phrase, f"ansible.windows.{module}", arguments, seconds=_SECONDS)


def _regroup(workgroup: str) -> Task:
    """From another one: out of a domain there is no way without an account of it."""
    return script_task("Set the workgroup", __package__, "change_workgroup_windows.ps1", {"Name": workgroup})


def _leave(options: Options) -> Task:
    """Out of a domain, if it is in one."""
    arguments = {"state": "workgroup", "workgroup_name": options.workgroup, **_account(options)}
    return Task("Leave the domain", "microsoft.ad.membership", arguments, seconds=_JOIN_SECONDS)


def _join(options: Options) -> Task:
    stated = {
        "state": "domain",
        "dns_domain_name": options.domain,
        "hostname": options.name,
        "domain_ou_path": options.ou,
        **_account(options),
    }
    arguments = {name: value for name, value in stated.items() if value is not None}
    return Task("Join the domain", "microsoft.ad.membership", arguments, seconds=_JOIN_SECONDS)


def _account(options: Options) -> Mapping[str, Any]:
    password = SecretText((SecretRef(options.join_password or ""),))
    return {"domain_admin_user": options.join_user, "domain_admin_password": password}


def _zone(options: Options, found: Any) -> Any:
    if not isinstance(found, str) or not found:
        return Sight.NOT_REPORTED
    if options.time_zone is not None and windows_zone(options.time_zone).casefold() == found.casefold():
        return options.time_zone
    try:
        return iana_zone(found)
    except KeyError:
        return found


def _belongs(inside: Any, found: Mapping[Any, Any]) -> Mapping[str, Any]:
    if not isinstance(inside, bool):
        return {"domain": Sight.NOT_REPORTED, "workgroup": Sight.NOT_REPORTED}
    name = observed(found, {"domain" if inside else "workgroup": str})
    return {"domain": None, "workgroup": None, **name}


def _without_empty(texts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: text or None for name, text in texts.items()}
