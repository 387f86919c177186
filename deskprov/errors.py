"""Every error that deskprov raises on purpose, so that one handler at the top can say it in words.

DeskprovError ─────────────────── 1    something failed, and it is known what
├── InvalidInput (model.problem)  3    profile, inventory or settings invalid: carries every problem
├── NoHostMatched ─────────────── 5
├── WrongUsage ────────────────── 64
├── SiteNotFound ──────────────── 3    no deskprov.yml upward from here
├── SiteNotWritable ───────────── 1    a file of the site cannot be written
├── RecordError ───────────────── 1    the database cannot be read or written
│   ├── RecordBusy                 others were writing to it all the time
│   └── NotRecorded                a run was stopped, because the record cannot be written
├── NoRoom ────────────────────── 1    too little room on the controller to begin a run
├── Interrupted ───────────────── 130  a person ended the work; the record says how far it came
├── PracticeError ─────────────── 1    a practice machine cannot be started or stopped
├── SecretUnavailable ─────────── 6    a secret has no provider, or the provider gave nothing
└── HostError ─────────────────── 1    belongs to one machine; others of the run go on
    ├── Unreachable ───────────── 4
    ├── AccessRefused ─────────── 6
    │   ├── LoginRefused               the machine said no to the user, key or password
    │   ├── ElevationRefused           sudo said no
    │   ├── IdentityNotTrusted         host key unknown or changed; nothing was sent
    │   └── AnotherMachine             it is not the machine that the record means; nothing was changed
    ├── HostBusy ──────────────── 75   another run holds this machine
    ├── DoesNotFit (model.problem) 1   its values do not fit its profile: carries every problem
    ├── PlanOutdated ────────── 1    things are not as they were when a plan file was made
    ├── ProbeFailed ───────────── 1    the machine answered, but not with facts
    │   └── PythonMissing              it has no Python 3
    └── RunnerFailed ──────────── 1    Ansible could not be run or gave no result for this machine

Each message is one sentence for the person at the keyboard; `hint` says what to do about it.
"""

from typing import ClassVar


class DeskprovError(Exception):
    """Base of all errors meant for people."""

    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NoHostMatched(DeskprovError):
    """No machine of the inventory matches the given targets."""

    exit_status = 5


class WrongUsage(DeskprovError):
    """The command line asks for something that makes no sense."""

    exit_status = 64


class SiteNotFound(DeskprovError):
    """There is no `deskprov.yml` here or in any folder above."""

    exit_status = 3


class SiteNotWritable(DeskprovError):
    """A file of the site cannot be written: no permission, a read-only or full disk, something else in its place."""


class RecordError(DeskprovError):
    """The record's database cannot be opened, read or written."""


class RecordBusy(RecordError):
    """Others were writing to the record for longer than was waited."""


class NotRecorded(RecordError):
    """The record could not be written in the middle of a run, which was stopped for that."""

    def __init__(self, run: str, cause: RecordError) -> None:
        super().__init__(
            f"{cause.message} The run was stopped, and what it did last is not in the record.",
            hint=f"{cause.hint} Then go on: deskprov run resume {run}",
        )


class NoRoom(DeskprovError):
    """A disk of the controller has too little room to begin a run that changes machines."""


class Interrupted(DeskprovError):
    """A person ended a run before it was through; it is recorded."""

    exit_status = 130

    def __init__(self, run: str) -> None:
        super().__init__("Interrupted.", hint=f"What was done is recorded. To go on: deskprov run resume {run}")


class PracticeError(DeskprovError):
    """A practice machine cannot be started, reached or stopped."""


class SecretUnavailable(DeskprovError):
    """A secret is not declared, or its provider gave no value. Never carries the value."""

    exit_status = 6


class HostError(DeskprovError):
    """An error of one machine; the other machines of a run go on."""

    def __init__(self, host: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.host = host


class Unreachable(HostError):
    """The machine does not answer: name, route, port or time-out."""

    exit_status = 4


class AccessRefused(HostError):
    """The machine answers, but we may not come in, or do not want to."""

    exit_status = 6


class LoginRefused(AccessRefused):
    """The machine refused user, key or password."""


class ElevationRefused(AccessRefused):
    """sudo refused the login, or wanted a password that nobody gave; or the login is no administrator of a PC."""


class IdentityNotTrusted(AccessRefused):
    """The host key is unknown or has changed. No byte of a credential was sent."""


class AnotherMachine(AccessRefused):
    """The machine that answers is not the one that the record means. Nothing was changed on it."""


class PlanOutdated(HostError):
    """A plan file was to be carried out, and things are not as they were when it was made. Nothing was changed."""


class HostBusy(HostError):
    """Another run holds the lock of this machine."""

    exit_status = 75


class ProbeFailed(HostError):
    """The machine was reached, but its answer is no set of facts."""


class PythonMissing(ProbeFailed):
    """We are root on the machine, and it has no Python 3."""


class RunnerFailed(HostError):
    """Ansible could not be run for this machine, or gave no statement about it."""
