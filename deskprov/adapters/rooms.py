"""How full the file systems are that a run writes to."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from deskprov.model.room import Room


class FileSystemRooms:
    """The port `Rooms`, over folders by what is kept in them. What is not there yet counts as the nearest above it."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders

    def rooms(self) -> Sequence[Room]:
        """A folder whose file system gives no sizes is left out."""
        found = []
        for what, folder in self._folders.items():
            place = next((each for each in (folder, *folder.parents) if each.is_dir()), folder)
            try:
                space = os.statvfs(place)
            except OSError:
                continue
            size, free = space.f_blocks * space.f_frsize, space.f_bavail * space.f_frsize
            if size:
                found.append(Room(what, str(place), size, free))
        return found
