"""No run that changes machines begins on a full controller: what it did could not be written down."""

from deskprov.api.site import Site
from deskprov.errors import NoRoom
from deskprov.formats.sizes import size


def check_room(site: Site) -> None:
    """Raises `NoRoom` with every disk that has too little."""
    scarce = [room for room in site.rooms.rooms() if room.is_scarce]
    if scarce:
        told = "; ".join(
            f"{room.folder} ({room.what}) has {size(room.free)} left of {size(room.size)}, and {size(room.reserve)} "
            "must be free"
            for room in scarce
        )
        folders = " ".join(dict.fromkeys(room.folder for room in scarce))
        raise NoRoom(
            f"No run can begin, because a disk is full: {told}.", hint=f"Make room, and look again: df -h {folders}"
        )
