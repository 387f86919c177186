"""win_ping: is anybody there, and does PowerShell start."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, State


def win_ping(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Gives back what it is given; `crash` is the module's own way to try a failure."""
    data = arguments.get("data", "pong")
    if data == "crash":
        raise ModuleFailed("Unhandled exception while executing module: boom")
    return {"ping": data}
