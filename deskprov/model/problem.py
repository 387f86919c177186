"""What is wrong with a file of the site, where, and what to do about it."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import groupby

from msgspec import Struct

from deskprov.errors import DeskprovError, HostError
from deskprov.model.source import Source


class Severity(StrEnum):
    """An error makes the input invalid; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Problem(Struct, frozen=True):
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
        return f"{self.place}: {self.words}"

    @property
    def place(self) -> str:
        """Where it stands, as compilers write it: `file:line:column`."""
        return f"{self.source.file}:{self.source.line}:{self.source.column}"

    @property
    def words(self) -> str:
        """What is wrong and what to do about it, without the place; a hint that is a sentence of its own stays one."""
        joint = ". " if self.hint[:1].isupper() else "; "
        return f"{self.message}{joint}{self.hint}" if self.hint else self.message


class InvalidInput(DeskprovError):
    """Profiles, inventory or settings are invalid; `problems` holds every finding, warnings too."""

    exit_status = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = sum(p.severity is Severity.ERROR for p in problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} found", hint="deskprov validate shows them all")
        self.problems = tuple(problems)


class SecretsMissing(InvalidInput):
    """Secrets that a run needs cannot be had; `problems` has the line that states each. Nothing was changed."""

    exit_status = 6

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        count = len({problem.message for problem in problems})  # one secret may be stated in several places
        missing = "a secret is missing" if count == 1 else f"{count} secrets are missing"
        self.message = f"{missing}, and nothing was changed on any machine"
        self.hint = "deskprov secret test"


class DoesNotFit(HostError):
    """A machine's values do not fit its profile, or it has none; `problems` holds every finding, warnings too."""

    def __init__(self, host: str, profile: str, problems: Sequence[Problem]) -> None:
        what = f"It does not fit the profile {profile}" if profile else "It has no profile"
        super().__init__(host, f"{what}, and is left out.")
        self.problems = tuple(problems)


def has_errors(problems: Sequence[Problem]) -> bool:
    """True when at least one finding is an error."""
    return any(p.severity is Severity.ERROR for p in problems)


MOST_TOLD = 100
"""Findings in one file that are told at once; nobody reads more, and a file can be made to have a million."""

_UNREADABLE = ("yaml-", "ambiguous-value", "key-not-text", "variable-")


def settled(problems: Iterable[Problem]) -> list[Problem]:
    """Each finding once, by place; without those that only follow from a value that cannot be read as it stands.

    Of one file the first `MOST_TOLD` are kept, and one more says that there are others.
    """
    unique = dict.fromkeys(problems)
    unreadable = {problem.source for problem in unique if problem.rule.startswith(_UNREADABLE)}
    kept = (p for p in unique if p.rule.startswith(_UNREADABLE) or p.source not in unreadable)
    by_file = groupby(sorted(kept, key=lambda problem: problem.source), key=lambda problem: problem.source.file)
    return [problem for _, of_file in by_file for problem in _first(list(of_file))]


def _first(problems: Sequence[Problem]) -> Sequence[Problem]:
    told, others = problems[:MOST_TOLD], problems[MOST_TOLD:]
    if len(others) <= 1:  # which may be the one that says so already
        return problems
    severity = Severity.ERROR if has_errors(others) else Severity.WARNING
    message = f"more than {MOST_TOLD} problems in this file"
    rest = Problem(others[0].source, "more-problems", message, "mend the first ones and look again", severity=severity)
    return [*told, rest]
