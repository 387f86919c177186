"""How much room a run needs on the controller before it may begin."""

from msgspec import Struct

RESERVE = 500 * 1000**2
RESERVE_PERCENT = 5


class Room(Struct, frozen=True):
    """A folder that a run writes to (`what` is kept there), and the size and the free bytes of its file system."""

    what: str
    folder: str
    size: int
    free: int

    @property
    def reserve(self) -> int:
        """Bytes that must be free: 500 MB, or 5 % of a small file system."""
        return min(RESERVE, self.size * RESERVE_PERCENT // 100)

    @property
    def is_scarce(self) -> bool:
        """True when no run may begin."""
        return self.free < self.reserve
