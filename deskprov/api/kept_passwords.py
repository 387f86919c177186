"""Passwords of machines' own in the flow of a run: made and sealed before they are sent, burned only after a proof.

Whatever is killed in between, what is in force on a machine is in escrow: before the proof both the old and the new.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from deskprov.api.in_force import make_current, secret_of
from deskprov.api.password_proof import Offer, Offers, Proofs, proofs
from deskprov.api.site import Site
from deskprov.errors import SecretUnavailable, WrongUsage
from deskprov.formats.salts import salt_of
from deskprov.formats.secret_text import unusable
from deskprov.model.asset import Asset
from deskprov.model.escrow import ACCOUNT, EscrowState, Kept, NewSecret, Owner, owner_of
from deskprov.model.history import EventKind
from deskprov.model.inventory import Host
from deskprov.model.ports.assets import AssetChange
from deskprov.model.secret import SecretRef, Value


def keep_new(site: Site, host: Host, secrets: Sequence[SecretRef]) -> None:
    """Makes a password for each of these that is the machine's own, seals it, and holds it for this run.

    Raises `SecretUnavailable` when it cannot be kept, or when what a person has to give for this machine is not kept;
    then nothing may be sent.
    """
    for secret in secrets:
        if not secret.owner:
            continue
        if not owner_of(secret).is_account:
            site.secrets.value(secret)
            continue
        refuse_own_way_in(host, secret.name)
        value = new_value(site)
        site.escrow.keep(NewSecret(owner_of(secret), value), site.clock.now(), site.operator)
        site.secrets.hold(secret, value)


def keep_given(site: Site, new: Sequence[NewSecret]) -> Sequence[Kept]:
    """Keeps what a person gave, all or none, also for machines that the record does not know yet.

    Raises `SecretUnavailable`.
    """
    now, names = site.clock.now(), [each.owner.host for each in new if each.owner.host]
    unknown = [name for name in names if site.assets.find(name) is None]  # it may be the password of the first log-in
    if unknown:
        changes = [AssetChange(None, Asset(host=name), EventKind.CREATED) for name in unknown]
        site.assets.save(changes, now, site.operator)
    return site.escrow.keep_all(new, now, site.operator)


def new_value(site: Site) -> Value:
    """A new random password with a mark."""
    return Value(site.new_password(), site.token() + site.token())


def refuse_unusable(value: str) -> None:
    """Raises `WrongUsage` for a value that a person gave and that can be no secret."""
    if why := unusable(value):
        raise WrongUsage(f"A secret is one line of text; this {why}.", hint="Nothing was kept. Try again.")


def refuse_own_way_in(host: Host, secret: str) -> None:
    """Raises `SecretUnavailable` for the password that deskprov itself needs on this machine, to log in or for sudo."""
    if secret in (host.connection.login_secret, host.connection.become_secret):
        raise SecretUnavailable(
            f"deskprov itself gets into {host.name} with this password, and could lock itself out by changing it.",
            hint=f"Let it log in to {host.name} with a key and use sudo without a password, or with another account.",
        )


def prove(site: Site, hosts: Iterable[Host]) -> None:
    """Looks which of the passwords kept for these machines are in force there, and burns the others of that account.

    Asks only machines with one that is not proved yet. Burns nothing without having seen one of those that are kept:
    another machine may have answered, or somebody may have set a password by hand.
    """
    kept = kept_of_accounts(site)
    unproved: dict[str, dict[Owner, list[Kept]]] = {}
    for owner, of in kept.items():
        if any(each.state is not EscrowState.CURRENT for each in of):
            unproved.setdefault(owner.host, {})[owner] = of
    asked = {host.name: (host, offers(site, unproved[host.name])) for host in hosts if host.name in unproved}
    for name, shown in proofs(site, asked).items():
        settle(site, unproved[name], shown)


def kept_of_accounts(site: Site) -> dict[Owner, list[Kept]]:
    """All that is kept of machines' accounts, the newest of each first."""
    kept: dict[Owner, list[Kept]] = {}
    for each in site.escrow.kept():
        if each.owner.is_account:
            kept.setdefault(each.owner, []).append(each)
    return kept


def settle(site: Site, kept: Mapping[Owner, Sequence[Kept]], shown: Proofs) -> None:
    """Makes current what the machine has shown to be in force, and burns the others of that account."""
    for owner, of in kept.items():
        proof = shown.get(account(owner.key))
        if proof is not None and proof.number is not None:
            in_force = of[proof.number]
            if len(of) > 1 or in_force.state is not EscrowState.CURRENT:
                make_current(site, in_force)


def offers(site: Site, kept: Mapping[Owner, Sequence[Kept]]) -> Offers:
    """What is kept of the accounts of one machine, to be asked about."""
    return {
        account(owner.key): [Offer(salt_of(each.mark, secret_of(each)), partial(_plain, site, each)) for each in of]
        for owner, of in kept.items()
    }


def _plain(site: Site, kept: Kept) -> str:
    """Its value, also where nothing can be opened, if it was made in this run."""
    secret = secret_of(kept)
    try:
        return site.escrow.open(kept).plain
    except SecretUnavailable:
        if site.secrets.salt(secret) != salt_of(kept.mark, secret):
            raise
        return site.secrets.value(secret)


def account(key: str) -> str:
    """The name of the account (`tech`) of a key (`users/tech`)."""
    return key.removeprefix(ACCOUNT)
