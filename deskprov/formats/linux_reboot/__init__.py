"""What a Debian or Ubuntu machine wants a reboot for: asked by all who care.

Packages say so in two files: /usr/share/update-notifier/notify-reboot-required of Ubuntu's update-notifier, and
reboot-notifier and unattended-upgrades on Debian.
"""

from collections.abc import Sequence

from deskprov.formats.endpoint_text import one_line
from deskprov.model.facts import Answer
from deskprov.model.probe import Probe, script_beside

LONGEST = 80
MOST = 20

WANTED = Probe(script_beside(__package__, "probe_linux.py"))
"""Asks what it wants a reboot for."""


def wanted(answer: Answer) -> Sequence[str]:
    """Names of packages, or `the system`; none when it wants none, or its answer to `WANTED` is of another form."""
    found = answer[:MOST] if isinstance(answer, list) else []
    return tuple(one_line(name, LONGEST) for name in found if isinstance(name, str))
