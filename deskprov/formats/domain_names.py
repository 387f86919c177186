"""Names of domains of Active Directory, as profiles state them."""

from typing import Annotated

from pydantic import Field

from deskprov.model.text import Accepts, Reach

_DOMAIN = r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$"

Domain = Annotated[
    str, Field(pattern=_DOMAIN, max_length=255), Accepts("the DNS name of a domain", Reach.WORD, _DOMAIN)
]
"""learn.microsoft.com/troubleshoot/windows-server/active-directory/naming-conventions-for-computer-domain-site-ou"""
