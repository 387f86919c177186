"""Printers on Windows: the cmdlets of its print management, to look and, in a script of ours, to change.

All of it is for the whole computer, in the network log-on that deskprov has.
"""

from collections.abc import Sequence

from deskprov.formats.own_script import script_task
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change, Obstacle
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.printers import IPP, Options

_LOOK = Probe(script_beside(__package__, "probe_windows.ps1"))
_LOOK_FOR_DRIVER = script_beside(__package__, "probe_driver_windows.ps1")
_SECONDS = 8.0


def probes(options: Options) -> Sequence[Probe]:
    """The one question about all printers, and one about a driver that does not come with Windows."""
    if options.state == "absent" or options.driver.casefold() == IPP.casefold():
        return [_LOOK]
    return [_LOOK, Probe(_LOOK_FOR_DRIVER, options.driver)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`address`, `port` and `driver`; of one at a port that is none of TCP, the name of that port and 0."""
    match answers:
        case [list(printers), *_]:
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


def obstacles(options: Options, answers: Sequence[Answer]) -> Sequence[Obstacle]:
    """Protected print mode, which takes no driver but that of Windows; a driver that is not there."""
    match answers:
        case [_, {"protected": True}]:
            mode = "Windows protected print mode takes no driver"
            return [Obstacle(f"{mode} but the one of Windows, and printers.yml states {options.driver}")]
        case [_, {"there": False}]:
            return [Obstacle(f"there is no printer driver {options.driver}", unless=("software",))]
        case _:
            return []


def tasks(change: Change) -> Sequence[Task]:
    """One script, with the whole of what is wanted."""
    options: Options = change.resource.options
    if change.resource.absent:
        given = {"Name": options.name}
        return [script_task("Remove the printer", __package__, "change_removal_windows.ps1", given, seconds=_SECONDS)]
    whole = {"Name": options.name, "Address": options.address, "Port": options.port, "Driver": options.driver}
    return [script_task("Set up the printer", __package__, "change_windows.ps1", whole, seconds=_SECONDS)]
