"""The two programs that our children start: the one called ansible-playbook, and the one that ssh asks for a password.

This file is run by its path with a bare Python (-I -S), so it imports nothing of deskprov. It must start in a few
milliseconds: ssh waits for it.
"""

import json
import os
import socket
import sys
from typing import Any

REFUSED = 1
NOT_STARTED = 126


def ask(request: dict[str, Any]) -> tuple[dict[str, str], list[int]]:
    """The broker's answer, and the descriptors that came with it. Raises `OSError` when there is no broker."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(os.environ["DESKPROV_BROKER"])
        connection.sendall(json.dumps(request).encode() + b"\n")
        data, descriptors, _, _ = socket.recv_fds(connection, 64 * 1024, 8)
        while not data.endswith(b"\n"):
            chunk = connection.recv(64 * 1024)
            if not chunk:
                raise ConnectionError("the broker broke off")
            data += chunk
    return json.loads(data), descriptors


def start_playbook(arguments: list[str]) -> int:
    """Becomes the real ansible-playbook, which holds the machine's lock from then on; returns only when it cannot."""
    try:
        answer, descriptors = ask({"want": "start"})
        if "program" not in answer:
            raise ConnectionError(answer["refused"])
        for descriptor in descriptors:
            os.set_inheritable(descriptor, True)
        os.execv(answer["program"], [answer["program"], *arguments])  # noqa: S606 - no shell is the point
    except OSError as error:
        sys.stdout.write(f"The playbook was not started: {error}\n")
        return NOT_STARTED


def answer_prompt(prompt: str) -> int:
    """Prints the password if ssh asks for one; ssh takes it from our standard output (SSH_ASKPASS in ssh(1))."""
    answer, _ = ask({"want": "password", "prompt": prompt, "asker": os.getppid()})
    if "value" not in answer:
        return REFUSED
    sys.stdout.write(answer["value"] + "\n")
    return 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["playbook", *rest]:
            sys.exit(start_playbook(rest))
        case ["askpass", prompt]:
            sys.exit(answer_prompt(prompt))
        case _:
            sys.exit(REFUSED)
