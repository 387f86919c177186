"""What libraries say about a way to a machine that is gone never reaches a technician as it is."""

import pytest

from deskprov.adapters.ansible.words import unreachable
from deskprov.model.inventory import Connection, Host

POOL = (
    "Task failed: no connection over WinRM: HTTPSConnectionPool(host='192.0.2.7', port=5986): Max retries exceeded "
    "with url: /wsman (Caused by NewConnectionError('<HTTPSConnection(host=192.0.2.7, port=5986)>: Failed to establish "
    "a new connection: [Errno 111] Connection refused'))"
)


@pytest.mark.parametrize("said", [POOL, "ssh: connect to host 192.0.2.7 port 22: No route to host"])
def test_a_machine_that_has_vanished_does_not_answer_any_more(said: str) -> None:
    told = unreachable(Host("pc-1", Connection("192.0.2.7")), said)
    assert told == "pc-1 does not answer any more. Is it switched on, awake and on the network? Then run this again."
