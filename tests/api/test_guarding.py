"""The timed undo, where there is none: nothing is begun, and the machine is not even asked."""

from deskprov.api.guarding import Guard
from deskprov.model.inventory import WINRM, Connection, Host
from deskprov.model.plan import Segment
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport


def refused(host: Host, program: bytes) -> bytes:
    raise AssertionError(f"{host.name} was asked")


def test_there_is_no_timed_undo_on_windows_and_it_says_so() -> None:
    pc = Host("pc-1", Connection("192.0.2.1", transport=WINRM))
    runner = ScriptedRunner(lambda job, on_event, cancelled: None)  # type: ignore[arg-type, return-value]
    site = FakeSite(MemoryFiles({}), MemoryInventory(pc), ScriptedTransport(refused), runner)
    assert "no timed undo on windows" in Guard(site, pc, Segment([])).arm()
