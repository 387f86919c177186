"""A file per run in .deskprov/logs: logging of the standard library, with a filter that takes values of secrets out."""

import json
import logging
import time
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from deskprov.formats.endpoint_text import one_line

FOLDER = Path(".deskprov/logs")
MOST_FILES = 200
MOST_BYTES = 5_000_000
LINE_LENGTH = 2000
CUT_OFF = "The log is full: what follows is not written."
REDACTED = "***"

_SHORTEST_SECRET = 4
"""A shorter value stands in half of all words; nothing of ours writes one where it does not belong."""


class RunLogFiles:
    """The port `RunLogs`. `secrets` gives all values that this process has handed out so far."""

    def __init__(self, site: Path, secrets: Callable[[], Collection[str]]) -> None:
        self._folder = site / FOLDER
        self._secrets = secrets

    @contextmanager
    def open(self, run: str) -> Iterator["RunLogFile"]:
        """The log of a run; a disk that takes nothing is no error."""
        logger = logging.Logger(f"deskprov.run.{run}")
        handler = self._handler(run)
        logger.addHandler(handler)
        try:
            yield RunLogFile(logger)
        finally:
            with suppress(OSError):
                handler.close()

    def place(self, run: str) -> str:
        """Where the log of a run is."""
        file = self._file(run)
        return str(FOLDER / file.name) if file.is_file() else ""

    def _handler(self, run: str) -> logging.Handler:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for old in sorted(self._folder.glob("*.log"))[: -MOST_FILES + 1 or None]:
                old.unlink(missing_ok=True)
            file = self._file(run)
            file.touch(mode=0o600)
            handler: logging.Handler = _CappedFile(file)
        except OSError:
            handler = logging.NullHandler()
        formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(message)s", "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
        handler.addFilter(_WithoutSecrets(self._secrets))
        return handler

    def _file(self, run: str) -> Path:
        return self._folder / f"{run}.log"


class RunLogFile:
    """The port `RunLog`."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger

    def write(self, line: str) -> None:
        """Adds a line."""
        self._logger.info("%s", line)


class _CappedFile(logging.FileHandler):
    """Stops when the file is full, or the disk."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, encoding="utf-8", errors="backslashreplace")
        self._left = MOST_BYTES

    def emit(self, record: logging.LogRecord) -> None:
        if self._left <= 0:
            return
        self._left -= len(record.getMessage()) + 40
        if self._left <= 0:
            record.msg, record.args = CUT_OFF, None
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, the name is logging's
        """The disk is full, or gone: the run is worth more than its log."""
        self._left = 0


class _WithoutSecrets(logging.Filter):
    """Takes values of secrets out, as they are and in the forms in which programs pass them on; one line stays one."""

    def __init__(self, secrets: Callable[[], Collection[str]]) -> None:
        super().__init__()
        self._secrets = secrets
        self._known: frozenset[str] = frozenset()
        self._forms: list[str] = []

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        for form in self._longest_first():
            text = text.replace(form, REDACTED)
        record.msg, record.args = one_line(text, LINE_LENGTH), None
        return True

    def _longest_first(self) -> list[str]:
        """All forms of all values; made anew only when there is another value, which may be at any line."""
        values = frozenset(self._secrets())
        if values != self._known:
            forms = {form for value in values if len(value) >= _SHORTEST_SECRET for form in _forms(value)}
            self._known, self._forms = values, sorted(forms, key=len, reverse=True)
        return self._forms


def _forms(value: str) -> set[str]:
    escaped = json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]
    return {value, quote(value), quote(value, safe=""), b64encode(value.encode()).decode(), *escaped}
