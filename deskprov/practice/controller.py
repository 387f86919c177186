"""What a controller needs before it can run practice machines, and how to say what is missing."""

import os
import platform
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct

from deskprov.errors import PracticeError
from deskprov.practice import cgroups

PROGRAM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DEBIAN_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

PACKAGE_OF = {
    "apt-get": "apt",
    "ip": "iproute2",
    "mmdebstrap": "mmdebstrap",
    "nsenter": "util-linux",
    "setsid": "util-linux",
    "ssh-keygen": "openssh-client",
    "systemd-nspawn": "systemd-container",
    "unshare": "util-linux",
}


class Controller(Struct, frozen=True):
    """The facts about a controller that decide whether practice machines can run on it."""

    uid: int
    system: str
    which: Callable[[str], str | None]
    has_debian_keys: bool
    can_make_cgroups: bool


def read_controller() -> Controller:
    """The facts of the controller this runs on."""
    return Controller(
        uid=os.geteuid(),
        system=platform.system(),
        which=partial(shutil.which, path=PROGRAM_PATH),
        has_debian_keys=DEBIAN_KEYS.exists(),
        can_make_cgroups=cgroups.usable(),
    )


def obstacle(controller: Controller) -> PracticeError | None:
    """What stands in the way of practice machines here, with what to do about it; None when nothing does."""
    if controller.system != "Linux":
        return PracticeError("Practice machines need Linux.", hint="Run this on a Linux computer or in WSL2, as root.")
    packages = {PACKAGE_OF[program] for program in PACKAGE_OF if not controller.which(program)}
    if not controller.has_debian_keys:
        packages.add("debian-archive-keyring")
    if packages:
        return PracticeError(
            "Programs that practice machines need are not installed.",
            hint=f"Install them with: sudo apt-get install --yes {' '.join(sorted(packages))}",
        )
    if controller.uid != 0:
        return PracticeError(
            "Practice machines need root, because they boot a whole system.",
            hint="Put sudo before the command.",
        )
    if not controller.can_make_cgroups:
        return PracticeError(
            "Practice machines need control groups (version 2) that may be changed; here are none.",
            hint="Inside a container, run this on the host instead, or start the container with full privileges.",
        )
    return None
