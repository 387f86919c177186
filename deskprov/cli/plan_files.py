"""Plan files on the way between the command line and the disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deskprov.cli.context import Session
from deskprov.errors import WrongUsage

if TYPE_CHECKING:
    from deskprov.api.running import Request

ENDING = ".plan.json"
"""How the name of a plan file ends; so it is told from a target."""


def plan_file_of(targets: Sequence[str] | None) -> str:
    """The first of the targets that is a plan file, told by its ending, which no machine's name has; else empty."""
    return next((target for target in targets or () if target.endswith(ENDING)), "")


def check_name(output: Path | None) -> None:
    """Raises `WrongUsage` for a file that `apply` would not know as a plan."""
    if output is not None and not output.name.endswith(ENDING):
        raise WrongUsage(f"The name of a plan file ends in {ENDING}.", hint=f"-o {output.with_suffix('')}{ENDING}")


def write_plan(now: Session, output: Path | None, text: str, missing: Sequence[str]) -> None:
    """Writes the text to the file, if both are there, and says which machines are missing in it, and what is next.

    Raises `WrongUsage`.
    """
    if output is None:
        return
    if not text:
        now.err.print("No machine could be looked at, so no plan was written.")
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise WrongUsage(f"{output} cannot be written: {error.strerror}.") from error
    without = f", without {', '.join(missing)}" if missing else ""
    now.err.print(f"Written to {output}{without}. Next: deskprov apply {output}", markup=False)


def read_plan(now: Session, file: str) -> "Request":
    """What the plan file asks for. Raises `WrongUsage` when it cannot be read, and what `request_of` raises."""
    from deskprov.api.plan_files import request_of
    from deskprov.model.plan_file import MOST_BYTES

    try:
        with Path(file).open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        hint = f"deskprov plan HOST -o {file} writes one."
        raise WrongUsage(f"{file} cannot be read: {error.strerror}.", hint=hint) from error
    return request_of(now.site, data, file)
