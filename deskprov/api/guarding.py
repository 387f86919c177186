"""Changes of our own way in: armed with a timed undo beforehand, confirmed by a fresh log-in afterwards."""

from collections.abc import Callable

from msgspec import Struct

from deskprov.api.asking import ask_one
from deskprov.api.site import Site
from deskprov.api.way_in import OF
from deskprov.errors import AccessRefused, HostError
from deskprov.model.inventory import Host
from deskprov.model.plan import Reboot, Segment
from deskprov.model.playbook import Halt
from deskprov.stages.undo import Order, Settled, arm, effect, objection, settle, settled

WORK_SHARE = 0.6
"""How much of the time until the undo Ansible may take: the rest is for the log-in that confirms."""

POLL_SECONDS = 2.0
AFTER_REFUSAL_SECONDS = 5.0
STAYS_ARMED = (
    "Nothing was changed, but the undo that was set up for it could not be ended: in some minutes the machine takes "
    "nothing back, and restarts if the change would have needed that."
)
GRACE_SECONDS = 120.0
"""For taking it back, which a PC looks after once in a minute."""


class Verdict(Struct, frozen=True):
    """What became of a guarded change: kept, taken back, or (`settled` None) not known.

    `cause` is what spoke against it, or kept us out, in words.
    """

    settled: Settled | None
    cause: str = ""
    interrupted: bool = False


class Guard:
    """The timed undo for one segment on one machine."""

    def __init__(self, site: Site, host: Host, segment: Segment) -> None:
        self._site = site
        self._host = host
        self._segment = segment
        self._platform = host.connection.platform
        self._token = site.token()
        self._armed_at = 0.0
        self.seconds = round(site.settings.undo_minutes * 60)

    @property
    def work_seconds(self) -> float:
        """How long Ansible may be at it."""
        return self.seconds * WORK_SHARE

    def arm(self) -> str:
        """Empty when the undo is armed, else why it is not, and nothing may be changed. Raises as `ask` does."""
        changes = self._segment.changes
        order = Order(
            self._token,
            self.seconds,
            self._host.connection.user,
            [change.resource.key for change in changes],
            self._segment.reboot is Reboot.YES,
            OF[self._platform].saved(changes),
        )
        question = arm(self._platform, order)
        self._armed_at = self._site.clock.monotonic()
        return objection(ask_one(self._site, self._host, question))

    def take_effect(self) -> str:
        """Lets the services take in what was written; empty when nothing speaks against it. Raises as `ask` does."""
        touched = sorted(set(self._segment.guards.values()))
        return objection(ask_one(self._site, self._host, effect(self._platform, touched)))

    def stand_down(self) -> str:
        """Ends the undo where nothing was begun, so that there is nothing to take back. Empty, or what comes of it that
        the machine was not reached for that.
        """
        try:
            ended = settled(ask_one(self._site, self._host, settle(self._platform, self._token, keep=True)))
        except HostError:
            ended = None
        return "" if ended is not None else STAYS_ARMED

    def settle(self, *, keep: bool, against: str, kept_out: HostError | None, halt: Callable[[], Halt]) -> Verdict:
        """Keeps the change if a fresh log-in succeeds before the machine takes it back; waits for that otherwise.

        With `keep` false it is taken back at once. `against` says what speaks against it; `kept_out` is what a log-in
        since the change has met.
        """
        error, cause = kept_out, against or (kept_out.message if kept_out else "")
        while True:
            pause = self._pause(error)
            if pause and self._late(pause):
                return Verdict(None, cause if error is None else _joined(cause, error.message))
            if pause and self._wait(pause, halt):
                return Verdict(None, cause, interrupted=True)
            try:
                answer = ask_one(self._site, self._host, settle(self._platform, self._token, keep=keep))
            except HostError as failure:
                error, cause = failure, cause or failure.message
                continue
            if (ended := settled(answer)) is not None:
                return Verdict(ended, cause)
            error = HostError(self._host.name, f"The machine says: {objection(answer)}.")

    def _wait(self, seconds: float, halt: Callable[[], Halt]) -> bool:
        """True when the run is to end meanwhile: the machine needs nobody to take the change back."""
        end = self._site.clock.monotonic() + seconds
        while not halt() and (left := end - self._site.clock.monotonic()) > 0:
            self._site.clock.sleep(min(left, POLL_SECONDS))
        return bool(halt())

    def _pause(self, error: HostError | None) -> float:
        """Whoever was refused has nothing to gain before the machine has taken the change back."""
        if error is None:
            return 0.0
        if isinstance(error, AccessRefused):
            return max(self._armed_at + self.seconds - self._site.clock.monotonic(), AFTER_REFUSAL_SECONDS)
        return POLL_SECONDS

    def _late(self, pause: float) -> bool:
        reboots = 2 if self._segment.reboot is Reboot.YES else 0
        longest = self.seconds + GRACE_SECONDS + reboots * self._site.settings.reboot_minutes * 60
        return self._site.clock.monotonic() + pause > self._armed_at + longest


def _joined(cause: str, last: str) -> str:
    """What came first and what came last, once."""
    return cause if last in cause else f"{cause} {last}".strip()


def take_back(site: Site, host: Host) -> None:
    """Takes back at once what an earlier run left unconfirmed.

    Raises as `ask` does, and `HostError` when the machine does not do it, or not all of it.
    """
    answer = ask_one(site, host, settle(host.connection.platform, "", keep=False))
    match settled(answer):
        case None:
            problems, hint = [objection(answer)], "The machine goes on with it. Wait some minutes, then run this again."
        case ended:
            problems, hint = list(ended.problems), "Set this right on the machine, then run this again."
    if problems:
        raise HostError(
            host.name,
            f"An earlier run changed how deskprov comes in to {host.name}, and it could not be taken back: "
            f"{'; '.join(problems)}.",
            hint=hint,
        )
