"""`secret rotate`: a new value, written on the machines that use it, proved there, and only then the old one is burned.

Interrupted anywhere, both are kept, and the same command goes on: a value that was made and is not proved yet is used
again for a secret of the site; a machine's own password that nobody saw is burned by the next look.
"""

from collections.abc import Mapping, Sequence

from deskprov.api.applying import Approve, apply
from deskprov.api.kept_passwords import account, new_value, refuse_own_way_in, salts_on
from deskprov.api.looking import Wishes
from deskprov.api.profiles import ProfileFiles
from deskprov.api.running import Request
from deskprov.api.secret_uses import secrets_in, uses
from deskprov.api.site import Site
from deskprov.api.targets import match
from deskprov.errors import WrongUsage
from deskprov.model.escrow import EscrowState, Kept, NewSecret, Owner
from deskprov.model.inventory import Host
from deskprov.model.ports.progress import Watcher
from deskprov.model.result import RunResult
from deskprov.model.secret import PER_DEVICE, SecretRef, Value
from deskprov.model.secret_report import Rotation

VERB = "secret rotate"


def rotate_of_machines(
    site: Site, targets: Sequence[str], accounts: Sequence[str], watcher: Watcher, approve: Approve
) -> Rotation:
    """New passwords for the machines' own accounts, those named or all that have `password: per-device`.

    Raises `WrongUsage` for a machine without such an account, and what `apply` raises.
    """
    by_keys: dict[frozenset[str], list[Host]] = {}
    files = ProfileFiles(site)
    for host in match(site.inventory.read(), targets, site.assets.find_host):
        own = frozenset(r.key for r in files.for_host(host).resources if PER_DEVICE in secrets_in(r))
        wanted = frozenset(f"users/{account(name)}" for name in accounts) or own
        if not wanted or not wanted <= own:
            named = ", ".join(sorted(map(account, wanted - own)))
            what = f"the account {named} has no password of its own" if named else "no account has one of its own"
            raise WrongUsage(
                f"On {host.name} {what}.",
                hint=f"State password: per-device for it in the profile {host.profile}.",
            )
        for key in wanted:
            refuse_own_way_in(host, f"{PER_DEVICE}:{key}")
        by_keys.setdefault(wanted, []).append(host)
    before = {kept.id for kept in site.escrow.kept()}
    runs = [_write(site, hosts, keys, watcher, approve) for keys, hosts in by_keys.items()]
    asked = [Owner(host.name, key) for keys, hosts in by_keys.items() for host in hosts for key in sorted(keys)]
    proved = [owner.label for owner in asked if _is_new(site, owner, before)]
    return Rotation(runs, proved, [owner.label for owner in asked if owner.label not in proved])


def rotate_of_site(site: Site, name: str, value: str, watcher: Watcher, approve: Approve) -> Rotation:
    """A new value for a secret of the site, the one given or a random one.

    One that deskprov does not keep has been changed at its provider already: its present value is written. Raises
    `WrongUsage` when the machines' own way in uses it, `SecretUnavailable`, and what `apply` raises.
    """
    site.secrets.check(name)
    used = uses(site)
    _refuse(site, name, value, used.ways_in.get(name, ()), used.broken)
    pending = _pending(site, name, value) if site.settings.secrets[name].escrow else None
    by_keys: dict[frozenset[str], list[Host]] = {}
    of_host: dict[str, tuple[Host, list[str]]] = {}
    for host, key in used.resources.get(name, ()):
        of_host.setdefault(host.name, (host, []))[1].append(key)
    for host, keys in of_host.values():
        by_keys.setdefault(frozenset(keys), []).append(host)
    runs = [_write(site, hosts, keys, watcher, approve) for keys, hosts in by_keys.items()]
    seen = salts_on(
        site, {host: (machine, [account(key) for key in keys]) for host, (machine, keys) in of_host.items()}
    )
    proved, unproved = _told_apart(site, name, of_host, seen)
    if pending is not None and not unproved:
        site.escrow.prove(pending, site.clock.now(), site.operator)
    return Rotation(runs, proved, unproved)


def _write(site: Site, hosts: Sequence[Host], keys: frozenset[str], watcher: Watcher, approve: Approve) -> RunResult:
    request = Request([host.name for host in hosts], wishes=Wishes(reset=keys), only=keys)
    return apply(site, request, watcher, approve, verb=VERB)


def _is_new(site: Site, owner: Owner, before: set[int]) -> bool:
    return [kept.state for kept in site.escrow.of(owner) if kept.id not in before] == [EscrowState.CURRENT]


def _refuse(site: Site, name: str, value: str, ways_in: Sequence[Host], broken: Sequence[Host]) -> None:
    if ways_in:
        raise WrongUsage(
            f"deskprov itself gets into {', '.join(host.name for host in ways_in)} with {name}, and could lock itself "
            "out by changing it.",
            hint="Change it on the machines by hand, then at its provider (deskprov secret set for one kept here).",
        )
    if broken:
        raise WrongUsage(
            f"The profiles of {', '.join(host.name for host in broken)} have mistakes, so that nobody knows whether "
            f"they use {name}.",
            hint="Mend them first: deskprov validate",
        )
    if value and not site.settings.secrets[name].escrow:
        raise WrongUsage(
            f"deskprov does not keep {name}, so that it cannot give it another value.",
            hint=f"Change it at its provider, then write it on the machines: deskprov secret rotate {name}",
        )


def _pending(site: Site, name: str, value: str) -> Kept:
    """The new value, kept and held: that of an interrupted rotation again, unless another is given."""
    owner = Owner("", name)
    found = [kept for kept in site.escrow.of(owner) if kept.state is EscrowState.PENDING]
    if found and not value:
        pending, new = found[0], site.escrow.open(found[0])
    else:
        fresh = new_value(site)
        new = Value(value or fresh.plain, fresh.mark)
        pending = site.escrow.keep(NewSecret(owner, new), site.clock.now(), site.operator)
    site.secrets.hold(SecretRef(name), new)
    return pending


def _told_apart(
    site: Site, name: str, of_host: Mapping[str, tuple[Host, Sequence[str]]], seen: Mapping[str, Mapping[str, str]]
) -> tuple[list[str], list[str]]:
    proved: list[str] = []
    unproved: list[str] = []
    for host, (_, keys) in of_host.items():
        salt = site.secrets.salt(SecretRef(name, host=host))
        for key in keys:
            there = seen.get(host, {}).get(account(key)) == salt
            (proved if there else unproved).append(Owner(host, key).label)
    return proved, unproved
