"""Reads what Windows PowerShell writes on its error stream when nobody looks on: CLIXML instead of text."""

import html
import re

_ERROR = re.compile(r'<S S="Error">(.*?)</S>', re.DOTALL)
_CONTROL = re.compile(r"_x[0-9A-F]{4}_")


def complaints(errors: bytes) -> str:
    """The complaints in it as text, which comes from a machine and is to be cleaned; plain text is given as it is."""
    text = errors.decode("utf-8", "replace")
    if "<Objs" not in text:
        return text
    return " ".join(html.unescape(_CONTROL.sub(" ", part)) for part in _ERROR.findall(text))
