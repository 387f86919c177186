"""What a resource type may bring for practice PCs: how the modules, probes and scripts that it uses work on plain data.

The state of a practice PC is one table of tables of plain data. A type's models stand in `practice_windows.py` beside
it, as `MODELS`; what a practice PC has no model of, it refuses.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

State = dict[str, Any]

ModuleModel = Callable[[State, Mapping[str, Any]], Mapping[str, Any]]
"""From the state, which it changes, and the arguments by their documented names to the module's result."""

ProbeModel = Callable[[State, Any], Any]
"""From the state and the probe's argument to its answer, as `look` would return it."""

ScriptModel = Callable[[State, Mapping[str, Any]], Mapping[str, Any]]
"""From the state, which it changes, and the parameters to `{"changed": bool, "output": list, "result": dict}`, of
which the last two may be missing and `result` is what it gives `$Ansible.Result`. What is sensitive arrives among the
parameters as its text; for a credential as `{"username": text, "password": text}`."""


Start = Callable[[State], None]
"""What becomes of the state when the PC starts again."""


class ModuleFailed(Exception):
    """The module or script ends with this message."""


class Unanswered(Exception):
    """The probe ends with this message."""


class PracticeModels(Struct, frozen=True):
    """The models of one type.

    `modules` are by full name (`ansible.windows.win_service`); `probes` and `scripts` by the name of the file beside
    the type, or, of one that several types share, by package and file (`deskprov.formats.x/probe_windows.ps1`).
    `acts` are probes that change something, such as to reboot; what the others do to the state is forgotten. `starts`
    are called at each start. `fresh` are the tables that a PC has after installation, by name.
    """

    modules: Mapping[str, ModuleModel] = field(default_factory=dict)
    probes: Mapping[str, ProbeModel] = field(default_factory=dict)
    acts: Mapping[str, ProbeModel] = field(default_factory=dict)
    scripts: Mapping[str, ScriptModel] = field(default_factory=dict)
    starts: Sequence[Start] = ()
    fresh: Mapping[str, Any] = field(default_factory=dict)
