"""Passwords of machines' own in the flow of a run: made and sealed before they are sent, burned only after a proof.

Whatever is killed in between, what is in force on a machine is in escrow: before the proof both the old and the new.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future

from deskprov.api.running import pool
from deskprov.api.site import Site
from deskprov.errors import HostError, SecretUnavailable, WrongUsage
from deskprov.formats.salts import salt_of
from deskprov.formats.secret_text import unusable
from deskprov.model.escrow import EscrowState, Kept, NewSecret, Owner, owner_of
from deskprov.model.inventory import Host
from deskprov.model.platform import Platform
from deskprov.model.secret import PER_DEVICE, SecretRef, Value
from deskprov.stages.password_proof import proof_probe, salts
from deskprov.stages.probe import compile_program, parse_answers

ACCOUNT = "users/"
"""What the key of an account begins with."""


def keep_new(site: Site, host: Host, secrets: Sequence[SecretRef]) -> None:
    """Makes a password for each of these that is the machine's own, seals it, and holds it for this run.

    Raises `SecretUnavailable` when it cannot be kept; then nothing may be sent.
    """
    for secret in secrets:
        if not secret.owner:
            continue
        refuse_own_way_in(host, secret.name)
        value = new_value(site)
        site.escrow.keep(NewSecret(owner_of(secret), value), site.clock.now(), site.operator)
        site.secrets.hold(secret, value)


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
    kept: dict[Owner, list[Kept]] = {}
    for each in site.escrow.kept():
        kept.setdefault(each.owner, []).append(each)
    unproved: dict[str, list[Owner]] = {}
    for owner, of in kept.items():
        if owner.key.startswith(ACCOUNT) and any(each.state is not EscrowState.CURRENT for each in of):
            unproved.setdefault(owner.host, []).append(owner)
    asked = {h.name: (h, [account(o.key) for o in unproved[h.name]]) for h in hosts if h.name in unproved}
    for name, seen in salts_on(site, asked).items():
        for owner in unproved[name]:
            salt = seen.get(account(owner.key), "")
            in_force = next((each for each in kept[owner] if salt == salt_of(each.mark, secret_of(each))), None)
            if in_force is not None:
                site.escrow.prove(in_force, site.clock.now(), site.operator)


def salts_on(site: Site, asked: Mapping[str, tuple[Host, Sequence[str]]]) -> dict[str, Mapping[str, str]]:
    """The salts of accounts per machine; machines that do not answer, and those without /etc/shadow, are left out."""
    found: dict[str, Mapping[str, str]] = {}
    asked = {name: of for name, of in asked.items() if of[0].connection.platform is Platform.LINUX}
    with pool(site, len(asked)) as threads:
        futures: dict[str, Future[Mapping[str, str] | None]] = {
            name: threads.submit(_ask, site, host, accounts) for name, (host, accounts) in asked.items()
        }
        for name, future in futures.items():
            try:
                answer = future.result()
            except (HostError, SecretUnavailable):
                continue  # what is kept stays kept, and the machine's own trouble is told where it is looked at
            if answer is not None:
                found[name] = answer
    return found


def _ask(site: Site, host: Host, accounts: Sequence[str]) -> Mapping[str, str] | None:
    probe = proof_probe(sorted(set(accounts)))
    nonce = site.token()
    try:
        [answer] = parse_answers(site.transport.ask(host, compile_program([probe], nonce)), [probe], nonce)
    except ValueError:
        return None
    return salts(answer)


def account(key: str) -> str:
    """The name of the account (`tech`) of a key (`users/tech`)."""
    return key.removeprefix(ACCOUNT)


def secret_of(kept: Kept) -> SecretRef:
    """The secret whose value this is on its machine."""
    return SecretRef(f"{PER_DEVICE}:{kept.owner.key}", host=kept.owner.host)
