"""Keeps a wrong password from locking an account: it is proved on one machine before it goes to the rest.

A directory account is locked after a few refused log-ons, and a wrong secret in the inventory would be refused by
thirty machines within a second. So the first use of a secret is alone; the others wait for its outcome. After two
refusals it is not sent again by this object.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from deskprov.errors import AccessRefused
from deskprov.model.escrow import ACCOUNT, owner_of
from deskprov.model.inventory import Host
from deskprov.model.ports.machine import Secrets
from deskprov.model.secret import SecretRef, as_password

MOST_REFUSALS = 2


class Passwords:
    """Hands out passwords of log-ins and of sudo for one run."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._changed = threading.Condition()
        self._proved: set[SecretRef] = set()
        self._in_proof: set[SecretRef] = set()
        self._refusals: Counter[SecretRef] = Counter()

    @contextmanager
    def use(self, host_name: str, name: str, refusal: type[AccessRefused]) -> Iterator[str]:
        """The value, for one attempt within the context: leaving it normally means that the machine took it.

        An error of the kind `refusal` leaving it means that the machine refused it. Raises `SecretUnavailable`, and
        `refusal` when it was refused twice already or it could not be typed at a prompt.
        """
        secret = as_password(name, host_name)
        self._await_turn(host_name, secret, refusal)
        refused = False
        try:
            value = self._typeable(host_name, secret, refusal)
            try:
                yield value
            except refusal:
                refused = True
                raise
            with self._changed:
                self._proved.add(secret)
        finally:
            with self._changed:
                self._in_proof.discard(secret)
                self._refusals[secret] += refused
                self._changed.notify_all()

    def _typeable(self, host_name: str, secret: SecretRef, refusal: type[AccessRefused]) -> str:
        value = self._secrets.value(secret)
        if not value or any(c in value for c in "\n\r\0"):
            raise refusal(
                host_name,
                f"The secret {secret.name} cannot be a password: it is empty or has a line break.",
                hint="Look at what its provider gives.",
            )
        return value

    def _await_turn(self, host_name: str, secret: SecretRef, refusal: type[AccessRefused]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: secret in self._proved or secret not in self._in_proof)
            if self._refusals[secret] >= MOST_REFUSALS:
                raise _no_more(host_name, secret, refusal)
            if secret not in self._proved:
                self._in_proof.add(secret)


def login_password(host: Host) -> str:
    """What people call the password that logs in there: `pc-1/deskprov`, or the name of the site's secret."""
    return owner_of(as_password(host.connection.login_secret, host.name)).label


def _no_more(host_name: str, secret: SecretRef, refusal: type[AccessRefused]) -> AccessRefused:
    if not secret.owner:
        said = f"The password {secret.name} was refused by {MOST_REFUSALS} machines and is not sent to {host_name}."
        return refusal(host_name, said, hint=f"Correct the secret {secret.name}, then run this again.")
    owner = owner_of(secret)
    account = owner.key.removeprefix(ACCOUNT)
    return refusal(
        host_name,
        f"{host_name} has refused what is kept as the password of {owner.label} {MOST_REFUSALS} times, and is not sent "
        "it again.",
        hint=f"Was it changed there? Then say which it is: deskprov secret set {account} --for {host_name}",
    )
