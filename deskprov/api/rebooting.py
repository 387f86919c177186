"""Reboots a machine and waits until it is back, for as long as the site allows."""

from collections.abc import Callable

from msgspec import Struct

from deskprov.api.asking import ask_all, ask_one
from deskprov.api.site import Site
from deskprov.errors import AccessRefused, HostError, Unreachable
from deskprov.model.facts import ProbeError
from deskprov.model.inventory import Host
from deskprov.model.playbook import Halt
from deskprov.model.result import Status
from deskprov.stages.reboot import Lives, Standing

POLL_SECONDS = 2.0
AFTER_REFUSAL_SECONDS = 10.0
"""A machine that is starting lets nobody in but root (pam_nologin(8)); a password is not to be refused too often."""

ANSWERS = 2

UNASKED = 3
"""After so many starts by itself a machine that has still not answered twice out of one life is in a loop."""


class Rebooted(Struct, frozen=True):
    """How a reboot ended: `changed` (it is back), `failed`, or `unknown` when we did not wait for it.

    `reason` is empty, `reboot-failed`, `not-returned` or `interrupted`.
    """

    status: Status
    message: str
    reason: str = ""
    hint: str = ""


def reboot(site: Site, host: Host, lives: Lives, why: str, halt: Callable[[], Halt]) -> Rebooted:
    """Asks the machine to reboot, and waits for it: a new life, twice in a row. Raises `SecretUnavailable`."""
    begun = site.clock.monotonic()
    try:
        answer = ask_one(site, host, lives.reboot(why))
    except HostError as error:
        return Rebooted(Status.FAILED, f"It could not be asked to reboot for {why}: {error.message}", "reboot-failed")
    before = lives.ends(answer)
    if not before:
        said = answer.message if isinstance(answer, ProbeError) else "it gave no answer of the agreed form"
        return Rebooted(Status.FAILED, f"It could not be asked to reboot for {why}: {said}", "reboot-failed")
    return _Wait(site, host, lives, why, before, begun).until_back(halt)


class _Wait:
    def __init__(self, site: Site, host: Host, lives: Lives, why: str, before: str, begun: float) -> None:
        self._site = site
        self._host = host
        self._lives = lives
        self._why = why
        self._before = before
        self._begun = begun
        self._was_away = False
        self._last: HostError | None = None
        self._new_lives: set[str] = set()
        self._busy = ""

    def until_back(self, halt: Callable[[], Halt]) -> Rebooted:
        limit = self._site.settings.reboot_minutes * 60
        life, answers = "", 0
        pause = POLL_SECONDS
        while self._seconds() < limit:
            if halt():
                return Rebooted(Status.UNKNOWN, f"Interrupted while it rebooted for {self._why}.", "interrupted")
            self._site.clock.sleep(pause)
            now, pause = self._look()
            answers = 0 if not now.boot or now.busy else answers + 1 if now.boot == life else 1
            life = now.boot
            if answers >= ANSWERS and life != self._before:
                return Rebooted(
                    Status.CHANGED, f"It rebooted for {self._why} and was back after {self._seconds():.0f} s."
                )
            if answers >= ANSWERS and (self._was_away or self._seconds() > self._lives.patience):
                return self._failed()
            if len(self._new_lives) > 1 and self._unasked() >= UNASKED:
                return self._in_a_loop()
        return self._failed() if life == self._before else self._not_returned()

    def _look(self) -> tuple[Standing, float]:
        """How it stands, which is nothing when it does not answer, and how long to wait before the next look."""
        try:
            now = self._lives.read(ask_all(self._site, self._host, self._lives.back))
        except Unreachable as error:
            self._was_away = True
            self._last = error
        except AccessRefused as error:
            self._last = error
            return Standing(), AFTER_REFUSAL_SECONDS
        except HostError as error:
            self._last = error
        else:
            self._new_lives |= {now.boot} - {"", self._before}
            self._busy = now.busy
            return now, POLL_SECONDS
        self._busy = ""
        return Standing(), POLL_SECONDS

    def _unasked(self) -> int:
        """How often it has started again since the reboot, as far as was seen, or as it counts itself."""
        counted = [self._lives.starts(self._before, life) for life in self._new_lives]
        return max(len(self._new_lives), *counted) - 1

    def _seconds(self) -> float:
        return self._site.clock.monotonic() - self._begun

    def _failed(self) -> Rebooted:
        return Rebooted(
            Status.FAILED,
            f"It was asked to reboot for {self._why}, but it answers and has not rebooted.",
            "reboot-failed",
            "Log in and see what keeps it from rebooting, or switch it off and on, then run this again.",
        )

    def _in_a_loop(self) -> Rebooted:
        return Rebooted(
            Status.FAILED,
            f"It was rebooted for {self._why} and has started again {self._unasked()} times since, by itself: it does "
            "not stay up, and was left.",
            "not-returned",
            "Look at its screen, start it in safe mode, take the last update off. Once it stays up, run this again.",
        )

    def _not_returned(self) -> Rebooted:
        minutes = f"{self._seconds() / 60:.0f} minutes"
        if self._busy:
            return Rebooted(
                Status.FAILED,
                f"It was rebooted for {self._why}, and after {minutes} {self._busy}.",
                "not-returned",
                "Leave it switched on, and run this again later; reboot_minutes in deskprov.yml says how long to wait.",
            )
        last = f" Its last word: {self._last.message}" if isinstance(self._last, AccessRefused) else ""
        return Rebooted(
            Status.FAILED,
            f"It was rebooted for {self._why} and has not come back within {minutes}.{last}",
            "not-returned",
            "Look at its screen: it may wait for a key or a disk password. Once it is up, run this again.",
        )
