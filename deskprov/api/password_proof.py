"""Asks machines which of the passwords that we know is in force there, each in the way of its platform.

Linux shows a salt, so that nothing is sent. Windows is sent what is to be tried, sealed to a key of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial

from deskprov.api.asking import ask_all, ask_one
from deskprov.api.running import pool
from deskprov.api.site import Site
from deskprov.errors import HostError, ProbeFailed, SecretUnavailable
from deskprov.formats.certificates import certificate_der, thumbprint
from deskprov.formats.windows_seal import FORGET_KEY, NEW_KEY, sealing_certificate
from deskprov.model.discreet import Discreet
from deskprov.model.inventory import Host
from deskprov.model.password_proof import Proof
from deskprov.model.platform import Platform
from deskprov.stages.password_proof import compared, proof_probe, tried, try_probe


class Offer(Discreet, frozen=True):
    """A password that may be in force: the salt that its hash has there, and how it is had where it must be sent.

    `plain` raises `SecretUnavailable` where this computer cannot open it.
    """

    hidden = frozenset({"plain"})

    salt: str
    plain: Callable[[], str]


Offers = Mapping[str, Sequence[Offer]]
"""Of the accounts of one machine, by name; for one without any it is only asked whether it is there."""

Proofs = Mapping[str, Proof]
"""By account, of those that there are."""

NOT_OPENED = "What is kept cannot be opened on this computer, and Windows shows only whether a password is right."


def proofs(site: Site, asked: Mapping[str, tuple[Host, Offers]]) -> dict[str, Proofs]:
    """What each machine shows. Those that do not answer, or not about passwords, are left out."""
    found: dict[str, Proofs] = {}
    with pool(site, len(asked)) as threads:
        futures: dict[str, Future[Proofs | None]] = {
            name: threads.submit(_ON[host.connection.platform](site, host, offers))
            for name, (host, offers) in asked.items()
            if host.connection.platform in _ON
        }
        for name, future in futures.items():
            try:
                answer = future.result()
            except (HostError, SecretUnavailable):
                continue  # what is kept stays kept, and the machine's own trouble is told where it is looked at
            if answer is not None:
                found[name] = answer
    return found


def new_sealing_key(site: Site, host: Host) -> str:
    """The certificate of a key that the machine has just made. Raises what asking raises, and `ProbeFailed`."""
    try:
        certificate = sealing_certificate(ask_one(site, host, NEW_KEY))
        certificate_der(certificate)
    except ValueError as error:
        raise ProbeFailed(host.name, f"{host.name} made no key to seal a password to: {error}.") from error
    return certificate


Question = Callable[[], Proofs | None]
"""Asks one machine, in a thread of its own."""


def _by_salt(site: Site, host: Host, offers: Offers) -> Question:
    def question() -> Proofs | None:
        answer = ask_one(site, host, proof_probe(sorted(offers)))
        return compared(answer, {name: [offer.salt for offer in of] for name, of in offers.items()})

    return question


def _by_log_on(site: Site, host: Host, offers: Offers) -> Question:
    """Opens here what is to be sent: the record is read by the calling thread only."""
    opened = {name: _opened(of) for name, of in offers.items()}
    return partial(_try, site, host, offers, opened)


def _opened(offers: Sequence[Offer]) -> Mapping[int, str]:
    """The passwords that can be opened here, by their place among the offers."""
    found: dict[int, str] = {}
    for number, offer in enumerate(offers):
        try:
            found[number] = offer.plain()
        except SecretUnavailable:
            continue  # told as NOT_OPENED unless another of them is right
    return found


def _try(site: Site, host: Host, offers: Offers, opened: Mapping[str, Mapping[int, str]]) -> Proofs | None:
    if not any(opened.values()):
        answer = tried(ask_one(site, host, try_probe("", dict.fromkeys(offers, ()))))
    else:
        certificate = new_sealing_key(site, host)
        sealed = {n: [site.seals.sealed(each, certificate) for each in of.values()] for n, of in opened.items()}
        probe = try_probe(thumbprint(certificate_der(certificate)), sealed)
        answer = tried(ask_all(site, host, [probe, FORGET_KEY])[0])
    if answer is None:
        return None
    return {name: _placed(proof, opened[name], offers[name]) for name, proof in answer.items() if name in offers}


def _placed(proof: Proof, opened: Mapping[int, str], offers: Sequence[Offer]) -> Proof:
    """The place of the right one among all that were offered, and not only among those that could be opened."""
    if proof.number is not None:
        numbers = list(opened)
        return Proof(numbers[proof.number]) if proof.number < len(numbers) else Proof(why=NOT_OPENED)
    return Proof(why=NOT_OPENED) if len(opened) < len(offers) else proof


_ON: Mapping[Platform, Callable[[Site, Host, Offers], Question]] = {
    Platform.LINUX: _by_salt,
    Platform.WINDOWS: _by_log_on,
}
