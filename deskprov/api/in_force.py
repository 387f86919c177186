"""What was seen to be in force becomes the current one in escrow. Every look may need this, so it loads little."""

from deskprov.api.site import Site
from deskprov.errors import SecretUnavailable
from deskprov.formats.salts import salt_of
from deskprov.model.escrow import Kept, NewSecret
from deskprov.model.secret import PER_DEVICE, SecretRef, Value


def make_current(site: Site, kept: Kept) -> None:
    """Makes current what was seen to be in force, and burns all else of its owner.

    Raises `SecretUnavailable` when another run has burned it meanwhile. If this run has its value it is kept again
    first, not proved, beside what the other run has found: nothing that may be in force is lost.
    """
    try:
        site.escrow.prove(kept, site.clock.now(), site.operator)
    except SecretUnavailable:
        secret = secret_of(kept) if kept.owner.host else SecretRef(kept.owner.key)
        if site.secrets.salt(secret) == salt_of(kept.mark, secret):
            again = NewSecret(kept.owner, Value(site.secrets.value(secret), kept.mark))
            site.escrow.keep(again, site.clock.now(), site.operator)
        raise


def secret_of(kept: Kept) -> SecretRef:
    """The secret whose value this is on its machine."""
    return SecretRef(f"{PER_DEVICE}:{kept.owner.key}", host=kept.owner.host)
