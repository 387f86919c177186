"""The log of all changes: is it what it was?"""

from deskprov.api.site import Site
from deskprov.errors import WrongUsage
from deskprov.model.log import LogCheck, LogHead


def verify_log(site: Site, noted: str) -> LogCheck:
    """Checks the whole log, and that it goes back to a head noted earlier, if `noted` is one; else empty.

    Raises `WrongUsage` for what is no head.
    """
    try:
        head = LogHead.read(noted) if noted else None
    except ValueError as error:
        raise WrongUsage(
            "That is no head of a log.", hint="It looks like 42-0123456789abcdef, and stands at the end of every run."
        ) from error
    return site.log.check(head)
