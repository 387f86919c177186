"""Rules of the firewall of Windows: which traffic it lets through, and which it stops. An entry states the whole rule.

What would stop all traffic that deskprov comes in by, or traffic that a PC cannot do without, is refused. Another rule
about that port is changed last, with a timed undo.
"""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from deskprov.formats.windows_firewall import NEEDED_PORTS, REMOTE_PORTS, covers
from deskprov.formats.windows_programs import Program
from deskprov.model.platform import Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import no_needs, no_preview, no_reboot
from deskprov.model.want import Exactly, SameIgnoringCase, Wanted
from deskprov.resources.firewall_rules.words import Ports, Remote, RuleName

NAME = "firewall_rules"
KEY = "name"
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

ANY = "any"

Network = Literal["domain", "private", "public"]
EVERYWHERE: list[Network] = ["domain", "private", "public"]


class Options(ResourceOptions):
    """A rule of the firewall. What it leaves out is any."""

    name: RuleName = Field(description="Its name, as people see it; all rules of that name are this one.")
    action: Literal["allow", "block"] = Field(default="allow", description="What it does with the traffic.")
    direction: Literal["in", "out"] = Field(
        default="in", description="Whether the traffic comes in to this computer or goes out from it."
    )
    program: Program | None = Field(default=None, description="The program that the traffic is for or from.")
    protocol: Literal["tcp", "udp"] | None = Field(default=None, description="Needed where ports are stated.")
    ports: list[Ports] = Field(
        default_factory=list,
        description='Ports as texts, such as "9100" or "8000-8010": of this computer for traffic that comes in, of the '
        "other one for traffic that goes out.",
    )
    remote: list[Remote] = Field(
        default_factory=list, description="Addresses and networks of the other computer; `local-subnet` is its own."
    )
    networks: list[Network] = Field(
        default_factory=lambda: list(EVERYWHERE), min_length=1, description="Kinds of networks on which it holds."
    )
    enabled: bool = Field(default=True, description="Whether it is in force.")

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.ports and self.protocol is None:
            raise ValueError("ports need a protocol: tcp or udp")
        if self.stops_incoming and covers(self.ports, self.program, REMOTE_PORTS):
            raise ValueError(
                "would stop what deskprov comes in by (TCP ports 22, 5985 and 5986): name a program, "
                "other ports or remote addresses"
            )
        if self.stops_outgoing and covers(self.ports, self.program, NEEDED_PORTS):
            raise ValueError(
                "would stop what every PC needs (ports 53, 67, 88 and 389: DNS, DHCP and the domain): name a program, "
                "other ports or remote addresses"
            )
        return self

    @property
    def stops_incoming(self) -> bool:
        """True for a rule in force that stops TCP connections from every other computer."""
        return self._stops("in") and self.protocol != "udp"

    @property
    def stops_outgoing(self) -> bool:
        """True for a rule in force that stops traffic to every other computer."""
        return self._stops("out")

    def _stops(self, direction: str) -> bool:
        in_force = self.state == "present" and self.enabled
        everywhere = not self.remote or any(each.endswith("/0") for each in self.remote)
        return in_force and (self.action, self.direction) == ("block", direction) and everywhere


def desired(options: Options) -> Mapping[str, Wanted]:
    """The whole rule."""
    return {
        "action": options.action,
        "direction": options.direction,
        "program": SameIgnoringCase(options.program or ANY),
        "protocol": options.protocol or ANY,
        "ports": Exactly(frozenset(options.ports)),
        "remote": Exactly(frozenset(options.remote)),
        "networks": Exactly(frozenset(options.networks)),
        "enabled": options.enabled,
    }


needs = no_needs
preview = no_preview
reboot = no_reboot
