"""Port to the computer that deskprov runs on, for `doctor`."""

from collections.abc import Iterable
from typing import Protocol

from deskprov.model.settings import Settings
from deskprov.model.workplace import AnsibleHealth, RecordHealth, Workplace


class WorkplaceLook(Protocol):
    """Looks at the controller. Changes nothing, makes nothing, and asks no machine and no secret."""

    def look(self, settings: Settings | None, key_files: Iterable[str]) -> Workplace:
        """What there is; `key_files` as the inventory names them. Without settings the record's place is unknown."""

    def record(self, settings: Settings) -> RecordHealth | None:
        """The state of the record; None when there is none yet. Raises `RecordError` when it cannot be read."""

    def ansible(self, collections: Iterable[str]) -> AnsibleHealth:
        """What would run playbooks. Raises `DeskprovError` when there is none, or none that is supported."""
