"""Makes text of a machine harmless before a person reads it: a machine is hostile in what it returns."""

import unicodedata

CUT = "…"

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def one_line(raw: bytes | str, limit: int = 300) -> str:
    """The text on one line: escapes, controls, bidirectional and other invisible characters become spaces.

    White space is folded; what is longer than `limit` characters is cut and ends in `…`.
    """
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    visible = "".join(" " if unicodedata.category(c) in _INVISIBLE else c for c in text[: limit * 8])
    folded = " ".join(visible.split())
    return folded if len(folded) <= limit else folded[: limit - 1] + CUT


def last_lines(raw: bytes, count: int = 3, limit: int = 300) -> list[str]:
    """The last `count` lines that say anything, each as `one_line` gives it."""
    lines = (one_line(line, limit) for line in raw[-limit * 8 * count :].splitlines())
    return [line for line in lines if line][-count:]
