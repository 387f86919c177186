"""Which task would push a large file of the site to a Windows PC, and how that file gets there instead, in words."""

from collections.abc import Mapping, Sequence

from deskprov.formats.sizes import size
from deskprov.model.profile import ShippedContent
from deskprov.model.serving import LARGE
from deskprov.model.task import ShippedFile, Task

_PUSH = "ansible.windows.win_copy"


def large_file(task: Task, shipped: Mapping[str, ShippedContent]) -> ShippedFile | None:
    """The large file that the task would push; None when it pushes none."""
    match task.arguments.get("src"):
        case ShippedFile(path) as file if task.module == _PUSH and shipped[path].size >= LARGE:
            return file
        case _:
            return None


def transfer(tasks: Sequence[Task], shipped: Mapping[str, ShippedContent]) -> str:
    """How a large file that these tasks bring gets to the machine, in words; empty when there is none."""
    large = [file for task in tasks if (file := large_file(task, shipped))]
    if not large:
        return ""
    amount = size(sum(shipped[file.path].size for file in large))
    return f"{amount}: the PC fetches it from deskprov; if it cannot, it comes slowly, through Ansible"
