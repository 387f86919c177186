"""Printers of a computer, which the site describes once in printers.yml, and profiles name."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from deskprov.model.platform import Platform
from deskprov.model.resource import Line, ResourceOptions
from deskprov.model.resource_type import no_needs, no_preview, no_reboot
from deskprov.model.text import Accepts, Reach
from deskprov.model.want import SameIgnoringCase, Wanted

NAME = "printers"
KEY = "name"
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

IPP = "Microsoft IPP Class Driver"
"""The driver that comes with Windows 11, for every printer that speaks IPP; the only one in protected print mode:
learn.microsoft.com/windows-hardware/drivers/print/windows-protected-print-mode."""

_PLACE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_LONGEST = 220


def _printer(text: str) -> str:
    if text == "room":
        raise ValueError("stands for the printers of this machine's room, which printers.yml says: add them there")
    if not text.strip() or text != text.strip() or any(sign in text for sign in "\\,!") or len(text) > _LONGEST:
        raise ValueError(f"must be at most {_LONGEST} characters without `\\`, `,` and `!`, and no space at its ends")
    return text


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        if not _HOST.fullmatch(text):
            raise ValueError("must be the IP address or the host name of the printer") from None
    return text


PrinterName = Annotated[
    Line,
    AfterValidator(_printer),
    Accepts("at most 220 printable characters without `\\`, `,` and `!`, and not `room`", Reach.LINE),
]
Address = Annotated[
    str, AfterValidator(_address), Accepts("an IP address or a host name", Reach.WORD, r"^[A-Za-z0-9][A-Za-z0-9.:-]*$")
]
PlaceName = Annotated[
    str, Field(pattern=_PLACE), Accepts("the name of a place: letters, digits, `.`, `_` and `-`", Reach.WORD, _PLACE)
]


class Options(ResourceOptions):
    """A printer that is reached over the network, for everyone who uses the computer.

    Which of them is the default printer is each person's own choice, which Windows keeps with that person.
    """

    name: PrinterName = Field(
        description="What people see. In a profile `room` stands for those of printers.yml in this machine's room."
    )
    address: Address | None = Field(
        default=None, description="Where it is in the network, which printers.yml says once for all profiles."
    )
    port: int = Field(default=9100, ge=1, le=65535, description="The TCP port that it takes what is to be printed at.")
    driver: Line = Field(
        default=IPP,
        min_length=1,
        description="The driver, which must be on the computer already unless it is the one that comes with Windows.",
    )
    place: PlaceName | None = Field(
        default=None, description="The room it stands in, as machines have it in `deskprov_place`; not set anywhere."
    )
    model: Line | None = Field(default=None, description="Make and model, for people; not set anywhere.")

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.state == "present" and not self.address:
            raise ValueError(f"{self.name} needs its address: describe it in printers.yml")
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """Address, port and driver."""
    address = {"address": SameIgnoringCase(options.address)} if options.address else {}
    return {**address, "port": options.port, "driver": SameIgnoringCase(options.driver)}


needs = no_needs
preview = no_preview
reboot = no_reboot
