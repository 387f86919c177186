"""Plans the faults of a practice PC, in the form in which it reads them."""

import json
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import asdict

from deskprov.practice.windows.faults import Fault

FOR_EVER = 10.0**9
"""Seconds."""


def plan_faults(file: Path, faults: Sequence[Fault]) -> None:
    """From now on these are the faults of the PC with this file, and no others."""
    new = file.with_suffix(".new")
    new.write_text(json.dumps([asdict(fault) for fault in faults]))
    new.replace(file)
