"""Paths on a machine as options of resource types, each platform with a form of its own."""

from typing import Annotated

from deskprov.formats.posix import machine_path
from deskprov.formats.windows_paths import windows_path
from deskprov.model.platform import PerPlatform, Platform
from deskprov.model.text import Accepts, Reach

PathOnMachine = Annotated[
    str,
    PerPlatform({Platform.LINUX: machine_path, Platform.WINDOWS: windows_path}),
    Accepts(
        r"a whole path, any printable characters, no `.` and `..`; on Linux no `$`; on Windows with its drive "
        r"(`C:\Example`), as Windows takes names, without variables",
        Reach.LINE,
    ),
]
"""An absolute path, normalised as its platform does it."""
