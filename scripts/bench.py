"""How fast deskprov is beside ansible-playbook, on the same practice PCs in the same minutes: makes docs/benchmarks.md.

    scripts/bench.py [RUNS]

Both do the same to the same machines over WinRM (NTLM over HTTPS, pinned certificates): deskprov by its commands,
Ansible by the stand-alone playbook of native modules that `deskprov render` writes. A practice PC takes no time for
what Windows would do, so the figures are of the controller and the protocol; the rows with a modelled start of
PowerShell say so. The two take turns, so that whatever else the computer does meets both.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deskprov.practice.windows.folder import Folder
from deskprov.practice.windows.pace import set_pace

RUNS = 5
MACHINES = 10
MODELLED_SECONDS = 1.0
QUIET = 0.5
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
SERVICES = ("Fax", "Spooler", *(f"Example{number:02}" for number in range(6)))


@dataclass(frozen=True)
class Row:
    """One comparison: seconds of each run of deskprov and of Ansible, which took turns."""

    what: str
    wanted: float
    ours: Sequence[float]
    theirs: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        """How many times faster, run by run."""
        return [theirs / ours for ours, theirs in zip(self.ours, self.theirs, strict=True)]


@dataclass(frozen=True)
class ModuleRuns:
    """How many modules ran for the same changes."""

    changes: int
    ours: int
    theirs: int
    seconds: tuple[float, float]


class Desk:
    """A site with practice PCs, and the same machines for Ansible."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "profiles").mkdir()
        (root / "inventory_hosts").mkdir()
        (root / "deskprov.yml").write_text("format: 1\nname: Benchmark\n")
        (root / "inventory_hosts" / "hosts.yml").write_text("all: {hosts: {}}\n")
        # as installed: bytecode is kept, nothing is measured or traced
        kept_out = ("PYTHONDONTWRITEBYTECODE", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
        self._environment = {name: value for name, value in os.environ.items() if name not in kept_out}

    def profile(self, name: str, *, values: int, variables: int, services: int) -> None:
        """A profile of that many resources, none of which is there on a new PC."""
        resources: Mapping[str, Sequence[Mapping[str, Any]]] = {
            "registry": [{"value": f"HKLM\\SOFTWARE\\Example\\{name}\\Value{n:02}", "data": n} for n in range(values)],
            "environment": [{"name": f"EXAMPLE_{n:02}_{name.upper()}", "value": str(n)} for n in range(variables)],
            "services": [
                {"name": service, "startup": "disabled", **({} if n < 2 else {"path": "C:\\example.exe"})}
                for n, service in enumerate(SERVICES[:services])
            ],
        }
        body = "".join(f"{kind}: {json.dumps(entries)}\n" for kind, entries in resources.items() if entries)
        (self.root / "profiles" / f"{name}.yml").write_text(f"profile: {name}\nplatform: windows\n{body}")

    def deskprov(self, *arguments: str) -> float:
        """Seconds that the command takes as a whole process; it must end well."""
        return self._timed([sys.executable, "-m", "deskprov", "-C", str(self.root), *arguments])

    def ansible(self, profile: str, machines: int) -> float:
        """Seconds that ansible-playbook takes with the stand-alone playbook of the profile."""
        inventory = {"all": {"hosts": {folder.name: self._reach(folder) for folder in self.folders[:machines]}}}
        (self.root / "ansible.json").write_text(json.dumps(inventory))
        command = [str(Path(sys.executable).with_name("ansible-playbook")), f"rendered/{profile}.yml"]
        options = ["--inventory", "ansible.json", "--forks", str(MACHINES), "--extra-vars", "deskprov_target=all"]
        return self._timed([*command, *options])

    @property
    def folders(self) -> list[Folder]:
        """Of the PCs, in order."""
        found = (self.root / ".deskprov" / "practice" / "windows").glob("practice-pc-*")
        return [Folder(path) for path in sorted(found, key=lambda path: int(path.name.rpartition("-")[2]))]

    def modules(self, folder: Folder) -> int:
        """How many modules have run on a PC."""
        return sum(json.loads(line)["what"] == "module" for line in folder.journal.read_text().splitlines())

    @contextmanager
    def machines(self, profile: str, count: int) -> Iterator[None]:
        """New PCs with this profile."""
        self.deskprov("practice", "start", "windows", "--profile", profile, "--count", str(count))
        try:
            yield
        finally:
            self.deskprov("practice", "stop")

    def _reach(self, folder: Folder) -> Mapping[str, Any]:
        return {
            "ansible_connection": "winrm",
            "ansible_host": folder.address,
            "ansible_port": folder.port,
            "ansible_user": "deskprov",
            "ansible_password": (folder.path.parent / "password").read_text().strip(),
            "ansible_winrm_transport": "ntlm",
            "ansible_winrm_ca_trust_path": str(folder.certificate),
            "ansible_become": False,
        }

    def _timed(self, command: Sequence[str]) -> float:
        begun = time.perf_counter()
        done = subprocess.run(
            command, cwd=self.root, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return time.perf_counter() - begun


def main(runs: int) -> None:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="deskprov-bench-") as folder:
        desk = Desk(Path(folder))
        desk.profile("lab", values=22, variables=10, services=8)
        desk.profile("first", values=40, variables=12, services=8)
        for name in ("lab", "first"):
            desk.deskprov("render", name, "-o", "rendered")
        rows = nothing_to_do(desk, runs)
        made = first_time(desk)
    PAGE.write_text(page(rows, made, runs, load), "utf-8")
    print(f"wrote {PAGE}")


def nothing_to_do(desk: Desk, runs: int) -> list[Row]:
    """Machines are as wanted, and both find that out."""
    with desk.machines("lab", MACHINES):
        desk.deskprov("setup", "@practice", "--yes")
        one, everyone = (["verify", "practice-pc-1"], 1), (["verify", "@practice"], MACHINES)
        rows = [
            row(desk, "1 machine", 6, *one, runs),
            row(desk, f"{MACHINES} machines", 20, *everyone, runs),
        ]
        for folder in desk.folders:
            set_pace(folder.pace, MODELLED_SECONDS)
        rows.append(row(desk, f"1 machine, PowerShell modelled to start in {MODELLED_SECONDS} s", 20, *one, runs))
    return rows


def row(desk: Desk, what: str, wanted: float, verify: Sequence[str], machines: int, runs: int) -> Row:
    """Both in turn; the first of each is not counted."""
    desk.deskprov(*verify)
    desk.ansible("lab", machines)
    pairs = [(desk.deskprov(*verify), desk.ansible("lab", machines)) for _ in range(runs)]
    found = Row(what, wanted, [ours for ours, _ in pairs], [theirs for _, theirs in pairs])
    print(f"{what}: {statistics.median(found.ratios):.1f} times faster", flush=True)
    return found


def first_time(desk: Desk) -> ModuleRuns:
    """The same changes to two new machines, once by each."""
    with desk.machines("first", 2):
        mine, theirs = desk.folders
        ours = desk.deskprov("setup", theirs.name, "--yes")
        native = desk.ansible("first", 1)
        return ModuleRuns(60, desk.modules(theirs), desk.modules(mine), (ours, native))


def page(rows: Sequence[Row], made: ModuleRuns, runs: int, load: float) -> str:
    """The page; `load` is how many processes wanted to run before it began."""
    table = "\n".join(
        f"| {row.what} | {_spread(row.ours)} | {_spread(row.theirs)} | **{statistics.median(row.ratios):.1f}** "
        f"({min(row.ratios):.1f}-{max(row.ratios):.1f}) | {row.wanted:.0f} |"
        for row in rows
    )
    processor = next(
        (line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")), platform.machine()
    )
    return f"""# How fast

Written by `make bench`, which you can run anywhere: it needs no root and no Windows. Take ratios from it, no seconds.

**No Windows was timed.** The machines are practice PCs on this computer's loopback: they speak real WinRM (NTLM over
HTTPS) to real Ansible and run no PowerShell, so Windows takes no time here. What is compared is what the two make the
controller, the network and PowerShell do. On a real PC each start of PowerShell takes about a second or more; the last
row of the first table models that by a pause of {MODELLED_SECONDS} s, and nothing else.

deskprov is run as a whole process, as a person does, with its record on disk. Ansible runs the playbook that
`deskprov render` writes of the same profile: native modules, no facts gathered, {MACHINES} forks, the same certificates
pinned. Each did {runs} runs in turn after one that was not counted; a ratio is of two runs that followed each other.

Measured with {os.cpu_count()} processors ({processor}), which ran the practice PCs, too, Python
{platform.python_version()} and ansible-core {_core()}. {_busy(load)}

## Nothing to do

A profile of 40 resources (22 registry values, 10 environment variables, 8 services) on machines that are as it says:
`deskprov verify` beside another run of the playbook. Seconds are median (least-most).

| on | deskprov, s | ansible-playbook, s | times faster | wanted |
|---|---|---|---|---|
{table}

deskprov asks all 40 things in one round trip: one log-on, one start of PowerShell. Ansible runs a module for each.
{_missed(rows)}
## The first time

{made.changes} changes on a new machine: 40 registry values, 12 environment variables, 8 services.

| | deskprov | ansible-playbook |
|---|---|---|
| runs of a module on the machine | **{made.ours}** | {made.theirs} |
| seconds, once each; for deskprov with two looks and the record | {made.seconds[0]:.1f} | {made.seconds[1]:.1f} |

deskprov packs neighbouring values and variables into one run ([why](adr/0026-many-small-changes-in-one-run.md));
services have a module each. Wanted was at most a quarter of Ansible's runs. Without a clock,
`tests/end_to_end/test_packing_windows.py` holds to that, and to the one round trip.
"""


def _missed(rows: Sequence[Row]) -> str:
    missed = [row.what for row in rows if statistics.median(row.ratios) < row.wanted]
    return f"\n**Not reached in this run:** {'; '.join(missed)}.\n" if missed else ""


def _busy(load: float) -> str:
    per_processor = load / (os.cpu_count() or 1)
    if per_processor < QUIET:
        return "The computer did little else."
    return (
        f"The computer was busy with other work when it began ({load:.1f} processes wanted to run), which costs both."
    )


def _spread(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f}-{max(seconds):.2f})"


def _cpuinfo() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text().splitlines() if file.exists() else []


def _core() -> str:
    from deskprov.adapters.ansible.installation import ansible_version

    return ansible_version()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
