"""`secret list|set|test|reveal|keys|reseal|init`: what there is, from where, and what deskprov keeps of it."""

from collections.abc import Sequence

from deskprov.api.hosts import one
from deskprov.api.kept_passwords import (
    account,
    keep_given,
    kept_of_accounts,
    new_value,
    offers,
    refuse_unusable,
    settle,
)
from deskprov.api.own_login import find_ways_in
from deskprov.api.password_proof import proofs
from deskprov.api.secret_uses import provider_of, uses, way_to_machines
from deskprov.api.site import Site
from deskprov.documents.starter_site import escrow_settings
from deskprov.errors import HostError, SecretUnavailable, WrongUsage
from deskprov.formats.near_miss import near_miss
from deskprov.model.escrow import EscrowAct, EscrowEvent, EscrowState, Kept, NewSecret, Owner
from deskprov.model.password_proof import Proof
from deskprov.model.problem import InvalidInput
from deskprov.model.secret import SecretRef, Value
from deskprov.model.secret_report import Keys, Listed, NewKeys, Revealed, Tested, WayToMachines


def listed(site: Site) -> tuple[list[Listed], list[str]]:
    """Secrets of the site in the order of deskprov.yml, then passwords of machines' own; and of which machines nothing
    is known, because their profiles have mistakes. Raises `InvalidInput`.
    """
    used = uses(site)
    kept: dict[Owner, list[Kept]] = {}
    for each in site.escrow.kept():
        kept.setdefault(each.owner, []).append(each)
    found = []
    for name, provider in site.settings.secrets.items():
        where = [Owner(host.name, key).label for host, key in used.resources.get(name, ())]
        ways = [f"log-in of {host.name}" for host in used.ways_in.get(name, ())]
        found.append(Listed(name, provider_of(provider), [*where, *ways], kept.pop(Owner("", name), ())))
    found += [Listed(owner.label, "escrow", [owner.host], of) for owner, of in kept.items() if owner.host]
    return found, [host.name for host in used.broken]


def owner_named(site: Site, name: str) -> Owner:
    """Whose secret a person means: a declared name, or HOST/ACCOUNT, or HOST if one account of it has one.

    Raises `WrongUsage`, `NoHostMatched`.
    """
    if name in site.settings.secrets:
        return Owner("", name)
    target, slash, wanted = name.partition("/")
    of_record = site.assets.find(target)
    host = of_record.host if of_record is not None and of_record.host else one(site, target).name
    owners = list(dict.fromkeys(kept.owner for kept in site.escrow.kept() if kept.owner.host == host))
    if slash:
        named = (owner for owner in owners if owner.label == f"{host}/{wanted}")
        return next(named, Owner(host, f"users/{account(wanted)}"))
    if len(owners) != 1:
        there = ", ".join(owner.label for owner in owners)
        raise WrongUsage(
            f"deskprov keeps {len(owners) or 'no'} passwords of {host}" + (f": {there}." if there else "."),
            hint="Name one: deskprov secret reveal HOST/ACCOUNT" if there else "deskprov secret list",
        )
    return owners[0]


def settable(site: Site, name: str, target: str) -> Owner:
    """Whose secret `set` means. Raises `WrongUsage` when deskprov does not keep it."""
    if target:
        return Owner(one(site, target).name, f"users/{account(name)}")
    if name not in site.settings.secrets:
        meant = near_miss(name, site.settings.secrets)
        raise WrongUsage(
            f"There is no secret called {name}.",
            hint=f"Did you mean {meant}?"
            if meant
            else f"Declare it under `secrets` of deskprov.yml: {name}: {{escrow: true}}",
        )
    provider = site.settings.secrets[name]
    if not provider.escrow:
        raise WrongUsage(
            f"deskprov does not keep {name}: its value comes from {provider_of(provider)}.",
            hint=f"Set it there; or let deskprov keep it: {name}: {{escrow: true}} under `secrets` of deskprov.yml.",
        )
    return Owner("", name)


def store(site: Site, owner: Owner, value: str) -> Sequence[Kept]:
    """Keeps a value that a person gave, and returns all that is kept of this owner now, newest first.

    Burns nothing, since the person may be mistaken; changes nothing on machines.
    Raises `SecretUnavailable`, `WrongUsage`.
    """
    refuse_unusable(value)
    keep_given(site, [NewSecret(owner, Value(value, new_value(site).mark), EscrowState.GIVEN, EscrowAct.SET)])
    return site.escrow.of(owner)


