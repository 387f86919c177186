"""Software on Windows by winget: its package installed for everyone, by a task that runs once as SYSTEM.

What is there is looked for by the uninstall keys, as for installers; winget itself is never asked for that.
"""

from collections.abc import Sequence

from deskprov.formats.own_script import script_task
from deskprov.formats.versions import is_at_least, same_version
from deskprov.model.plan import Action, Change, Obstacle
from deskprov.model.task import Task
from deskprov.resources.software import Options
from deskprov.resources.software.ways import product, winget_id

_INSTALLING = 60.0


def going_back(options: Options, versions: Sequence[str]) -> list[Obstacle]:
    """That one of the versions that are there is newer than the one that is stated: winget leaves it there."""
    wanted = options.version
    newer = [each for each in versions if wanted and is_at_least(each, wanted) and not same_version(each, wanted)]
    words = f"winget does not go back to {wanted}: take it out first (state: absent), then set up again"
    return [Obstacle(words)] if newer else []


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
