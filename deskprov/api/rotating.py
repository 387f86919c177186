"""`secret rotate`: a new value, written on the machines that use it, proved there, and only then the old one is burned.

Interrupted anywhere, both are kept, and the same command goes on: a value that was made and is not proved yet is used
again for a secret of the site; a machine's own password that nobody saw is burned by the next look.
"""

from collections.abc import Callable, Mapping, Sequence

from deskprov.api.applying import Approve, apply
from deskprov.api.kept_passwords import account, new_value, refuse_own_way_in, refuse_unusable, salts_on
from deskprov.api.looking import Wishes
from deskprov.api.profiles import ProfileFiles
from deskprov.api.running import Request, ask_now
from deskprov.api.secret_uses import provider_of, secrets_in, uses
from deskprov.api.site import Site
from deskprov.api.targets import match
from deskprov.errors import WrongUsage
from deskprov.formats.salts import salt_of
from deskprov.model.escrow import EscrowState, Kept, NewSecret, Owner
from deskprov.model.inventory import Host
from deskprov.model.ports.progress import Watcher
from deskprov.model.result import RunResult
from deskprov.model.secret import PER_DEVICE, SecretRef, Value
from deskprov.model.secret_report import LeftOut, Rotation

VERB = "secret rotate"

Places = dict[str, tuple[Host, list[str]]]
"""Keys of accounts per machine."""

Salts = Mapping[str, Mapping[str, str]]
"""Salts of accounts per machine, as `salts_on` gives them."""

Tell = Callable[[LeftOut], None]


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
                f"On {host.name} {what}, by the profile {host.profile}.{_kept_of(site, host)}",
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


def rotate_of_site(site: Site, name: str, value: str, watcher: Watcher, approve: Approve, tell: Tell) -> Rotation:
    """A new value for a secret of the site: the one given, else the one set and not on all machines yet, else a random.

    One that deskprov does not keep has been changed at its provider already: its present value is written. Written are
    accounts that exist; `tell` is given those that do not before anybody is asked. Raises `WrongUsage` when the
    machines' own way in uses it, `SecretUnavailable`, and what `apply` raises.
    """
    site.secrets.check(name)
    used = uses(site)
    _refuse(site, name, value, used.ways_in.get(name, ()), used.broken)
    stated: Places = {}
    for host, key in used.resources.get(name, ()):
        stated.setdefault(host.name, (host, []))[1].append(key)
    before = _seen(site, stated)
    there = _existing(stated, before)
    tell(_left_out(stated, there, before))
    pending = None
    if site.settings.secrets[name].escrow:
        _settle_set(site, name, there, before)
        pending = _pending(site, name, value)
    by_keys: dict[frozenset[str], list[Host]] = {}
    for host, keys in there.values():
        by_keys.setdefault(frozenset(keys), []).append(host)
    runs = [_write(site, hosts, keys, watcher, approve) for keys, hosts in by_keys.items()]
    proved, unproved = _told_apart(site, name, there, _seen(site, there))
    if pending is not None and not unproved:
        site.escrow.prove(pending, site.clock.now(), site.operator)
    return Rotation(runs, proved, unproved, provider_of(site.settings.secrets[name]))


def _seen(site: Site, places: Places) -> Salts:
    ways = [host.connection for host, _ in places.values()]
    ask_now(site, [name for way in ways for name in (way.login_secret, way.become_secret) if name])
    return salts_on(site, {name: (host, [account(key) for key in keys]) for name, (host, keys) in places.items()})


def _existing(stated: Places, seen: Salts) -> Places:
    """The accounts that there are; of a machine that does not answer, all: its run says what is the matter."""
    there: Places = {}
    for name, (host, keys) in stated.items():
        found = [key for key in keys if name not in seen or account(key) in seen[name]]
        if found:
            there[name] = host, found
    return there


def _left_out(stated: Places, there: Places, seen: Salts) -> LeftOut:
    missing = [
        Owner(name, key).label
        for name, (_, keys) in stated.items()
        for key in keys
        if name not in there or key not in there[name][1]
    ]
    return LeftOut(missing, [name for name in stated if name not in seen])


def _settle_set(site: Site, name: str, there: Places, seen: Salts) -> None:
    """A value that a person set, and that setups have written everywhere since, is in force: the next one is new."""
    newest = next(iter(site.escrow.of(Owner("", name))), None)
    if newest is None or newest.state is not EscrowState.GIVEN or not there:
        return
    if all(
        seen.get(host, {}).get(account(key)) == salt_of(newest.mark, SecretRef(name, host=host))
        for host, (_, keys) in there.items()
        for key in keys
    ):
        site.escrow.prove(newest, site.clock.now(), site.operator)


def _kept_of(site: Site, host: Host) -> str:
    """What is kept of this machine all the same: another profile may have made it."""
    kept = dict.fromkeys(each.owner.label for each in site.escrow.kept() if each.owner.host == host.name)
    return f" Kept from another profile, or set by hand: {', '.join(kept)}." if kept else ""


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
    if value:
        refuse_unusable(value)
    if value and not site.settings.secrets[name].escrow:
        raise WrongUsage(
            f"deskprov does not keep {name}, so that it cannot give it another value.",
            hint=f"Change it at its provider, then write it on the machines: deskprov secret rotate {name}",
        )


def _pending(site: Site, name: str, value: str) -> Kept:
    """The new value, kept and held: one that was set, or that of an interrupted rotation, unless another is given."""
    owner = Owner("", name)
    found = [kept for kept in site.escrow.of(owner) if kept.state is not EscrowState.CURRENT]
    if found and not value:
        pending, new = found[0], site.escrow.open(found[0])
    else:
        fresh = new_value(site)
        new = Value(value or fresh.plain, fresh.mark)
        pending = site.escrow.keep(NewSecret(owner, new), site.clock.now(), site.operator)
    site.secrets.hold(SecretRef(name), new)
    return pending


def _told_apart(site: Site, name: str, of_host: Places, seen: Salts) -> tuple[list[str], list[str]]:
    proved: list[str] = []
    unproved: list[str] = []
    for host, (_, keys) in of_host.items():
        salt = site.secrets.salt(SecretRef(name, host=host))
        for key in keys:
            there = seen.get(host, {}).get(account(key)) == salt
            (proved if there else unproved).append(Owner(host, key).label)
    return proved, unproved
