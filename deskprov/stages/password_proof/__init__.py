"""Whether the password of an account is one that we know: on Linux by its salt, on Windows by a log-on there."""

from deskprov.stages.password_proof.linux import compared, proof_probe
from deskprov.stages.password_proof.windows import tried, try_probe

__all__ = ["compared", "proof_probe", "tried", "try_probe"]
