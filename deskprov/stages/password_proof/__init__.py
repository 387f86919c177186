"""Whether the password of an account is one that we know, without its hash ever leaving the machine.

deskprov makes the salt of a hash from a random mark of its own, so that who sees that salt on the machine knows which
password it belongs to.
"""

from collections.abc import Mapping, Sequence

from deskprov.model.facts import Answer
from deskprov.model.probe import Probe, script_beside

_LOOK = script_beside(__package__, "probe_linux.py")


def proof_probe(accounts: Sequence[str]) -> Probe:
    """The question for the salts of these accounts' passwords."""
    return Probe(_LOOK, tuple(accounts))


def salts(answer: Answer) -> Mapping[str, str] | None:
    """The salt per account that exists, empty for one without a password; None when the machine did not say."""
    match answer:
        case dict(found) if all(isinstance(salt, str) for salt in found.values()):
            return {str(name): str(salt) for name, salt in found.items()}
        case _:
            return None
