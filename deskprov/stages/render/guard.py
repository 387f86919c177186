"""The first task of a run: is it still the machine that was looked at, right before anything is changed?

Between the look and the first change a person reads the plan, and Ansible makes a connection of its own.
"""

from typing import Any

from deskprov.formats.playbook_yaml import Expression
from deskprov.formats.powershell import command_line
from deskprov.model.facts import Facts
from deskprov.model.platform import Platform
from deskprov.model.probe import script_beside

GUARD = "Is it still the machine that was looked at"
"""The name of the task. When it fails, nothing has been changed."""

_ASK = {
    Platform.LINUX: "cat /etc/machine-id /sys/class/dmi/id/product_uuid /sys/class/dmi/id/product_serial 2>/dev/null",
    Platform.WINDOWS: command_line(script_beside(__package__, "guard_windows.ps1").text.strip()),
}
"""A command line, whatever shell there is, and no module: it costs a twentieth of one, and a module needs room on the
machine's disk.
"""

_UNKNOWN = "deskprov_looked_at | difference((result.stdout | lower).splitlines() | map('trim') | list)"


def guard(platform: Platform, facts: Facts) -> list[dict[str, Any]]:
    """The task; none when the look gave nothing to know the machine by, or its platform is not asked yet."""
    given = (facts.machine_id, facts.uuid, facts.serial)
    # the facts have had their white space mended, so that a serial number with some could not be found again
    expected = [text.lower() for text in given if text and " " not in text]
    if not expected or platform not in _ASK:
        return []
    task = {
        "name": GUARD,
        "ansible.builtin.raw": _ASK[platform],
        "vars": {"deskprov_looked_at": expected},
        "register": "result",
        "changed_when": False,
        "failed_when": Expression(f"{_UNKNOWN} | length > 0"),
    }
    return [task]
