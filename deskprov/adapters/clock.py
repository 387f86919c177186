"""Time, from the controller's clock."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The clock of this computer."""

    def now(self) -> datetime:
        """The time of day, in UTC, with its zone."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)
