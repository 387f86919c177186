"""The arguments of a module, held to the same option tables as what deskprov renders, before a model sees them.

Many modules for Windows take no notice of an option that they do not know; a practice PC refuses it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.errors import DeskprovError
from deskprov.formats.module_options import check, option_table
from deskprov.model.module_options import OptionTable
from deskprov.practice.windows.manifest import Payload

UNCHECKED = frozenset({"ansible.windows.win_ping"})
"""Nothing that deskprov renders: to see whether a PC answers."""

ADDED = {"ansible.windows.win_copy": frozenset({"files", "directories", "symlinks"})}
"""What a module's part on the controller adds to what the task states; besides those that begin with `_`."""


def wrong_arguments(payload: Payload) -> Sequence[str]:
    """What is wrong with them, each a part of a sentence."""
    if payload.module in UNCHECKED:
        return ()
    try:
        table = _table(payload)
    except DeskprovError as error:
        return (error.message,)
    added = ADDED.get(payload.module, frozenset())
    stated = {
        name: value
        for name, value in payload.arguments.items()
        if value is not None and not name.startswith("_") and name not in added
    }
    return check(payload.module, stated, table)


def by_name(payload: Payload) -> Mapping[str, Any]:
    """The good arguments that have a value, each under its option's name, whichever alias the task has."""
    module = None if payload.module in UNCHECKED else _table(payload).modules[payload.module]
    options = module.options if module else {}
    names = {alias: name for name, option in options.items() for alias in option.aliases}
    return {names.get(name, name): value for name, value in payload.arguments.items() if value is not None}


def _table(payload: Payload) -> OptionTable:
    return option_table(str(payload.settings.get("version", "")))
