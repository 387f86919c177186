"""The families of verbs, in the order of `deskprov --help`; each is loaded when it is asked for.

To load them all takes a tenth of the time of a whole look at one machine.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module

import typer

from deskprov.cli.app import command_tree

FAMILIES: Mapping[str, Sequence[str]] = {
    "site": ("init", "validate", "config"),
    "doctor": ("doctor",),
    "profiles": ("profile", "explain"),
    "software": ("software",),
    "machines": ("setup", "plan", "apply", "verify"),
    "rendering": ("render",),
    "hosts": ("host",),
    "bootstrap": ("bootstrap",),
    "enroll": ("enroll",),
    "assets": ("asset",),
    "runs": ("run",),
    "database": ("db",),
    "secrets": ("secret",),
    "practice": ("practice",),
}
"""By the module of a family, its verbs."""

_OF_VERB = {verb: family for family, verbs in FAMILIES.items() for verb in verbs}
_DIRECTORY = ("-C", "--directory")


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The commands of the family whose verb these arguments begin with; all commands when they begin otherwise."""
    begins = arguments[2:] if arguments[:1] and arguments[0] in _DIRECTORY else arguments
    family = _OF_VERB.get(begins[0]) if begins else None
    return with_families([family] if family else list(FAMILIES))


def with_families(names: Sequence[str]) -> typer.Typer:
    """The commands of these families."""
    app = command_tree()
    for name in names:
        import_module(f"deskprov.cli.{name}").register(app)
    return app
