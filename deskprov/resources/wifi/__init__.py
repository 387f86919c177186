"""Wi-Fi networks that a computer knows, for everyone who uses it."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from deskprov.model.platform import Platform
from deskprov.model.resource import Line, ResourceOptions
from deskprov.model.resource_type import SSID, no_needs, no_preview, no_reboot
from deskprov.model.secret import PER_DEVICE, SecretName
from deskprov.model.text import Accepts, Reach
from deskprov.model.want import Wanted

NAME = "wifi"
KEY = SSID
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE = frozenset({"password"})

_LONGEST = 32
"""Bytes of an SSID: IEEE 802.11; learn.microsoft.com/windows/win32/nativewifi/wlan-profileschema-name-ssid-element."""


def _ssid(text: str) -> str:
    if not 1 <= len(text.encode("utf-8")) <= _LONGEST or text != text.strip():
        raise ValueError(f"must be the name of the network, of at most {_LONGEST} bytes and no space at its ends")
    return text


Ssid = Annotated[Line, AfterValidator(_ssid), Accepts("at most 32 bytes of printable characters", Reach.LINE)]


class Options(ResourceOptions):
    """A Wi-Fi network that this computer knows.

    Networks where everyone has a name and a password of their own (802.1X) are not for this type.
    """

    ssid: Ssid = Field(description="The name of the network.")
    security: Literal["wpa2", "wpa3", "open"] = Field(
        default="wpa2", description="How it is protected: by a password that all share, or not at all."
    )
    password: SecretName | None = Field(
        default=None,
        description="The name of the secret that holds the network's password; set when the network is new, and with "
        "`--reset`. It is on no disk of deskprov's, and Windows keeps it encrypted.",
    )
    hidden: bool = Field(default=False, description="Whether the network does not say its name.")
    automatic: bool = Field(default=True, description="Whether the computer connects by itself.")

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.password == PER_DEVICE:
            raise ValueError("a network has one password for all: name a secret that holds it")
        if self.state == "absent":
            return self
        if self.security == "open" and self.password:
            raise ValueError("an open network has no password; take it out, or state security")
        if self.security != "open" and not self.password:
            raise ValueError(f"a network with {self.security} needs its password: name the secret that holds it")
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """How it is protected, whether it is hidden, and whether the computer connects by itself."""
    wanted: dict[str, Wanted] = {
        "security": options.security,
        "hidden": options.hidden,
        "automatic": options.automatic,
        "password": options.password,
    }
    return {name: value for name, value in wanted.items() if value is not None}


needs = no_needs
preview = no_preview
reboot = no_reboot
