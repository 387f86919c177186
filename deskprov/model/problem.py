"""What is wrong with a file of the site, where, and what to do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from deskprov.errors import DeskprovError
from deskprov.model.source import Source


class Severity(StrEnum):
    """An error makes the input invalid; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    `rule` is a stable word for machines (`unknown-key`), `path` the way to the value (`users[0].name`).
    """

    source: Source
    rule: str
    message: str
    hint: str = ""
    path: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.source.file}:{self.source.line}:{self.source.column}"
        return f"{where}: {self.message}" + (f"; {self.hint}" if self.hint else "")


class InvalidInput(DeskprovError):
    """Profiles, inventory or settings are invalid; `problems` holds every finding, warnings too."""

    exit_status = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = sum(p.severity is Severity.ERROR for p in problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} found", hint="deskprov validate shows them all")
        self.problems = tuple(problems)


def has_errors(problems: Sequence[Problem]) -> bool:
    """True when at least one finding is an error."""
    return any(p.severity is Severity.ERROR for p in problems)


_UNREADABLE = ("yaml-", "ambiguous-value", "key-not-text", "variable-")


def settled(problems: Iterable[Problem]) -> list[Problem]:
    """Each finding once, by place; without those that only follow from a value that cannot be read as it stands."""
    unique = dict.fromkeys(problems)
    unreadable = {problem.source for problem in unique if problem.rule.startswith(_UNREADABLE)}
    kept = (p for p in unique if p.rule.startswith(_UNREADABLE) or p.source not in unreadable)
    return sorted(kept, key=lambda problem: problem.source)
