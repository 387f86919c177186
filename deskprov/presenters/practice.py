"""Practice machines as a table and as JSON."""

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from deskprov.model.platform import Platform
from deskprov.model.ports.practice import PracticeMachine
from deskprov.presenters.safe_text import safe


def machines_view(machines: Sequence[PracticeMachine]) -> RenderableType:
    """A table, or a sentence when there are none."""
    if not machines:
        return Text("No practice machine is running. Start one: deskprov practice start linux")
    table = Table(
        "Name", "Platform", "Address", "Port", "State", "Network", box=None, pad_edge=False, padding=(0, 3, 0, 0)
    )
    for machine in machines:
        table.add_row(
            machine.name, machine.platform, machine.address, str(machine.port), machine.state, _network(machine)
        )
    return table


def machines_json(machines: Sequence[PracticeMachine]) -> dict[str, Any]:
    """Without the key file's content, of course; its path is no secret."""
    fields = ("name", "platform", "address", "port", "user", "key_file", "host_key", "state", "isolated", "transport")
    return {"machines": [{field: getattr(machine, field) for field in fields} for machine in machines]}


def after_start(machines: Sequence[PracticeMachine], profile: str) -> Text:
    """What is up now and what to type next."""
    names = [machine.name for machine in machines]
    up = f"{names[0]} is up" if len(names) == 1 else f"{', '.join(names)} are up"
    target = names[0] if len(names) == 1 else "@practice"
    option = "" if profile else " --profile PROFILE"
    double = "\nNo Windows runs there: a practice PC decodes what it is sent and answers from a model."
    said = double if any(machine.platform == Platform.WINDOWS for machine in machines) else ""
    return Text(f"{up}. Next: deskprov setup {target}{option}{said}")


def after_bare(machines: Sequence[PracticeMachine], stick: str) -> Text:
    """That they wait, and where their files are."""
    names = ", ".join(machine.name for machine in machines)
    said = "\nNo Windows runs there, and the script did not run: they play what it leaves behind."
    return Text(f"{names} {'is' if len(machines) == 1 else 'are'} up, bare. Next: deskprov enroll {safe(stick)}{said}")


def _network(machine: PracticeMachine) -> str:
    if machine.platform == Platform.WINDOWS:
        return "loopback: a double"
    return "its own" if machine.isolated else "the controller's"
