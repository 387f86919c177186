"""Printers on Windows: the cmdlets of its print management, to look and, in a script of ours, to change.

All of it is for the whole computer, in the network log-on that deskprov has.
"""

from collections.abc import Sequence

from deskprov.formats.own_script import script_task
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.printers import Options

_LOOK = Probe(script_beside(__package__, "probe_windows.ps1"))
_SECONDS = 8.0


def probes(options: Options) -> Sequence[Probe]:
    """The one question about all printers."""
    return [_LOOK]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`address`, `port` and `driver`; of one at a port that is none of TCP, the name of that port and 0."""
    match answers:
        case [list(printers)]:
            for printer in printers:
                match printer:
                    case [str(name), str(driver), str(address), int(port)] if not isinstance(port, bool):
                        if name.casefold() == options.name.casefold():
                            return {"address": address, "port": port, "driver": driver}
                    case _:
                        return Sight.NOT_REPORTED
            return Sight.ABSENT
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One script, with the whole of what is wanted."""
    options: Options = change.resource.options
    if change.resource.absent:
        given = {"Name": options.name}
        return [script_task("Remove the printer", __package__, "change_removal_windows.ps1", given, seconds=_SECONDS)]
    whole = {"Name": options.name, "Address": options.address, "Port": options.port, "Driver": options.driver}
    return [script_task("Set up the printer", __package__, "change_windows.ps1", whole, seconds=_SECONDS)]
