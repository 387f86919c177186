"""Settings of Windows as items of one script of ours, which makes many in one run of ansible.windows.win_powershell."""

from typing import Any

from deskprov.formats.own_script import WIN_POWERSHELL
from deskprov.model.packing import Item, Packer
from deskprov.model.probe import script_beside

FILE = "change_windows.ps1"

_PACKER = Packer("Set values", WIN_POWERSHELL, script_beside(__package__, FILE).text)


def item(kind: str, **options: Any) -> Item:
    """An item of that kind. Its options are called as those of the module that would do the same by itself."""
    return Item(_PACKER, {"kind": kind, **options})
