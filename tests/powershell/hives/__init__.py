"""A PC with the registries of several people, for scripts that look at them and change them.

Profiles are real folders, and what locks a file is a real lock of another process's kind; `hives.ps1` stands in for
reg.exe and for keys of .NET, of which it counts those left open. So what is proved is the scripts' own logic: what they
load, that they give back what they opened, and whom they leave alone; not that Windows answers so.
"""

import fcntl
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deskprov.model.facts import Answer
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.stages.probe import compile_program, parse_answers
from tests.powershell import FULL, HERE, NONCE, key, run, with_stubs
from tests.powershell.change import Changed, change

STAND_INS = [HERE / "keys.ps1", HERE / "hives" / "hives.ps1"]
AUTHORITY = "S-1-5-21-1004336348-1177238915-682003330"
"""Of the example of a SID, learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers."""

Values = Mapping[str, tuple[str, Any]]


def sid(number: int) -> str:
    """Of an account of this PC."""
    return f"{AUTHORITY}-{number}"


def hive(values: Values) -> dict[str, Any]:
    """A person's registry with these values below Software\\Example."""
    return key(Software=key(Example=key(values=dict(values))))


@dataclass
class Pc:
    """One PC, in a folder of its own. `hives` is what the stand-ins read; `users` is what is loaded."""

    folder: Path
    hives: dict[str, Any] = field(
        default_factory=lambda: {
            **{"running": {}, "stays": 0, "arrives": None, "leaves": "", "slow": 0, "second": 0, "denied": ""}
        }
    )
    users: dict[str, Any] = field(default_factory=dict)
    profiles: dict[str, Any] = field(default_factory=dict)

    def person(self, name: str, sid: str, values: Values, *, logged_on: bool = False, state: int = 0) -> None:
        """Somebody with a profile. Of who is logged on the registry is loaded, and the file is not read."""
        folder = self.folder / "Users" / name
        folder.mkdir(parents=True)
        self.profiles[sid] = key(values={"ProfileImagePath": ("ExpandString", str(folder)), "State": ("DWord", state)})
        if logged_on:
            self.users[sid] = hive(values)
        (folder / "NTUSER.DAT").write_text(json.dumps(hive({} if logged_on else values)), "utf-8")

    def default_user(self, values: Values) -> None:
        """What who logs on for the first time gets."""
        folder = self.folder / "Users" / "Default"
        folder.mkdir(parents=True)
        (folder / "NTUSER.DAT").write_text(json.dumps(hive(values)), "utf-8")

    def registry(self) -> dict[str, Any]:
        """That of the engine."""
        default = {"Default": ("ExpandString", str(self.folder / "Users" / "Default"))}
        listed = key(values=default, **self.profiles)
        current = key(Microsoft=key(**{"Windows NT": key(CurrentVersion=key(ProfileList=listed))}))
        return {"HKEY_LOCAL_MACHINE": key(SOFTWARE=current), "HKEY_USERS": {"values": {}, "keys": self.users}}

    def look(self, probes: Sequence[Probe]) -> list[Answer]:
        """The answers to all of them, asked in one go."""
        program = compile_program(probes, NONCE).decode("ascii")
        whole = with_stubs(f"{self._stand_ins()}\n{program}", {})
        said = run(self.folder, whole, mode=FULL, registry=self.registry())
        self._take_over()
        return parse_answers(said, probes, NONCE)

    def change(self, task: Task, *, check: bool = False) -> Changed:
        """What the task's script does."""
        done = change(self.folder, task, stubs=self._stand_ins(), registry=self.registry(), check=check)
        self._take_over()
        return done

    def has(self, name: str) -> Mapping[str, Any]:
        """The values below Software\\Example of somebody who is not logged on, as (kind, data)."""
        return _values(json.loads((self.folder / "Users" / name / "NTUSER.DAT").read_text("utf-8-sig")))

    def has_loaded(self, sid: str) -> Mapping[str, Any]:
        """The same of somebody who is."""
        return _values(self.users[sid])

    def told(self) -> list[str]:
        """What reg.exe was told to do since this was last asked, with SID and numbers as they are."""
        log = self.folder / "hives.log"
        lines = log.read_text("utf-8-sig").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    def temporary(self) -> list[str]:
        """What lies in the folder for temporary files."""
        return sorted(path.name for path in (self.folder / "Temp").iterdir())

    @contextmanager
    def in_use(self, name: str) -> Iterator[None]:
        """Somebody else has that person's registry open."""
        with (self.folder / "Users" / name / "NTUSER.DAT").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _stand_ins(self) -> str:
        given = json.dumps(self.hives).replace("'", "\\u0027")
        stand_ins = "\n".join(file.read_text("ascii") for file in STAND_INS)
        return f"$Hives = ConvertFrom-Json -InputObject '{given}'\n{stand_ins}"

    def _take_over(self) -> None:
        after = json.loads((self.folder / "registry.json").read_text("utf-8-sig"))
        self.users = after["HKEY_USERS"].get("keys", {})


def _values(hive: Mapping[str, Any]) -> Mapping[str, Any]:
    example = hive.get("keys", {}).get("Software", {}).get("keys", {}).get("Example", {})
    return {name: (each["kind"], each["data"]) for name, each in example.get("values", {}).items()}
