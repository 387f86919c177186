"""A question to a machine: constant code of this package, and its argument as data."""

import re
from functools import cache
from importlib import resources

from msgspec import Struct

JsonKey = str | int | bool | None | tuple["JsonKey", ...]


class ProbeScript(Struct, frozen=True):
    """The text of a probe file beside a type. It defines `look(argument)`, which returns plain JSON data.

    `together`: it is asked once for all its probes, with a list of their arguments, and returns a list of as many
    answers. For what costs the machine much once, and little for each.
    """

    name: str
    text: str
    together: bool = False


class Probe(Struct, frozen=True):
    """One question. Equal probes are asked once; `argument` becomes JSON (tuples become lists)."""

    script: ProbeScript
    argument: JsonKey = None


_INCLUDED = re.compile(r"^#include (?P<package>[\w.]+)/(?P<file>\w+\.ps1)$", re.MULTILINE)


@cache
def script_beside(package: str, file: str) -> ProbeScript:
    """The script `file` of the package `package`, read once. Raises FileNotFoundError when it is not there.

    A line `#include package/other.ps1` stands for that file: functions that several scripts share.
    """
    text = resources.files(package).joinpath(file).read_text("utf-8")
    return ProbeScript(
        f"{package}/{file}",
        _INCLUDED.sub(lambda found: script_beside(found["package"], found["file"]).text, text),
    )
