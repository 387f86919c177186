"""Text as one word of a POSIX shell script, whatever it holds; the only way by which values come into a script."""

import shlex


def quoted(text: object) -> str:
    """The text in the single quotes of sh(1). Raises `ValueError` for a NUL, which no word holds."""
    word = str(text)
    if "\0" in word:
        raise ValueError("a shell word cannot hold a NUL")
    safe = shlex.quote(word)
    return safe if safe.startswith("'") else f"'{safe}'"
