"""How an account or group of a domain is named."""

import re
from typing import Annotated

from pydantic import AfterValidator

from deskprov.formats.windows_accounts import group_name
from deskprov.model.text import Accepts, Reach

_NOT_DOMAINS = frozenset({"builtin", "nt authority", "nt service"})
_DOMAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,14}")


def _member(text: str) -> str:
    domain, separator, name = text.partition("\\")
    if not separator:
        raise ValueError(
            r"is written with its domain, EXAMPLE\Domain Users; accounts of this computer say their `groups`"
        )
    if not _DOMAIN.fullmatch(domain) or domain.casefold() in _NOT_DOMAINS:
        raise ValueError("must begin with the short name of a domain: at most 15 letters, digits, `-`, `_` or `.`")
    group_name(name)
    return text


Member = Annotated[
    str,
    AfterValidator(_member),
    Accepts(r"the short name of a domain, a `\` and a name, such as `EXAMPLE\Domain Users`", Reach.LINE),
]
"""The form of down-level log-on names: learn.microsoft.com/windows/win32/secauthn/user-name-formats."""
