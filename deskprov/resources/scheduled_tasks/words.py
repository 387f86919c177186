"""What stands in the options of a scheduled task: where it is, and when it runs."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from deskprov.model.resource import Line
from deskprov.model.text import Accepts, Reach

_PART = r'[^\\/:*?"<>|]+'
_NAME = rf"^{_PART}(\\{_PART})+$"
_LONGEST = 200
"""A task is a file below C:\\Windows\\System32\\Tasks, whose whole path has at most 259 characters."""

_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"

RunAs = Literal["system", "local-service", "network-service", "users", "administrators"]
When = Literal["daily", "weekly", "at-start", "at-log-on"]
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _name(text: str) -> str:
    if not re.search(_NAME, text):
        raise ValueError(
            "must be a folder of the site's own and a name, such as Example district\\Nightly shutdown, "
            'without `/ : * ? " < > |`'
        )
    if any(part != part.strip() or part.endswith(".") for part in text.split("\\")):
        raise ValueError("has a folder or a name that begins or ends with a space, or ends with a dot")
    if text.split("\\")[0].casefold() in ("microsoft", "deskprov"):
        raise ValueError(f"is in the folder {text.split(chr(92))[0]}, whose tasks are not the site's")
    return text


TaskName = Annotated[
    Line,
    Field(max_length=_LONGEST),
    AfterValidator(_name),
    Accepts('`Folder\\Name`, any printable characters but `/ : * ? " < > |`', Reach.LINE, _NAME),
]
Time = Annotated[str, Field(pattern=_TIME), Accepts("a time such as `22:30`", Reach.WORD, _TIME)]
