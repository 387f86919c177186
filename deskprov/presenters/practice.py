"""Practice machines as a table and as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.model.platform import Platform
from deskprov.model.ports.practice import PracticeMachine
from deskprov.presenters.hint import Hint
from deskprov.presenters.roomy import Roomy
from deskprov.presenters.safe_text import safe


def machines_view(machines: Sequence[PracticeMachine], names: Mapping[str, str]) -> RenderableType:
    """A table, or a sentence when there are none; `names` are those in the site of enrolled ones, by their own."""
    if not machines:
        return Text("No practice machine is running. Start one: deskprov practice start linux")
    heading = ("Name", "Enrolled as", "Platform", "Address", "Port", "State", "Network")
    rows = [
        (m.name, names.get(m.name, "-"), m.platform, m.address, str(m.port), m.state, _network(m)) for m in machines
    ]
    return Roomy(heading, [[Text(safe(cell)) for cell in row] for row in rows], ("Network", "Platform", "Address"))


def machines_json(machines: Sequence[PracticeMachine], names: Mapping[str, str]) -> dict[str, Any]:
    """Without the key file's content, of course; its path is no secret."""
    fields = ("name", "platform", "address", "port", "user", "key_file", "host_key", "state", "isolated", "transport")
    told = [{field: getattr(machine, field) for field in fields} for machine in machines]
    return {"machines": [{**one, "enrolled_as": names.get(one["name"], "")} for one in told]}


def after_start(machines: Sequence[PracticeMachine], profile: str) -> Text:
    """What is up now and what to type next."""
    names = [machine.name for machine in machines]
    up = f"{names[0]} is up" if len(names) == 1 else f"{', '.join(names)} are up"
    target = names[0] if len(names) == 1 else "@practice"
    option = "" if profile else " --profile PROFILE"
    double = "\nNo Windows runs there: a practice PC decodes what it is sent and answers from a model."
    said = double if any(machine.platform == Platform.WINDOWS for machine in machines) else ""
    return Text(f"{up}. Next: deskprov setup {target}{option}{said}")


def after_bare(machines: Sequence[PracticeMachine], stick: str) -> RenderableType:
    """That they wait, and where their files are."""
    names = ", ".join(machine.name for machine in machines)
    said = "No Windows runs there, and the script did not run: they play what it leaves behind."
    up = f"{names} {'is' if len(machines) == 1 else 'are'} up, bare."
    return Group(Text(up), Text(said), Hint(f"Next: deskprov enroll {safe(stick)}", ""))


def _network(machine: PracticeMachine) -> str:
    if machine.platform == Platform.WINDOWS:
        return "loopback: a double"
    return "its own" if machine.isolated else "the controller's"
