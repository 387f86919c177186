"""A file of the site that a Windows PC fetches from the file server of the run, by a script of ours (decision 36)."""

from deskprov.formats.own_script import script_task
from deskprov.model.profile import ShippedContent
from deskprov.model.task import ServedFile, Task


def fetch_task(phrase: str, offered: tuple[str, str], content: ShippedContent, path: str) -> Task:
    """Puts a file of the site at `path` if what comes is `content`; a failure if it is something else. `offered` is its
    path in the site, and a ticket for it.

    When it does not come at all, that is no failure: the result says why, under `result.slow`.
    """
    parameters = {
        "Path": path,
        "Sha256": content.sha256,
        "Size": content.size,
        "Url": ServedFile(*offered, "url"),
        "Pin": ServedFile(*offered, "pin"),
        "Trouble": ServedFile(*offered, "trouble"),
    }
    return script_task(phrase, __package__, "change_windows.ps1", parameters)
