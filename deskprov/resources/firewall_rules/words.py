"""What stands in the options of a firewall rule: names, ports and addresses, each with one spelling."""

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from deskprov.model.resource import Line
from deskprov.model.text import Accepts, Reach

_NAME = r"^[^|@][^|]*$"
_PORTS = r"^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?$"
_REMOTE = r"^(local-subnet|[0-9a-fA-F.:/]{2,49})$"

LOCAL_SUBNET = "local-subnet"
"""The word for whoever is on the same network, however that changes."""

_OURS = "deskprov"


def _name(text: str) -> str:
    if not re.search(_NAME, text) or text != text.strip():
        raise ValueError("must be a name without `|`, that does not begin with `@` or a space, nor end with one")
    if text.casefold() == "all":
        raise ValueError("cannot be `all`, which Windows takes for every rule")
    if text.casefold().startswith(_OURS):
        raise ValueError("begins with deskprov, as the rules do that let deskprov in")
    return text


def _ports(text: str) -> str:
    first, _, last = text.partition("-")
    if int(first) > 65535 or (last and not int(first) < int(last) <= 65535):
        raise ValueError("must be a port from 1 to 65535, or a range such as 8000-8010")
    return text


def _remote(text: str) -> str:
    if text == LOCAL_SUBNET:
        return text
    try:
        return shown_network(text)
    except ValueError as error:
        raise ValueError(
            "must be an address such as 192.0.2.7, a network such as 192.0.2.0/24, or local-subnet"
        ) from error


def shown_network(text: str) -> str:
    """One spelling of an address or a network; Windows writes networks with a mask. Raises `ValueError`."""
    network = ipaddress.ip_network(text, strict=False)
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


RuleName = Annotated[
    Line,
    Field(min_length=1, max_length=255),
    AfterValidator(_name),
    Accepts("any printable characters but `|`, not `all`, no `@` in front", Reach.LINE, _NAME),
]
Ports = Annotated[
    str, Field(pattern=_PORTS), AfterValidator(_ports), Accepts("a port, or two and `-`", Reach.WORD, _PORTS)
]
Remote = Annotated[
    str,
    Field(pattern=_REMOTE),
    AfterValidator(_remote),
    Accepts("an address, a network with `/` and a number, or `local-subnet`", Reach.WORD, _REMOTE),
]
