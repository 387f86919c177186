"""What tests do with the practice PC of the fixture `desk`."""

import json
from typing import Any

from tests.end_to_end.bench import Bench


def state(desk: Bench) -> dict[str, Any]:
    """What the PC keeps of itself."""
    [file] = (desk.root / ".deskprov/practice/windows").glob("*/state.json")
    kept: dict[str, Any] = json.loads(file.read_text())
    return kept


def set_up(desk: Bench, *options: str) -> dict[str, tuple[str, bool]]:
    """Sets it up, which must come to a good end; of each resource its status, and whether it was verified."""
    [host] = desk.data("setup", "pc-1", "--yes", "--json", *options)["hosts"]
    assert (host["outcome"], host["verified"]) == ("ok", True)
    return {result["resource"]: (result["status"], result["verified"]) for result in host["results"]}
