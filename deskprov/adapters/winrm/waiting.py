"""How long a machine may take over WinRM, whichever way it is asked, and what is said when it takes longer."""

from deskprov.adapters.limits import Limits
from deskprov.errors import ProbeFailed
from deskprov.model.inventory import Host

OPERATION_SECONDS = 20
"""After which the machine says that there is nothing new yet."""

READ_SECONDS = 30
"""After which a machine that says nothing at all is given up."""


def too_long(host: Host, limits: Limits) -> ProbeFailed:
    """It says more than anybody wants to hear."""
    return ProbeFailed(
        host.name,
        f"{host.name} answers with more than {limits.output // 1024} KiB, and was left.",
        hint="Its answer is not what deskprov asked for.",
    )


def not_done(host: Host, limits: Limits) -> ProbeFailed:
    """It says again and again that there is nothing new yet."""
    return ProbeFailed(
        host.name,
        f"{host.name} was not done within {limits.answer:.0f} seconds, and was left.",
        hint="It may be overloaded, or just installing updates: try again later.",
    )
