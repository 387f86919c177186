"""Gives the playbook its secrets and the machine's lock, over a Unix socket that only this user can open.

A secret goes straight from this process into the one that needs it: never through a file, an argument, the environment
or shared memory. Only what the run declared is given, and only while the run lives. One line of JSON in, one out.

Answers to what `broker_client` and the lookup of our Ansible collection ask:
`{"want": "secret", "name": …, "form": …}` → `{"value": …}`;
`{"want": "password", "prompt": …, "asker": …}` → `{"value": …}`, once per ssh process and for a password prompt only;
`{"want": "start"}` → `{"program": …}` with the lock's and the run folder's descriptors, once.
Anything else → `{"refused": why}`.
"""

import json
import os
import re
import selectors
import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from deskprov.model.discreet import Discreet
from deskprov.model.secret import SecretForm, SecretRef

ADDRESS = "DESKPROV_BROKER"
"""The environment variable that tells our children where the socket is. A path is no secret."""

LONGEST_PATH = 100
_REQUEST_BYTES = 16 * 1024
_PATIENCE_SECONDS = 5.0
_PASSWORD_PROMPT = re.compile(r"password\s*(for \S+)?:\s*\Z", re.IGNORECASE)
_OTHER_PROMPT = re.compile(r"\b(new|old|current|retype|passphrase)\b", re.IGNORECASE)


class Handout(Discreet, frozen=True):
    """What one run may ask for. No value is ever shown.

    `password` is the one for logging in, None when the log-in is by key; `descriptors` go to the playbook's process.
    """

    hidden = frozenset({"secrets", "password"})

    program: Path
    descriptors: Sequence[int]
    secrets: Mapping[SecretRef, str]
    password: str | None


class Broker:
    """Serves one run, from `with` to its end, in a thread of its own."""

    def __init__(self, path: Path, handout: Handout) -> None:
        self._path = path
        self._handout = handout
        self._started = False
        self._asked: set[int] = set()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._wake, self._sleeper = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="broker", daemon=True)

    def __enter__(self) -> "Broker":
        """Raises `OSError` when there can be no socket."""
        try:
            self._listener.bind(str(self._path))  # in a folder that is closed to others, so never open for a moment
            self._path.chmod(0o600)
            self._listener.listen()
            self._thread.start()
        except OSError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._wake.close()
        if self._thread.is_alive():
            self._thread.join()
        self._listener.close()
        self._sleeper.close()

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._sleeper, selectors.EVENT_READ)
            while not any(key.fileobj is self._sleeper for key, _ in selector.select()):
                connection, _ = self._listener.accept()
                with connection, suppress(OSError):  # a child that was killed while asking
                    connection.settimeout(_PATIENCE_SECONDS)
                    self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        if peer_uid(connection) != os.geteuid():
            return
        reply, descriptors = self._reply(_read_line(connection))
        socket.send_fds(connection, [json.dumps(reply).encode() + b"\n"], list(descriptors))

    def _reply(self, request: Any) -> tuple[Mapping[str, str], Sequence[int]]:
        match request:
            case {"want": "secret", "name": str(name), "form": str(form)}:
                return self._secret(name, form), ()
            case {"want": "password", "prompt": str(prompt), "asker": int(asker)}:
                return self._password(prompt, asker), ()
            case {"want": "start"} if not self._started:
                self._started = True
                return {"program": str(self._handout.program)}, self._handout.descriptors
            case _:
                return {"refused": "this is nothing that can be asked for"}, ()

    def _secret(self, name: str, form: str) -> Mapping[str, str]:
        for secret, value in self._handout.secrets.items():
            if (secret.name, secret.form) == (name, form):
                return {"value": value}
        forms = ", ".join(SecretForm)
        return {"refused": f"the run did not declare the secret {name!r} in the form {form!r} (forms: {forms})"}

    def _password(self, prompt: str, asker: int) -> Mapping[str, str]:
        if self._handout.password is None or not _PASSWORD_PROMPT.search(prompt) or _OTHER_PROMPT.search(prompt):
            return {"refused": "this is no question for the password"}
        if asker in self._asked:
            return {"refused": "the password was given already; it is not tried again"}
        self._asked.add(asker)
        return {"value": self._handout.password}


def peer_uid(connection: socket.socket) -> int:
    """The user at the other end: SO_PEERCRED of unix(7) on Linux, LOCAL_PEERCRED of unix(4) on macOS."""
    if hasattr(socket, "SO_PEERCRED"):
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", raw)[1])
    raw = connection.getsockopt(0, 1, struct.calcsize("2Ih16I"))
    return int(struct.unpack_from("2I", raw)[1])


def _read_line(connection: socket.socket) -> Any:
    data = b""
    while not data.endswith(b"\n") and len(data) < _REQUEST_BYTES:
        chunk = connection.recv(_REQUEST_BYTES)
        if not chunk:
            break
        data += chunk
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
