"""Programs of a Windows computer, as rules and tasks name them: by a whole path, so that nobody puts another first."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from deskprov.model.resource import Line
from deskprov.model.text import Accepts, Reach

_PATTERN = r"^[A-Za-z]:\\[^<>:\"/|?*%]+$"


def _program(text: str) -> str:
    if not re.search(_PATTERN, text) or text.endswith(("\\", " ", ".")):
        raise ValueError("must be the whole path of a program, such as C:\\Program Files\\Example\\agent.exe")
    return text


Program = Annotated[
    Line,
    Field(max_length=259),
    AfterValidator(_program),
    Accepts('a whole path such as `C:\\…\\x.exe`, without `< > : " / | ? * %`', Reach.LINE, _PATTERN),
]
