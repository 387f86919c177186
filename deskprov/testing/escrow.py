"""What is kept, in memory and unsealed, and keys that are made of counting."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from deskprov.errors import SecretUnavailable
from deskprov.model.escrow import EscrowAct, EscrowEvent, EscrowState, Kept, NewSecret, Owner
from deskprov.model.history import AssetEvent, EventKind
from deskprov.model.ports.escrow import KeyPair
from deskprov.model.secret import Value
from deskprov.testing.record import MemoryRecord


@dataclass
class MemoryEscrow:
    """`Escrow` in memory. `keys` are the site's; `locked` says that the private key is not here.

    Machines are those of `record`, which also has the events.
    """

    record: MemoryRecord
    keys: Sequence[str] = ("age1sample",)
    locked: bool = False
    _rows: dict[int, tuple[Kept, Value]] = field(default_factory=dict)
    _events: list[EscrowEvent] = field(default_factory=list)

    def kept(self) -> Sequence[Kept]:
        """All that is not burned."""
        held = [kept for kept, _ in self._rows.values() if kept.state is not EscrowState.REPLACED]
        return sorted(held, key=lambda kept: (kept.owner.host.casefold(), kept.owner.key, -kept.id))

    def of(self, owner: Owner) -> Sequence[Kept]:
        """That of an owner, newest first."""
        return [k for k in self.kept() if (k.owner.host.casefold(), k.owner.key) == (owner.host.casefold(), owner.key)]

    def keep(self, new: NewSecret, at: datetime, by: str) -> Kept:
        """Raises `SecretUnavailable` without keys, and for a machine that the record does not know."""
        [kept] = self.keep_all([new], at, by)
        return kept

    def keep_all(self, new: Sequence[NewSecret], at: datetime, by: str) -> Sequence[Kept]:
        """All or none. Raises the same."""
        if not self.keys:
            raise SecretUnavailable("This site has no keys to seal a secret to.")
        for each in new:
            if each.owner.host and self.record.find(each.owner.host) is None:
                raise SecretUnavailable(f"The record does not know {each.owner.host} yet.")
        return [self._keep(each, at, by) for each in new]

    def open(self, kept: Kept) -> Value:
        """Raises `SecretUnavailable` while `locked`."""
        _, value = self._held(kept)
        if self.locked:
            raise SecretUnavailable("The private key that opens what is kept is not on this computer.")
        return value

    def prove(self, kept: Kept, at: datetime, by: str) -> None:
        """Makes it current and burns the rest. Raises `SecretUnavailable` when it has been burned itself."""
        now, value = self._held(kept)
        self._burn([other for other in self.of(kept.owner) if other.id != kept.id], at)
        self._rows[kept.id] = replace(now, state=EscrowState.CURRENT), value
        self.log(EscrowEvent(at, by, EscrowAct.PROVED, kept.owner))

    def reseal(self, at: datetime, by: str) -> int:
        """Notes the present keys."""
        for kept in self.kept():
            value = self.open(kept)
            self._rows[kept.id] = replace(kept, keys=tuple(self.keys)), value
            self.log(EscrowEvent(at, by, EscrowAct.RESEALED, kept.owner))
        return len(self.kept())

    def log(self, event: EscrowEvent) -> None:
        """Keeps the event."""
        asset = self.record.find(event.owner.host) if event.owner.host else None
        if asset is not None:
            detail = {"act": event.act.value, "key": event.owner.key}
            self.record.log(asset, AssetEvent(event.at, event.by, EventKind.SECRET, event.reason, detail))
        self._events.append(event)

    def events(self, owner: Owner) -> Sequence[EscrowEvent]:
        """Those of an owner, newest first."""
        return [event for event in self._events[::-1] if event.owner == owner]

    def _keep(self, new: NewSecret, at: datetime, by: str) -> Kept:
        if new.state is EscrowState.CURRENT:
            self._burn(self.of(new.owner), at)
        kept = Kept(len(self._rows) + 1, new.owner, new.state, new.value.mark, tuple(self.keys), at, by)
        self._rows[kept.id] = kept, new.value
        self.log(EscrowEvent(at, by, new.act, new.owner))
        return kept

    def _held(self, kept: Kept) -> tuple[Kept, Value]:
        now, value = self._rows[kept.id]
        if now.state is EscrowState.REPLACED:
            raise SecretUnavailable(f"What was kept for {kept.owner.label} has been replaced.")
        return now, value

    def _burn(self, kept: Sequence[Kept], at: datetime) -> None:
        for each in kept:
            self._rows[each.id] = replace(each, state=EscrowState.REPLACED, ended=at), Value("")


@dataclass
class MemoryKeys:
    """`KeyStore` in memory: `saved` maps paths to private keys."""

    saved: dict[str, str] = field(default_factory=dict)

    def new_pair(self) -> KeyPair:
        """A pair that opens nothing, but looks like one."""
        letter = "023456789"[len(self.saved) % 9]
        return KeyPair("age1" + letter * 58, "AGE-SECRET-KEY-1SAMPLE")

    def save(self, pair: KeyPair, name: str) -> str:
        """Keeps it."""
        path = f"~/.config/deskprov/keys/{name}-{pair.public[-6:]}.key"
        self.saved[path] = pair.private
        return path
