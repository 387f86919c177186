"""What `doctor` found: one check with what was found and what to do about it, and all of them for one machine."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from deskprov.model.result import Outcome


class Verdict(StrEnum):
    """What a check says. Only `failed` stops work."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_LOOKED_AT = "not looked at"


class Check(Struct, frozen=True):
    """One check. `name` is a stable word for programs (`host_key`), `found` what was found, `fix` what to do, both
    in words for people; `fix` is empty when nothing is to be done.
    """

    name: str
    verdict: Verdict
    found: str
    fix: str = ""


class Examination(Struct, frozen=True):
    """All checks of one machine, in order; `outcome` is ok, unreachable, refused or failed.

    `profile` is that of the inventory, empty when it has none there.
    """

    host: str
    outcome: Outcome
    checks: Sequence[Check]
    profile: str = ""


def ok(name: str, found: str) -> Check:
    """All is well."""
    return Check(name, Verdict.OK, found)


def warning(name: str, found: str, fix: str) -> Check:
    """Work can go on, but somebody should know."""
    return Check(name, Verdict.WARNING, found, fix)


def failed(name: str, found: str, fix: str) -> Check:
    """Work would stop here."""
    return Check(name, Verdict.FAILED, found, fix)


def not_looked_at(name: str, because: str = "") -> Check:
    """Nobody looked, because something before it failed, or for the reason given."""
    return Check(name, Verdict.NOT_LOOKED_AT, because)
