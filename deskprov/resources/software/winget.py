"""Software on Windows by winget: its package installed for everyone, by a task that runs once as SYSTEM.

What is there is looked for by the uninstall keys, as for installers; winget itself is never asked for that.
"""

from deskprov.formats.own_script import script_task
from deskprov.model.plan import Action, Change
from deskprov.model.task import Task
from deskprov.resources.software import Options
from deskprov.resources.software.ways import product, winget_id

_INSTALLING = 60.0


def winget_task(options: Options, change: Change) -> Task:
    """What installs the package, or brings what is there to the version that is stated, else to the newest."""
    given = {
        "Id": winget_id(options),
        "Product": product(options),
        "Version": options.version,
        "Replace": change.action is Action.UPDATE,
    }
    return script_task(
        "Install the package of winget", __package__, "change_winget_windows.ps1", given, seconds=_INSTALLING
    )
