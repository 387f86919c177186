"""A controller that is what a test says it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from deskprov.errors import DeskprovError, RecordError
from deskprov.model.settings import Settings
from deskprov.model.workplace import AnsibleHealth, RecordHealth, Workplace


@dataclass
class FixedWorkplace:
    """Gives what it was made with; without that there is no such computer, no record and no Ansible.

    `asked_for` has the collections that somebody asked for.
    """

    here: Workplace | None = None
    health: RecordHealth | None = None
    unreadable: RecordError | None = None
    found: AnsibleHealth | None = None
    key_files: list[str] = field(default_factory=list)
    asked_for: set[str] = field(default_factory=set)

    def look(self, settings: Settings | None, key_files: Iterable[str]) -> Workplace:
        """The computer of the test, which must have given one."""
        self.key_files += key_files
        if self.here is None:
            raise AssertionError("the test gave no computer")
        return self.here

    def record(self, settings: Settings) -> RecordHealth | None:
        """Raises the error that the test gave."""
        if self.unreadable is not None:
            raise self.unreadable
        return self.health

    def ansible(self, collections: Iterable[str]) -> AnsibleHealth:
        """Raises `DeskprovError` without one."""
        self.asked_for |= set(collections)
        if self.found is None:
            raise DeskprovError("Ansible is not installed here.", hint="Install it.")
        return self.found
