"""Makes text that came from a machine, a file or a person harmless for a terminal.

A machine's answer may hold escape sequences that repaint the screen, and marks that make text run backwards.
What cannot be printed is shown as its code, so that nothing is hidden and nothing acts.
"""


def safe(text: str) -> str:
    r"""The text on one line: each character that cannot be printed becomes its escape (`\x1b`, `\u202e`, `\n`)."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def safe_lines(text: str) -> list[str]:
    r"""The text line by line, each as `safe` gives it; only `\n` and `\r\n` end a line."""
    return [safe(line.removesuffix("\r")) for line in text.split("\n")]


def _escape(character: str) -> str:
    return character.encode("unicode_escape", errors="surrogatepass").decode("ascii")
