"""What a practice PC is at the moment: its name, registry, accounts, services and files, kept in one file.

Sections of the state, all of plain data: `name` and `pending_name`, `machine` (who it is, and `boot`, in seconds since
1970; `going_down` and `busy`: answers/lives.py), `registry`, `users`, `groups`, `files`, and those that types bring.
The functions in `modules/`, and those in the `practice_windows.py` of types, say what stands in each. Keys of tables
are folded to lower case, because Windows ignores it; the spelling is in the entry.
"""

import copy
import json
import threading
import uuid
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import TypeVar

from deskprov.model.practice_models import State
from deskprov.practice.windows.models import MODELS

Answer = TypeVar("Answer")

FRESH = resources.files("deskprov.practice.windows") / "fresh.json"
"""A PC after a fresh installation, as far as there are models."""


class Computer:
    """The state of one PC and the file it is kept in; one change at a time, each on the disk when it is answered.

    What somebody writes into the file from outside is the state from then on: a battery that is low, a disk that is
    full, a clock that is wrong (`machine`: `batteries`, `free`, `clock_off`).
    """

    def __init__(
        self,
        file: Path,
        goes_down: Callable[[], None] = lambda: None,
        heed: Callable[["Computer", State], None] = lambda computer, state: None,
    ) -> None:
        """`goes_down` is called when it was told to start again, `heed` with the state after each change."""
        self._file = file
        self._goes_down = goes_down
        self._heed = heed
        self._lock = threading.RLock()
        self._state: State = {}
        self._read_as: tuple[int, int] | None = None

    def look(self, question: Callable[[State], Answer]) -> Answer:
        """What `question` finds in a copy of the state; whatever it does to that is forgotten."""
        with self._lock:
            self._refresh()
            return question(copy.deepcopy(self._state))

    def change(self, action: Callable[[State], Answer]) -> Answer:
        """What `action` answers; the state is what it made of it, or as before when it raises."""
        with self._lock:
            self._refresh()
            state = copy.deepcopy(self._state)
            answer = action(state)
            if state != self._state:
                write_state(self._file, state)
                self._state = state
                self._read_as = _stamp(self._file)
            self._heed(self, state)
            if state["machine"]["going_down"]:
                self._goes_down()
            return answer

    def _refresh(self) -> None:
        stamp = _stamp(self._file)
        if stamp != self._read_as:
            self._state, self._read_as = json.loads(self._file.read_text("utf-8")), stamp


def _stamp(file: Path) -> tuple[int, int]:
    about = file.stat()
    return about.st_ino, about.st_mtime_ns


def write_state(file: Path, state: State) -> None:
    """Puts the state in place of what is in the file, whole or not at all, for nobody else to read."""
    new = file.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(state, indent=1), "utf-8")
    new.replace(file)


def fresh_state(name: str, boot: int, hardware: str = "", otherwise: str = "{}") -> State:
    """The state of a PC after installation, with an identity of its own. `boot` is in seconds since 1970.

    Equal `hardware` is the same computer, installed again: it has the same serial number. `otherwise` is JSON,
    by table, of what is not as after an ordinary one: rows in place of others, null for one that is not there.
    """
    computer = uuid.uuid5(uuid.NAMESPACE_URL, hardware) if hardware else uuid.uuid4()
    authority = "-".join(str(uuid.uuid4().int % 2**32) for _ in range(3))
    own = {
        "{name}": name,
        "{uuid}": str(computer).upper(),
        "{serial}": f"PRACTICE-{computer.hex[:8].upper()}",
        "{guid}": str(uuid.uuid4()),
        "{sid}": f"S-1-5-21-{authority}",
    }
    state: State = {**json.loads(_marked(FRESH.read_text("utf-8"), own)), **copy.deepcopy(MODELS.fresh)}
    for table, rows in json.loads(_marked(otherwise, own)).items():
        together = {**state[table], **rows}
        state[table] = {key: row for key, row in together.items() if row is not None}
    state["machine"]["boot"] = boot
    return state


def _marked(text: str, own: Mapping[str, str]) -> str:
    for mark, value in own.items():
        text = text.replace(mark, value)
    return text
