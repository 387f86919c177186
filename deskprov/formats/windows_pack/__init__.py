"""Settings of Windows as items of one script of ours, which makes many in one run of ansible.windows.win_powershell."""

from typing import Any

from msgspec.structs import replace

from deskprov.formats.own_script import WIN_POWERSHELL
from deskprov.model.packing import Item, Packer
from deskprov.model.probe import script_beside
from deskprov.model.task import Task

FILE = "change_windows.ps1"

_PACKER = Packer("Set values", WIN_POWERSHELL, script_beside(__package__, FILE).text)


def packable(kind: str, task: Task) -> Task:
    """The task of a script of ours that may also be made as an item, whose options are the script's parameters."""
    return replace(task, item=item(kind, **task.arguments["parameters"]))


def item(kind: str, **options: Any) -> Item:
    """An item of that kind. Its options are called as those of the module that would do the same by itself."""
    return Item(_PACKER, {"kind": kind, **options})
