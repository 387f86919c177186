"""Reboots a machine and waits until it is back, for as long as the site allows."""

from collections.abc import Callable
from dataclasses import dataclass

from deskprov.api.asking import ask_one
from deskprov.api.site import Site
from deskprov.errors import AccessRefused, HostError, Unreachable
from deskprov.model.facts import ProbeError
from deskprov.model.inventory import Host
from deskprov.model.playbook import Halt
from deskprov.model.result import Status
from deskprov.stages.reboot import BACK, REBOOT, Standing, standing

POLL_SECONDS = 2.0
AFTER_REFUSAL_SECONDS = 10.0
"""A machine that is starting lets nobody in but root (pam_nologin(8)); a password is not to be refused too often."""

SAME_BOOT_SECONDS = 60.0
"""How long a machine that never went away may answer out of its old life, when it is not shutting down."""

ANSWERS = 2


@dataclass(frozen=True, slots=True)
class Rebooted:
    """How a reboot ended: `changed` (it is back), `failed`, or `unknown` when we did not wait for it.

    `reason` is empty, `reboot-failed`, `not-returned` or `interrupted`.
    """

    status: Status
    message: str
    reason: str = ""
    hint: str = ""


def reboot(site: Site, host: Host, why: str, halt: Callable[[], Halt]) -> Rebooted:
    """Asks the machine to reboot, and waits for it: a new boot id, twice in a row. Raises `SecretUnavailable`."""
    begun = site.clock.monotonic()
    try:
        before = ask_one(site, host, REBOOT)
    except HostError as error:
        return Rebooted(Status.FAILED, f"It could not be asked to reboot for {why}: {error.message}", "reboot-failed")
    if not isinstance(before, str) or not before:
        said = before.message if isinstance(before, ProbeError) else "it gave no answer of the agreed form"
        return Rebooted(Status.FAILED, f"It could not be asked to reboot for {why}: {said}", "reboot-failed")
    return _Wait(site, host, why, before, begun).until_back(halt)


class _Wait:
    def __init__(self, site: Site, host: Host, why: str, before: str, begun: float) -> None:
        self._site = site
        self._host = host
        self._why = why
        self._before = before
        self._begun = begun
        self._was_away = False
        self._last: HostError | None = None

    def until_back(self, halt: Callable[[], Halt]) -> Rebooted:
        limit = self._site.settings.reboot_minutes * 60
        new = old = 0
        pause = POLL_SECONDS
        while self._seconds() < limit:
            if halt():
                return Rebooted(Status.UNKNOWN, f"Interrupted while it rebooted for {self._why}.", "interrupted")
            self._site.clock.sleep(pause)
            now, pause = self._look()
            new = new + 1 if now is not None and now.boot not in ("", self._before) else 0
            old = old + 1 if now is not None and now.boot == self._before and not now.leaving else 0
            if new == ANSWERS:
                return Rebooted(
                    Status.CHANGED, f"It rebooted for {self._why} and was back after {self._seconds():.0f} s."
                )
            if old >= ANSWERS and (self._was_away or self._seconds() > SAME_BOOT_SECONDS):
                return self._failed()
        return self._failed() if old else self._not_returned()

    def _look(self) -> tuple[Standing | None, float]:
        """How it stands, None when it does not answer, and how long to wait before the next look."""
        try:
            return standing([ask_one(self._site, self._host, BACK)]), POLL_SECONDS
        except Unreachable as error:
            self._was_away = True
            self._last = error
        except AccessRefused as error:
            self._last = error
            return None, AFTER_REFUSAL_SECONDS
        except HostError as error:
            self._last = error
        return None, POLL_SECONDS

    def _seconds(self) -> float:
        return self._site.clock.monotonic() - self._begun

    def _failed(self) -> Rebooted:
        return Rebooted(
            Status.FAILED,
            f"It was asked to reboot for {self._why}, but it answers and has not rebooted.",
            "reboot-failed",
            "Log in and see what keeps it from rebooting, or switch it off and on, then run this again.",
        )

    def _not_returned(self) -> Rebooted:
        last = f" Its last word: {self._last.message}" if isinstance(self._last, AccessRefused) else ""
        return Rebooted(
            Status.FAILED,
            f"It was rebooted for {self._why} and has not come back within {self._seconds() / 60:.0f} minutes.{last}",
            "not-returned",
            "Look at its screen: it may wait for a key or a disk password. Once it is up, run this again.",
        )
