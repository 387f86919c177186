"""Runs on the machine: the salt of each of these accounts' passwords, an empty text for none. Never the hash.

An account that there is not is left out.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHADOW = "/etc/shadow"


def look(argument: "list[Any]") -> "dict[str, str]":
    wanted = [str(name) for name in argument]
    salts = {}
    with open(SHADOW, encoding="utf-8", errors="replace") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in wanted:
                salts[name] = _salt(rest.partition(":")[0])
    return salts


def _salt(hashed: str) -> str:
    """What stands before the last `$`, crypt(5)."""
    parts = hashed.split("$")
    return parts[-2] if len(parts) >= 4 else ""
