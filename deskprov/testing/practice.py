"""Practice machines that are only said to be there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from deskprov.model.inventory import SSH
from deskprov.model.ports.practice import PRACTICE_PASSWORD, BareMachine, PracticeMachine


@dataclass
class MemoryPractice:
    """The practice machines of one platform; `obstacle` says why there can be none."""

    platform: str
    transports: Sequence[str] = (SSH,)
    obstacle: str | None = None
    machines: dict[str, PracticeMachine] = field(default_factory=dict)

    def unavailable(self) -> str | None:
        """The obstacle."""
        return self.obstacle

    def start(
        self, count: int, *, isolated: bool, report: Callable[[str], None], transport: str = ""
    ) -> list[PracticeMachine]:
        """New ones under the next numbers; none is anywhere."""
        first = len(self.machines) + 1
        way = transport or self.transports[0]
        new = [self._machine(f"{self.platform}-{number}", isolated, way) for number in range(first, first + count)]
        self.machines |= {machine.name: machine for machine in new}
        return new

    def start_bare(self, count: int, script: str, report: Callable[[str], None]) -> list[BareMachine]:
        """Fails: nobody has run a script here."""
        raise AssertionError(f"there is no bare machine of {self.platform}")

    def stop(self, names: Sequence[str] = ()) -> list[str]:
        """Raises KeyError for one that is not there, which the use case has to see to."""
        return [self.machines.pop(name).name for name in names or list(self.machines)]

    def list(self) -> list[PracticeMachine]:
        """All. Fails where there can be none, because it must not be asked there."""
        if self.obstacle:
            raise LookupError(f"{self.platform} was asked: {self.obstacle}")
        return [*self.machines.values()]

    def _machine(self, name: str, isolated: bool, transport: str) -> PracticeMachine:
        by_key = transport == SSH
        return PracticeMachine(
            name=name,
            platform=self.platform,
            address="127.0.0.1",
            port=22,
            user="deskprov",
            key_file="key" if by_key else "",
            host_key="ssh-ed25519 AAAA" if by_key else f"x509-sha256 {'0' * 64}",
            state="running",
            isolated=isolated,
            transport=transport,
            password="" if by_key else PRACTICE_PASSWORD,
        )
