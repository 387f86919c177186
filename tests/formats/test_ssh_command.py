"""What a person is told to type reaches the machine that deskprov reached."""

import pytest

from deskprov.formats.ssh_command import by_hand
from deskprov.model.inventory import Connection


@pytest.mark.parametrize(
    ("connection", "typed"),
    [
        (Connection("192.0.2.1", user="robin"), "ssh robin@192.0.2.1 true"),
        (Connection("192.0.2.1", 2222, "robin", "keys/the key"), "ssh -p 2222 -i 'keys/the key' robin@192.0.2.1 true"),
        (Connection("pc.example", 22, "robin", "~/.ssh/fleet"), "ssh -i ~/.ssh/fleet robin@pc.example true"),
        (Connection("fe80::1", 22, "robin"), "ssh robin@fe80::1 true"),
    ],
)
def test_port_and_key_are_there(connection: Connection, typed: str) -> None:
    assert by_hand(connection, "true") == typed
