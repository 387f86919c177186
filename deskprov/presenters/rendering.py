"""What to say after a playbook was written: where it is, what goes with it, and what to type next."""

import shlex
from collections.abc import Sequence

from deskprov.model.secret import SecretRef
from deskprov.presenters.safe_text import safe


def written(playbook: str, files: int, secrets: Sequence[SecretRef]) -> list[str]:
    """Lines about a playbook at this path with so many files beside it."""
    beside = {0: "", 1: ", and one file that it takes along"}.get(files, f", and {files} files that it takes along")
    lines = [f"Written: {safe(playbook)}{beside}."]
    if secrets:
        names = ", ".join(dict.fromkeys(secret.name for secret in secrets))
        lines.append(f"It asks for {names} as variables: see the comment at its top.")
    return [*lines, f"Next: ansible-playbook {_quoted(playbook)} --list-tasks"]


def not_written(files: int) -> list[str]:
    """What the text of a playbook alone leaves out."""
    what = "a file that is" if files == 1 else f"{files} files that are"
    return [f"It takes along {what} not shown here; -o DIR writes everything."] if files else []


def _quoted(path: str) -> str:
    return shlex.quote(safe(path))
