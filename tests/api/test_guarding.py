"""The timed undo of each platform is asked for in its own language, and what speaks against it is heard."""

import json

from deskprov.api.guarding import Guard
from deskprov.model.inventory import WINRM, Connection, Host
from deskprov.model.plan import Action, Change, Segment
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.source import Source
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport

ORDER = ["token", "seconds", "undo", "login", "reboots", "changes", "places", "services", "networks"]


def test_a_pc_is_told_what_to_save_and_its_refusal_is_heard() -> None:
    asked: list[list[object]] = []

    def refuses(host: Host, program: bytes) -> bytes:
        data = json.loads(program.decode().rpartition("\nmain '")[2].rstrip("'\n"))
        asked.extend(data["questions"])
        begin, end = (f"\ndeskprov-{word}-{data['nonce']}\n" for word in ("begin", "end"))
        return f'{begin}{{"answers": [{{"answer": {{"problem": "Access is denied."}}}}]}}{end}'.encode()

    pc = Host("pc-1", Connection("192.0.2.1", transport=WINRM))
    runner = ScriptedRunner(lambda job, on_event, cancelled: None)  # type: ignore[arg-type, return-value]
    site = FakeSite(MemoryFiles({}), MemoryInventory(pc), ScriptedTransport(refuses), runner)
    change = Change(Resource("wifi", "Aula 7", ResourceOptions(), Source("lab.yml", 1)), Action.UPDATE)
    assert Guard(site, pc, Segment([change])).arm() == "Access is denied."
    [[script, argument]] = asked
    assert script == "deskprov.stages.undo/arm_windows.ps1"
    assert isinstance(argument, list)
    order = dict(zip(ORDER, argument, strict=True))
    assert (order["seconds"], order["login"], order["changes"]) == (300, "deskprov", ["wifi/Aula 7"])
    assert (order["services"], order["networks"]) == (["WinRM", "sshd"], ["Aula 7"])
    assert "Restore-All" in str(order["undo"])