def way_of(site: Site, owner: Owner) -> WayToMachines:
    """How a new value gets to machines; not known of a machine's own, nor while the inventory has mistakes."""
    if owner.host:
        return WayToMachines()
    try:
        return way_to_machines(uses(site), owner.key)
    except InvalidInput:
        return WayToMachines()


def tested(site: Site, names: Sequence[str], *, may_ask: bool) -> list[Tested]:
    """Whether each of these secrets, or all that are declared, gives a usable value. Raises `SecretUnavailable` for a
    name that is not declared.
    """
    for name in names:
        site.secrets.check(name)
    return [_tested(site, name, may_ask) for name in names or site.settings.secrets]


def tested_on(site: Site, target: str) -> list[Tested]:
    """Whether what is kept of this machine is what is in force there. Linux is sent no password.

    Raises what `one` raises, `HostBusy`, and `SecretUnavailable` when the machine does not answer.
    """
    host = one(site, target)
    with site.locks.hold(host.name, "secret test", host.known_host):
        find_ways_in(site, [host])
        kept = {owner: of for owner, of in kept_of_accounts(site).items() if owner.host == host.name}
        if not kept:
            return []
        shown = proofs(site, {host.name: (host, offers(site, kept))}).get(host.name)
        if shown is None:
            raise HostError(
                host.name, f"{host.name} does not answer, or not about passwords.", hint=f"deskprov plan {host.name}"
            )
        settle(site, kept, shown)
    still = {each.id for each in site.escrow.kept()}
    return [
        _compared(each, shown.get(account(owner.key)), number)
        for owner, of in kept.items()
        for number, each in enumerate(of)
        if each.id in still
    ]


def reason_of(text: str) -> str:
    """The reason that a person gave, without blanks around it. Raises `WrongUsage` when it is none."""
    reason = text.strip()
    if not reason.isprintable() or not any(map(str.isalnum, reason)):
        raise WrongUsage("That is no reason: it is one line of words.", hint='For example: --reason "locked out"')
    return reason


def revealed(site: Site, owner: Owner, reason: str) -> Revealed:
    """What is kept of this owner. It is written down who looked, and why, before anything is returned.

    Raises `SecretUnavailable` when nothing is kept, or it cannot be opened here; `WrongUsage` without a reason.
    """
    reason = reason_of(reason)
    kept = site.escrow.of(owner)
    if not kept:
        raise SecretUnavailable(f"No value is kept for {owner.label}.", hint="deskprov secret list shows what is.")
    values = [(each, site.escrow.open(each).plain) for each in kept]
    site.escrow.log(EscrowEvent(site.clock.now(), site.operator, EscrowAct.REVEALED, owner, reason))
    return Revealed(owner, values, way_of(site, owner))


def keys(site: Site) -> Keys:
    """The site's keys, and whether what is kept can be opened here."""
    kept = site.escrow.kept()
    counts = [(key, sum(key in each.keys for each in kept)) for key in site.settings.escrow_keys]
    try:
        for each in kept[:1]:
            site.escrow.open(each)
    except SecretUnavailable as error:
        return Keys(counts, len(kept), error.message, error.hint)
    return Keys(counts, len(kept))


def new_keys(site: Site) -> NewKeys:
    """Makes a pair, and says what to write into deskprov.yml. Raises `SiteNotWritable`."""
    pair = site.keys.new_pair()
    file = site.keys.save(pair, site.settings.name)
    further = bool(site.settings.escrow_keys)
    lines = f"  - {pair.public}\n" if further else escrow_settings([pair.public], file)
    return NewKeys(lines, pair.public, file, further)


def reseal(site: Site) -> int:
    """Seals all that is kept to the site's present keys, and returns how much it was. Raises `SecretUnavailable`."""
    return site.escrow.reseal(site.clock.now(), site.operator)


def _tested(site: Site, name: str, may_ask: bool) -> Tested:
    if site.settings.secrets[name].ask and not may_ask:
        return Tested(name, skipped="only a person knows it, and there is nobody to ask")
    try:
        site.secrets.value(SecretRef(name))
    except SecretUnavailable as error:
        return Tested(name, error.message, error.hint)
    return Tested(name)


def _compared(kept: Kept, proof: Proof | None, number: int) -> Tested:
    if proof is None:
        give = f"To make it: deskprov apply {kept.owner.host}"
        return Tested(kept.owner.label, "There is no such account on the machine.", give)
    if proof.number == number:
        return Tested(kept.owner.label)
    new = f"New: deskprov secret rotate --for {kept.owner.host} {account(kept.owner.key)}"
    return Tested(kept.owner.label, proof.why or "Another that is kept is in force.", new)
