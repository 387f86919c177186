"""What Ansible modules say about their own options, so that a task can be checked before anything runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field


class Option(Struct, frozen=True):
    """One documented option. `type` and `elements` are Ansible's words; no `choices` means any value of the type."""

    type: str = "str"
    required: bool = False
    choices: tuple[Any, ...] = ()
    aliases: tuple[str, ...] = ()
    elements: str = ""
    options: Mapping[str, "Option"] = field(default_factory=dict)


class Rules(Struct, frozen=True):
    """Which options of a module exclude or need each other, in the words of Ansible's argument spec.

    `required_if` has an option, a value, what is then needed, and true where one of that will do; `required_by` an
    option and what it needs.
    """

    mutually_exclusive: Sequence[Sequence[str]] = ()
    required_one_of: Sequence[Sequence[str]] = ()
    required_together: Sequence[Sequence[str]] = ()
    required_if: Sequence[Sequence[Any]] = ()
    required_by: Mapping[str, Sequence[str]] = field(default_factory=dict)


class ModuleOptions(Struct, frozen=True):
    """The options of one module; `takes_any`: it also takes what is not documented, as set_fact does."""

    options: Mapping[str, Option]
    takes_any: bool = False
    rules: Rules = field(default_factory=Rules)


class OptionTable(Struct, frozen=True):
    """The modules of one release of ansible-core (`2.19`) and of the collections that came with it, by full name."""

    release: str
    modules: Mapping[str, ModuleOptions]
