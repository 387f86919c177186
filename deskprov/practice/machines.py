"""The door to practice machines: start, stop, list, and run something inside one."""

import re
import subprocess
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from deskprov.errors import PracticeError
from deskprov.model.inventory import SSH
from deskprov.model.ports.practice import BareMachine, PracticeMachine
from deskprov.practice import cgroups, kernel_limits
from deskprov.practice.apt_settings import read_apt_settings
from deskprov.practice.base_tree import DEFAULT_CACHE, SUITES, Recipe, ensure_base_tree
from deskprov.practice.controller import PROGRAM_PATH, Controller, obstacle, read_controller
from deskprov.practice.keys import KeyPair, new_key_pair, site_key
from deskprov.practice.launch import launch
from deskprov.practice.network import answers_on_ssh, remove_link
from deskprov.practice.registry import Registry, Slot
from deskprov.practice.state import leader, machine_state, supervisor_lives
from deskprov.practice.waiting import wait_until

UP_WITHIN = 90.0
DOWN_WITHIN = 20.0
CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x09\x0b-\x1f\x7f]")


class LinuxPracticeMachines:
    """The practice machines of one site, on this controller.

    `state_dir` holds the site's log-in key, `cache_dir` the base trees of all sites. Everything else lives under
    `/run/deskprov-practice` and is gone when the last machine is stopped.
    """

    def __init__(
        self,
        state_dir: Path,
        cache_dir: Path = DEFAULT_CACHE,
        *,
        suite: str = "bookworm",
        controller: Controller | None = None,
    ) -> None:
        self._state_dir = state_dir.resolve()
        self._cache_dir = cache_dir
        self._suite = suite
        self._controller = controller or read_controller()
        self._registry = Registry()

    @property
    def transports(self) -> Sequence[str]:
        """OpenSSH."""
        return (SSH,)

    def unavailable(self) -> str | None:
        """None, or in plain words why there can be no practice machines here and what to do about it."""
        found = obstacle(self._controller)
        return f"{found.message} {found.hint}" if found else None

    def start(
        self, count: int, *, isolated: bool, report: Callable[[str], None], transport: str = ""
    ) -> list[PracticeMachine]:
        """Adds `count` machines under the next free names and returns them when each answers on SSH.

        If one does not come up, none of the new ones stays. Raises `PracticeError`, `SiteNotWritable`.
        """
        self._refuse_what_cannot_be(count)
        apt = read_apt_settings(self._suite)
        tree = ensure_base_tree(self._cache_dir, Recipe(self._suite), apt, report)
        report(f"starting {count} practice machine{'s' if count > 1 else ''}")
        with ExitStack() as undo:
            slots: list[Slot] = []
            undo.callback(self._discard, slots)
            with self._registry.locked():
                self._tidy()
                kernel_limits.make_room_for(len(self._registry.slots()) + count)
                key_file, login_key = site_key(self._state_dir)
                for _ in range(count):
                    host_key = new_key_pair()
                    slots.append(self._reserve(tree, key_file, host_key, isolated))
                    launch(slots[-1], host_key, login_key, apt)
            self._wait_until_up(slots)
            undo.pop_all()
        return [_as_machine(slot) for slot in slots]

    def start_bare(self, count: int, script: str, report: Callable[[str], None]) -> list[BareMachine]:
        """Raises `PracticeError`: a real machine is made bare by hand, and runs the real script."""
        raise PracticeError(
            "A practice machine for Linux runs the real script: it plays no bare one.",
            hint="deskprov practice shell NAME, and see docs/guides/first-contact.md.",
        )

    def stop(self, names: Sequence[str] = ()) -> list[str]:
        """Stops the named machines, or all of this site, and returns their names. Nothing of them stays.

        Raises `PracticeError` for a name that is not there and for a machine that cannot be ended.
        """
        if not self._registry.exists():
            self._refuse_unknown(names, ())
            return []
        with self._registry.locked():
            self._tidy()
            slots = self._slots()
            self._refuse_unknown(names, [slot.name for slot in slots])
            chosen = [slot for slot in slots if not names or slot.name in names]
            self._take_down(chosen)
        return [slot.name for slot in chosen]

    def list(self) -> list[PracticeMachine]:
        """All machines of this site, in the order of their names, each with its state as it is now."""
        if not self._registry.exists():
            return []
        with self._registry.locked():
            return [_as_machine(slot) for slot in self._slots()]

    def command(
        self,
        name: str,
        argv: Sequence[str],
        input: bytes = b"",  # noqa: A002 - named as in subprocess.run
        *,
        timeout: float = 120.0,
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs `argv` as root inside the machine, not through SSH, and returns its status, output and errors.

        For tests that look at a machine or change it behind deskprov's back. Raises `PracticeError` when there is no
        such machine or it is not running, and `subprocess.TimeoutExpired`.
        """
        slots: dict[str, Slot] = {}
        if self._registry.exists():
            with self._registry.locked():
                slots = {slot.name: slot for slot in self._slots()}
        self._refuse_unknown([name], tuple(slots))
        pid = leader(slots[name])
        if pid is None:
            raise PracticeError(f"{name} is not running.", hint="Look at it with: deskprov practice list")
        namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"]
        clean = ["env", "-i", f"PATH={PROGRAM_PATH}", "LANG=C.UTF-8", "HOME=/root"]
        return subprocess.run(
            ["nsenter", "--target", str(pid), *namespaces, "--", *clean, *argv],
            input=input,
            capture_output=True,
            timeout=timeout,
            check=False,
        )

    def _slots(self) -> Sequence[Slot]:
        slots = [slot for slot in self._registry.slots() if slot.site == str(self._state_dir)]
        return sorted(slots, key=lambda slot: (len(slot.name), slot.name))

    def _reserve(self, tree: Path, key_file: Path, host_key: KeyPair, isolated: bool) -> Slot:
        return self._registry.reserve(
            site=str(self._state_dir),
            suite=self._suite,
            tree=str(tree),
            key_file=str(key_file),
            host_key=host_key.public,
            isolated=isolated,
        )

    def _tidy(self) -> None:
        """Takes away what belongs to nobody any more: an earlier boot's, and that of sites that were deleted."""
        self._registry.sweep()
        self._take_down([slot for slot in self._registry.slots() if not Path(slot.site).exists()])

    def _refuse_what_cannot_be(self, count: int) -> None:
        found = obstacle(self._controller)
        if found:
            raise found
        if count < 1:
            raise PracticeError("The number of practice machines must be one or more.")
        if self._suite not in SUITES:
            known = ", ".join(SUITES)
            raise PracticeError(f"There are no practice machines of “{self._suite}”.", hint=f"Choose one of: {known}")

    def _refuse_unknown(self, names: Sequence[str], known: Sequence[str]) -> None:
        unknown = [name for name in names if name not in known]
        if unknown:
            raise PracticeError(
                f"There is no practice machine called {', '.join(unknown)}.",
                hint=f"There is: {', '.join(known)}"
                if known
                else "There are none. Start one with: deskprov practice start linux",
            )

    def _wait_until_up(self, slots: Sequence[Slot]) -> None:
        def settled(slot: Slot) -> bool:
            return not supervisor_lives(slot) or (
                machine_state(slot) == "running" and answers_on_ssh(slot.address, slot.port)
            )

        in_time = wait_until(lambda: all(settled(slot) for slot in slots), UP_WITHIN)
        for slot in slots:
            if not supervisor_lives(slot):
                raise self._did_not_start(slot, "ended while starting")
            if not in_time and not settled(slot):
                raise self._did_not_start(slot, f"did not answer on SSH within {UP_WITHIN:.0f} seconds")

    def _did_not_start(self, slot: Slot, what: str) -> PracticeError:
        log = slot.console_log.read_text(errors="replace") if slot.console_log.exists() else ""
        kept = self._state_dir / f"{slot.name}-failed.log"
        kept.write_text(log)
        plain = CONTROL_SEQUENCE.sub("", log)
        last = next((line.strip() for line in reversed(plain.splitlines()) if line.strip()), "none")
        return PracticeError(f"{slot.name} {what}. Its last words: {last}", hint=f"All it said is in {kept}")

    def _discard(self, slots: Sequence[Slot]) -> None:
        with self._registry.locked():
            # someone may have stopped them meanwhile, and their numbers may be another site's by now
            self._take_down([slot for slot in self._registry.slots() if slot in slots])

    def _take_down(self, slots: Sequence[Slot]) -> None:
        def gone() -> bool:
            for slot in slots:
                cgroups.kill(slot.cgroup)
            return not any(supervisor_lives(slot) or cgroups.members(slot.cgroup) for slot in slots)

        if not wait_until(gone, DOWN_WITHIN):
            raise PracticeError(
                f"Could not end {', '.join(slot.name for slot in slots)}.",
                hint="Try again in a moment.",
            )
        for slot in slots:
            remove_link(slot.link)
            cgroups.remove(slot.cgroup)
            self._registry.release(slot)
        if not self._registry.slots():
            kernel_limits.restore()


def _as_machine(slot: Slot) -> PracticeMachine:
    return PracticeMachine(
        name=slot.name,
        platform="linux",
        address=slot.address,
        port=slot.port,
        user=slot.user,
        key_file=slot.key_file,
        host_key=slot.host_key,
        state=machine_state(slot),
        isolated=slot.isolated,
    )
