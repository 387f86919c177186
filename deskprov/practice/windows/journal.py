"""What a practice PC was told and what it answered, one line of JSON each, for tests and for whoever wonders.

The wire holds every secret in clear, `no_log` or not. So nothing is written of the values of a task that is not to be
logged, nor of an argument whose name says that it is secret, nor of any result but whether it changed something.
"""

import json
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deskprov.practice.windows.manifest import Payload
from deskprov.practice.windows.questions import Questions

SECRET_NAME = re.compile(r"pass|secret|token|key_?material|credential|sensitive|psk|blob|pin\b", re.IGNORECASE)
CENSORED = "(not kept)"


class Journal:
    """Lines at the end of one file; many threads may write."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def module(self, payload: Payload, result: Mapping[str, Any]) -> None:
        """A module ran, or was refused."""
        arguments = dict.fromkeys(payload.arguments, CENSORED) if payload.no_log else redacted(payload.arguments)
        failed = bool(result.get("failed"))
        self._write(
            what="module",
            module=payload.module,
            sha256=payload.sha256,
            arguments=arguments,
            check=payload.check,
            wrappers=list(payload.wrappers),
            changed=bool(result.get("changed")),
            failed=CENSORED if failed and payload.no_log else str(result.get("msg", "")) if failed else "",
        )

    def script(self, name: str, parameters: Mapping[str, Any]) -> None:
        """One of Ansible's own scripts ran; its input, which may be a file with anything in it, is not kept."""
        self._write(what="script", script=name, parameters=redacted(parameters))

    def asked(self, questions: Questions) -> None:
        """deskprov looked. What for is not secret: secrets never enter a probe."""
        self._write(what="asked", probes=[name for name, _ in questions.asked])

    def started(self, boot_id: int) -> None:
        """It started again."""
        self._write(what="started", boot_id=boot_id)

    def refused(self, why: str) -> None:
        """Something came that there is no model of."""
        self._write(what="refused", why=why)

    def logon(self, user: str, *, taken: bool) -> None:
        """Somebody logged on, or tried to; of those that were refused, the name is not known."""
        self._write(what="logon", user=user, taken=taken)

    def _write(self, **entry: Any) -> None:
        with self._lock, self._file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")


def redacted(value: Any) -> Any:
    """The same without what stands under a name that says secret."""
    if isinstance(value, Mapping):
        return {name: CENSORED if SECRET_NAME.search(str(name)) else redacted(each) for name, each in value.items()}
    if isinstance(value, list):
        return [redacted(each) for each in value]
    return value
