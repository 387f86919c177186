"""Changes as plain data, so that one run of a module makes many: a run costs a machine the same, whatever it does."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field


class Packer(Struct, frozen=True):
    """A module that makes many changes in one run; those of equal packers are made together.

    `phrase` is the fixed phrase of its task. The module takes `items` and perhaps `failed`, the numbers of what has
    failed before, and answers with `items`, one for each. With a `script` it is ansible.windows.win_powershell, whose
    script takes `Items` and `Failed` and gives `$Ansible.Result` the answers.
    """

    phrase: str
    module: str
    script: str = ""

    def arguments(self, **more: Any) -> Mapping[str, Any]:
        """The module's arguments that give it this."""
        if not self.script:
            return more
        return {"script": self.script, "parameters": {name.capitalize(): value for name, value in more.items()}}

    @property
    def answer(self) -> Sequence[str]:
        """Where in the module's result the answers stand, key by key."""
        return ("result", "items") if self.script else ("items",)


class Item(Struct, frozen=True):
    """The change that a task makes, as plain data in the form that its packer's module takes."""

    packer: Packer
    data: Mapping[str, Any] = field(default_factory=dict)
