"""Changes as an Ansible playbook: what one run does on one machine, or a whole profile for anyone to run.

Nothing of a profile becomes a template, a condition or, unless it is harmless, a name; what is ours and constant does,
as an `Expression`. Every task is checked against the documented options of its module first.
"""

from deskprov.stages.render.entries import WrongTask, checked, entries
from deskprov.stages.render.fetching import fetched
from deskprov.stages.render.guard import GUARD
from deskprov.stages.render.packing import packed
from deskprov.stages.render.playbook import Playbook
from deskprov.stages.render.run import run_playbook
from deskprov.stages.render.stand_alone import Origin, stand_alone_playbook

__all__ = [
    "GUARD",
    "Origin",
    "Playbook",
    "WrongTask",
    "checked",
    "entries",
    "fetched",
    "packed",
    "run_playbook",
    "stand_alone_playbook",
]
