"""The ssh command that a person types to get where deskprov got, for hints."""

import shlex

from deskprov.model.inventory import PORTS, SSH, Connection


def by_hand(connection: Connection, command: str = "") -> str:
    """The log-in with its port and key; a key file counts from the site's folder, as in the inventory."""
    words = ["ssh"]
    if connection.port != PORTS[SSH]:
        words += ["-p", str(connection.port)]
    if connection.key_file:
        words += [
            "-i",
            connection.key_file if connection.key_file.startswith("~/") else shlex.quote(connection.key_file),
        ]
    words.append(f"{connection.user}@{connection.address}")
    return " ".join([*words, *([command] if command else [])])
