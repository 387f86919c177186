"""The password that deskprov itself logs in with on a Windows PC: another in its place, and never locked out.

The new one is sealed in escrow before it is sent, and the old one is burned only after a fresh log-on with the new one.
Whatever is killed in between, one of the two lets us in, and the next look finds out which.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, as_completed
from contextlib import ExitStack
from dataclasses import dataclass

from deskprov.api.asking import ask_all, ask_one
from deskprov.api.kept_passwords import account, new_value
from deskprov.api.password_proof import new_sealing_key
from deskprov.api.running import pool
from deskprov.api.site import Site
from deskprov.api.ways_in import own_account
from deskprov.errors import HostError, ProbeFailed, SecretUnavailable
from deskprov.formats.certificates import certificate_der, thumbprint
from deskprov.formats.windows_seal import FORGET_KEY
from deskprov.model.escrow import Kept, NewSecret, Owner
from deskprov.model.facts import ProbeError
from deskprov.model.inventory import Host
from deskprov.model.secret import Value, as_password
from deskprov.stages.hand_over import is_in_force, replace_password

VERB = "secret rotate"
BOTH_KEPT = "Both passwords are kept; the next look finds out which of them is in force."


@dataclass(frozen=True, slots=True)
class Replaced:
    """How it ended on one machine: `trouble` is why the new one is not known to be in force, empty when it is."""

    owner: Owner
    trouble: str = ""


def replace_own(site: Site, hosts: Sequence[Host]) -> Iterator[Replaced]:
    """Gives each of these machines a new one, several at once; tells of each as it is through.

    Raises `SecretUnavailable` when a new one cannot be kept; then nothing was sent.
    """
    with ExitStack() as stack, pool(site, len(hosts)) as threads:
        begun: dict[Future[None], tuple[Owner, Kept]] = {}
        for host in hosts:
            owner = own_account(host)
            if owner is None:
                raise ValueError(f"deskprov does not log in to {host.name} with a password of its own")
            try:
                stack.enter_context(site.locks.hold(host.name, VERB, host.known_host))
            except HostError as error:
                yield Replaced(owner, error.message)
                continue
            value = new_value(site)
            kept = site.escrow.keep(NewSecret(owner, value), site.clock.now(), site.operator)
            begun[threads.submit(_replace, site, host, owner, value)] = owner, kept
        for future in as_completed(begun):
            owner, kept = begun[future]
            try:
                future.result()
            except (HostError, SecretUnavailable) as error:
                yield Replaced(owner, f"{error.message} {BOTH_KEPT}")
                continue
            site.escrow.prove(kept, site.clock.now(), site.operator)
            yield Replaced(owner)


def _replace(site: Site, host: Host, owner: Owner, value: Value) -> None:
    """In a thread. Raises what asking raises; then nobody knows which of the two is in force."""
    certificate = new_sealing_key(site, host)
    sealed = site.seals.sealed(value.plain, certificate)
    put = replace_password(account(owner.key), thumbprint(certificate_der(certificate)), sealed)
    answer = ask_all(site, host, [put, FORGET_KEY])[0]
    if not is_in_force(answer):
        why = f": {answer.message}" if isinstance(answer, ProbeError) else "."
        raise ProbeFailed(host.name, f"{host.name} did not take its new password{why}")
    site.secrets.hold(as_password(host.connection.login_secret, host.name), value)
    ask_one(site, host, FORGET_KEY)  # with the new one
