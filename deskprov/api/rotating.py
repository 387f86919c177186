"""`secret rotate`: a new value, written on the machines that use it, proved there, and only then the old one is burned.

Interrupted anywhere, both are kept, and the same command goes on: a value that was made and is not proved yet is used
again for a secret of the site; a machine's own password that nobody saw is burned by the next look.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from deskprov.api.applying import Approve, apply
from deskprov.api.in_force import make_current
from deskprov.api.kept_passwords import account, new_value, refuse_own_way_in, refuse_unusable
from deskprov.api.looking import Wishes
from deskprov.api.own_login import own_account
from deskprov.api.own_password import VERB, replace_own
from deskprov.api.password_proof import Offer, Proofs, proofs
from deskprov.api.profiles import ProfileFiles
from deskprov.api.running import Request, ask_now
from deskprov.api.secret_uses import provider_of, refuse_no_account, secrets_in, uses
from deskprov.api.site import Site
from deskprov.api.targets import meant
from deskprov.errors import WrongUsage
from deskprov.formats.salts import salt_of
from deskprov.model.escrow import ACCOUNT, EscrowState, Kept, NewSecret, Owner
from deskprov.model.inventory import Host
from deskprov.model.ports.progress import Watcher
from deskprov.model.result import RunResult
from deskprov.model.secret import PER_DEVICE, SecretRef, Value
from deskprov.model.secret_report import LeftOut, Rotation

Places = dict[str, tuple[Host, list[str]]]
"""Keys of accounts per machine."""

Seen = Mapping[str, Proofs]
"""What machines have shown of their accounts."""

Tell = Callable[[LeftOut], None]
Agree = Callable[[Sequence[str]], bool]
"""Asks whether deskprov's own account gets a new password on these machines."""


def rotate_of_machines(
    site: Site, targets: Sequence[str], accounts: Sequence[str], watcher: Watcher, approve: Approve, agree: Agree
) -> Rotation:
    """New passwords for the machines' own accounts, those named or all that have `password: per-device`.

    Among them is the one that deskprov itself logs in with on a Windows PC; `agree` is asked about these, and they come
    last. Raises `WrongUsage` for a machine without such an account, and what `apply` raises.
    """
    by_keys: dict[frozenset[str], list[Host]] = {}
    hosts = meant(site, targets)
    ways_in: list[Host] = []
    files = ProfileFiles(site)
    for host in hosts:
        wanted, ours = _wanted(site, files, host, accounts), own_account(host)
        if ours and ours.key in wanted:
            ways_in.append(host)
            wanted -= {ours.key}
        for key in wanted:
            refuse_own_way_in(host, f"{PER_DEVICE}:{key}")
        if wanted:
            by_keys.setdefault(wanted, []).append(host)
    before = {kept.id for kept in site.escrow.kept()}
    runs = [_write(site, of, keys, watcher, approve) for keys, of in by_keys.items()]
    asked = [Owner(host.name, key) for keys, of in by_keys.items() for host in of for key in sorted(keys)]
    proved = [owner.label for owner in asked if _is_new(site, owner, before)]
    unproved = [owner.label for owner in asked if owner.label not in proved]
    troubles = []
    agreed = bool(ways_in) and agree([host.name for host in ways_in])
    for each in replace_own(site, ways_in) if agreed else ():
        (unproved if each.trouble else proved).append(each.owner.label)
        troubles += [f"{each.owner.label}: {each.trouble}"] if each.trouble else []
    declined = [ours.label for host in ways_in if not agreed and (ours := own_account(host))]
    return Rotation(runs, proved, unproved, troubles=troubles, declined=declined)


def _wanted(site: Site, files: ProfileFiles, host: Host, accounts: Sequence[str]) -> frozenset[str]:
    """The keys of the accounts that get a new password, those named or all that have one of their own."""
    stated = files.for_host(host).resources if host.profile else ()
    own = frozenset(r.key for r in stated if PER_DEVICE in secrets_in(r))
    if ours := own_account(host):
        own |= {ours.key}
    wanted = frozenset(f"users/{account(name)}" for name in accounts) or own
    if not wanted or not wanted <= own:
        named = ", ".join(sorted(map(account, wanted - own)))
        what = f"the account {named} has no password of its own" if named else "no account has one of its own"
        raise WrongUsage(
            f"On {host.name} {what}{f', by the profile {host.profile}' if host.profile else ''}.{_kept_of(site, host)}",
            hint=f"State password: per-device for it in the profile {host.profile or 'of this machine'}.",
        )
    return wanted


