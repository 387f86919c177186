"""The Debian tree below every practice machine: built once per controller by mmdebstrap, shared, never written to."""

import fcntl
import hashlib
import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from deskprov.errors import PracticeError
from deskprov.practice.apt_settings import AptSettings
from deskprov.practice.controller import PROGRAM_PATH

DEFAULT_CACHE = Path("/var/cache/deskprov/practice")
SUITES = {"bookworm": "Debian 12", "trixie": "Debian 13"}
VERSION = 1  # count up whenever a change below must reach machines of controllers that already have a tree

PACKAGES = (
    *("systemd", "systemd-sysv", "dbus", "openssh-server", "sudo", "login", "passwd", "adduser", "acl"),
    *("python3", "python3-apt"),  # Ansible's apt module needs both
    "nftables",  # a firewall to practise with; it is off until it is switched on
    *("ca-certificates", "debian-archive-keyring", "hostname", "iproute2", "netbase", "procps", "tzdata"),
)

NOT_UNPACKED = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*")

SWITCHED_OFF = (
    # they take apt's lock at a time of their own
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    # nobody sits at a console
    "console-getty.service",
    "container-getty@.service",
)

SOURCES = "practice.sources"
FILES = "files"
USER = "deskprov"
USER_ID = 1000


class Recipe(Struct, frozen=True):
    """What goes into a tree."""

    suite: str
    packages: tuple[str, ...] = PACKAGES

    @property
    def name(self) -> str:
        """The name of the tree's folder: another recipe has another name."""
        parts = json.dumps([VERSION, self.suite, self.packages, NOT_UNPACKED, SWITCHED_OFF])
        return f"{self.suite}-{hashlib.sha256(parts.encode()).hexdigest()[:12]}"


def ensure_base_tree(cache: Path, recipe: Recipe, apt: AptSettings, report: Callable[[str], None]) -> Path:
    """The folder of the finished tree; builds it when it is not there yet.

    Two starts at the same moment build once. A tree appears under its name only when it is complete. Raises
    `PracticeError` when it cannot be built.
    """
    tree = cache / recipe.name
    if tree.is_dir():
        return tree
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(cache, report) as lock:
        if not tree.is_dir():
            report(f"building the base tree of {SUITES[recipe.suite]}, once, about 30 s")
            unfinished = cache / f"{tree.name}.unfinished"
            _remove(unfinished)
            try:
                _build(unfinished, recipe, apt, lock)
                _make_ours(unfinished)
                # a tree must not come out of a power cut with empty files
                subprocess.run(["sync", "--file-system", str(unfinished)], check=True)
                unfinished.rename(tree)
            finally:
                _remove(unfinished)
    return tree


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


@contextmanager
def _locked(cache: Path, report: Callable[[str], None]) -> Iterator[int]:
    descriptor = os.open(cache / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("waiting for another start, which is building the base tree")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _build(target: Path, recipe: Recipe, apt: AptSettings, lock: int) -> None:
    """Runs mmdebstrap. It inherits the lock: should it outlive us, nobody else builds meanwhile."""
    with TemporaryDirectory(prefix="deskprov-practice-") as folder:
        settings = Path(folder)
        _stage(settings, apt)
        done = subprocess.run(
            _build_command(target, recipe, settings),
            env={"PATH": PROGRAM_PATH, "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            pass_fds=[lock],
            check=False,
        )
    if done.returncode:
        reasons = [line.removeprefix("E: ") for line in done.stderr.splitlines() if line.startswith("E: ")]
        raise PracticeError(
            f"The base tree of {SUITES[recipe.suite]} could not be built: {(reasons or ['no reason given'])[0]}",
            hint="Does “sudo apt-get update” work on this computer? Practice machines use its package sources.",
        )


def _build_command(target: Path, recipe: Recipe, settings: Path) -> list[str]:
    """mmdebstrap, in namespaces of its own, so that a build that is killed leaves no mount and no process."""
    return [
        *("unshare", "--mount", "--propagation", "slave", "--pid", "--fork", "--kill-child", "--mount-proc"),
        *("mmdebstrap", "--mode=root", "--format=directory", "--variant=apt"),
        f"--include={','.join(recipe.packages)}",
        *(f"--dpkgopt=path-exclude={pattern}" for pattern in NOT_UNPACKED),
        "--skip=cleanup/apt/lists",
        f"--setup-hook=sync-in {shlex.quote(str(settings / FILES))} /",
        *(recipe.suite, str(target), str(settings / SOURCES)),
    ]


def _stage(settings: Path, apt: AptSettings) -> None:
    """Lays out what mmdebstrap needs to know of the controller's apt."""
    (settings / SOURCES).write_text(apt.sources)
    for source in apt.copies:
        target = settings / FILES / source.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    options = settings / FILES / "etc/apt/apt.conf.d/50controller"
    options.parent.mkdir(parents=True, exist_ok=True)
    options.write_text(apt.options)


def _make_ours(tree: Path) -> None:
    """What all practice machines have in common beyond the packages: an account that may do everything, quiet units."""
    subprocess.run(
        [
            "chroot",
            str(tree),
            "useradd",
            "--create-home",
            "--shell",
            "/bin/bash",
            "--uid",
            str(USER_ID),
            USER,
        ],
        check=True,
        capture_output=True,
    )
    ssh_folder = tree / "home" / USER / ".ssh"
    ssh_folder.mkdir(mode=0o700)
    os.chown(ssh_folder, USER_ID, USER_ID)
    sudoers = tree / "etc/sudoers.d/deskprov"
    sudoers.write_text(f"{USER} ALL=(ALL:ALL) NOPASSWD: ALL\n")
    sudoers.chmod(0o440)
    (tree / "etc/default/locale").write_text("LANG=C.UTF-8\n")
    units = tree / "etc/systemd/system"
    units.mkdir(parents=True, exist_ok=True)
    for unit in SWITCHED_OFF:
        (units / unit).symlink_to("/dev/null")
    left_by_mmdebstrap = [
        tree / "etc/apt/sources.list",
        tree / "etc/apt/apt.conf.d/99mmdebstrap",
        tree / "etc/dpkg/dpkg.cfg.d/99mmdebstrap",
        *(tree / "etc/apt/sources.list.d").iterdir(),
        *(tree / "etc/ssh").glob("ssh_host_*"),
    ]
    for path in left_by_mmdebstrap:
        path.unlink(missing_ok=True)
