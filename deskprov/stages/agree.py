"""Holds a plan that was approved against how things are now, and says in words what is different."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deskprov.model.facts import Facts
from deskprov.model.identity import given_by_maker
from deskprov.model.inventory import Host
from deskprov.model.plan import HostPlan
from deskprov.model.profile import Profile

if TYPE_CHECKING:
    from deskprov.model.plan_file import HostThen, MachineThen

Changes = Sequence[Mapping[str, Any]]
"""Changes as `plan --json` has them."""

_COMPARED = ("action", "before", "after", "writes", "left_over")
_SHORT = 12
_LENGTH = 60


def inventory_entry(host: Host) -> dict[str, str]:
    """What the inventory says of how a machine is reached, and who it is: names of secrets, never values."""
    way = host.connection
    return {
        "address": way.address,
        "port": str(way.port),
        "user": way.user,
        "transport": way.transport,
        "shell": way.shell,
        "log_on": way.log_on,
        "scheme": way.scheme,
        "key_file": way.key_file,
        "password": way.password,
        "become_password": way.become_password,
        "host_key": host.known_host,
        "profile": host.profile,
        "place": host.place,
        "vars": json.dumps(dict(sorted(host.vars.items()))),
    }


def machine_now(facts: Facts) -> "MachineThen":
    """Which machine it is that answered."""
    from deskprov.model.plan_file import MachineThen

    return MachineThen(machine_id=facts.machine_id, **given_by_maker(facts))


def changed_in_site(then: "HostThen", host: Host, profile: Profile) -> list[str]:
    """What is different in inventory and profile; nothing of it needs the machine to be asked."""
    now = inventory_entry(host)
    told = [
        f"the inventory's {name.replace('_', ' ')} was {_value(before)} and is {_value(now.get(name, ''))}"
        for name, before in then.inventory.items()
        if before != now.get(name, "")
    ]
    told += [f"the inventory's {name.replace('_', ' ')} is new" for name in now.keys() - then.inventory.keys()]
    if then.profile != profile.name:
        told.append(f"the profile was {_value(then.profile)} and is {_value(profile.name)}")
    elif then.profile_hash != profile.hash:
        told.append(
            f"the profile {profile.name}, or a file that it ships, has changed"
            f" (it was {then.profile_hash[:_SHORT]} and is {profile.hash[:_SHORT]})"
        )
    return told


def changed_on_machine(then: "HostThen", plan: HostPlan, changes: Changes) -> list[str]:
    """What is different on the machine: another machine, or other changes that would be made."""
    now = machine_now(plan.facts)
    identity = [
        f"its {name.replace('_', ' ')} was {_value(before)} and is {_value(after)}"
        for name, before in then.machine.model_dump().items()
        if before and (after := getattr(now, name)) and before != after
    ]
    planned = {str(change.get("resource")): change for change in then.changes}
    needed = {str(change["resource"]): _plain(change) for change in changes}
    told = identity
    for key in dict.fromkeys([*planned, *needed]):
        if key not in needed:
            told.append(f"{key} was to be changed ({planned[key].get('action')}) and is right already")
        elif key not in planned:
            told.append(f"{key} was right and is not any more ({needed[key]['action']})")
        else:
            told += _different(key, planned[key], needed[key])
    return told


def _different(key: str, planned: Mapping[str, Any], needed: Mapping[str, Any]) -> list[str]:
    different = [name for name in _COMPARED if planned.get(name) != needed.get(name)]
    if not different:
        return []
    name = different[0]
    return [f"{key}: {name} was {_value(planned.get(name))} and is {_value(needed.get(name))}"]


def _plain(change: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(change))
    return made


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return f"'{text[:_LENGTH]}…'" if len(text) > _LENGTH else f"'{text}'" if text else "empty"
