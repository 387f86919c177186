"""A question to a machine: constant code of this package, and its argument as data."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

JsonKey = str | int | bool | None | tuple["JsonKey", ...]


@dataclass(frozen=True, slots=True)
class ProbeScript:
    """The text of a probe file beside a type. It defines `look(argument)`, which returns plain JSON data."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Probe:
    """One question. Equal probes are asked once; `argument` becomes JSON (tuples become lists)."""

    script: ProbeScript
    argument: JsonKey = None


@cache
def script_beside(package: str, file: str) -> ProbeScript:
    """The probe file `file` of the package `package`, read once. Raises FileNotFoundError when it is not there."""
    return ProbeScript(f"{package}/{file}", resources.files(package).joinpath(file).read_text("utf-8"))