def rotate_of_site(site: Site, name: str, value: str, watcher: Watcher, approve: Approve, tell: Tell) -> Rotation:
    """A new value for a secret of the site: the one given, else the one set and not on all machines yet, else a random.

    One that deskprov does not keep has been changed at its provider already: its present value is written. Written are
    accounts that exist; `tell` is given those that do not before anybody is asked. Raises `WrongUsage` when the
    machines' own way in uses it, `SecretUnavailable`, and what `apply` raises.
    """
    site.secrets.check(name)
    used = uses(site)
    _refuse(site, name, value, used.ways_in.get(name, ()), used.broken)
    refuse_no_account(used, name)
    stated: Places = {}
    for host, key in used.resources.get(name, ()):
        if not key.startswith(ACCOUNT):
            continue
        stated.setdefault(host.name, (host, []))[1].append(key)
    by_hand = _set_by_hand(site, name)
    before = _seen(site, stated, _once_set(site, by_hand))
    there = _existing(stated, before)
    tell(_left_out(stated, there, before))
    pending = None
    if by_hand is not None:
        _settle_set(site, by_hand, there, before)
    if site.settings.secrets[name].escrow:
        pending = _pending(site, name, value)
    by_keys: dict[frozenset[str], list[Host]] = {}
    for host, keys in there.values():
        by_keys.setdefault(frozenset(keys), []).append(host)
    runs = [_write(site, hosts, keys, watcher, approve) for keys, hosts in by_keys.items()]
    proved, unproved = _told_apart(there, _seen(site, there, _written(site, name)))
    if pending is not None and not unproved:
        make_current(site, pending)
    return Rotation(runs, proved, unproved, provider_of(site.settings.secrets[name]))


def _seen(site: Site, places: Places, offers: Callable[[str], Sequence[Offer]]) -> Seen:
    """What the machines show of these accounts; `offers` are the values of the secret that may be there, by machine."""
    ways = [host.connection for host, _ in places.values()]
    ask_now(site, [name for way in ways for name in (way.login_secret, way.become_secret) if name])
    return proofs(
        site,
        {name: (host, {account(key): offers(name) for key in keys}) for name, (host, keys) in places.items()},
    )


def _once_set(site: Site, by_hand: Kept | None) -> Callable[[str], Sequence[Offer]]:
    """What a person has set, as it is on a machine."""
    if by_hand is None:
        return lambda host: []
    mark, name = by_hand.mark, by_hand.owner.key
    return lambda host: [Offer(salt_of(mark, SecretRef(name, host=host)), lambda: site.escrow.open(by_hand).plain)]


def _written(site: Site, name: str) -> Callable[[str], Sequence[Offer]]:
    """What this run writes, as it is on a machine."""
    plain = partial(site.secrets.value, SecretRef(name))
    return lambda host: [Offer(site.secrets.salt(SecretRef(name, host=host)), plain)]


def _existing(stated: Places, seen: Seen) -> Places:
    """The accounts that there are; of a machine that does not answer, all: its run says what is the matter."""
    there: Places = {}
    for name, (host, keys) in stated.items():
        found = [key for key in keys if name not in seen or account(key) in seen[name]]
        if found:
            there[name] = host, found
    return there


def _left_out(stated: Places, there: Places, seen: Seen) -> LeftOut:
    missing = [
        Owner(name, key).label
        for name, (_, keys) in stated.items()
        for key in keys
        if name not in there or key not in there[name][1]
    ]
    return LeftOut(missing, [name for name in stated if name not in seen])


def _set_by_hand(site: Site, name: str) -> Kept | None:
    """The newest that is kept, if a person set it and nobody has seen it on all machines yet."""
    newest = next(iter(site.escrow.of(Owner("", name))), None) if site.settings.secrets[name].escrow else None
    return newest if newest is not None and newest.state is EscrowState.GIVEN else None


def _settle_set(site: Site, by_hand: Kept, there: Places, seen: Seen) -> None:
    """A value that a person set, and that setups have written everywhere since, is in force: the next one is new."""
    shown = [seen.get(host, {}).get(account(key)) for host, (_, keys) in there.items() for key in keys]
    if shown and all(proof is not None and proof.number is not None for proof in shown):
        make_current(site, by_hand)


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


def _told_apart(of_host: Places, seen: Seen) -> tuple[list[str], list[str]]:
    proved: list[str] = []
    unproved: list[str] = []
    for host, (_, keys) in of_host.items():
        for key in keys:
            proof = seen.get(host, {}).get(account(key))
            there = proof is not None and proof.number is not None
            (proved if there else unproved).append(Owner(host, key).label)
    return proved, unproved
