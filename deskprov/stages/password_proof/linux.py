"""Linux: which password an account has is told by the salt of its hash, and no password is sent.

deskprov makes the salt from a random mark of its own, so that who sees it on the machine knows which password it
belongs to. The hash never leaves the machine.
"""

from collections.abc import Mapping, Sequence

from deskprov.model.facts import Answer
from deskprov.model.password_proof import Proof
from deskprov.model.probe import Probe, script_beside

_LOOK = script_beside(__package__, "probe_linux.py")

NONE_THERE = "The account has no password on the machine."
ANOTHER = "The password on the machine is another than the one that is kept, as far as can be seen."


def proof_probe(accounts: Sequence[str]) -> Probe:
    """The question for the salts of these accounts' passwords."""
    return Probe(_LOOK, tuple(accounts))


def compared(answer: Answer, salts: Mapping[str, Sequence[str]]) -> Mapping[str, Proof] | None:
    """What it shows of each account that exists, by the salts of its possible passwords; None when it did not say."""
    match answer:
        case dict(found) if all(isinstance(salt, str) for salt in found.values()):
            return {str(name): _proof(str(salt), salts.get(str(name), ())) for name, salt in found.items()}
        case _:
            return None


def _proof(seen: str, salts: Sequence[str]) -> Proof:
    if seen in salts:
        return Proof(salts.index(seen))
    return Proof(why=ANOTHER if seen else NONE_THERE)
