"""The settings of a site: `deskprov.yml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from deskprov.model.names import Name
from deskprov.model.resource import Line, Text
from deskprov.model.text import Accepts, Reach

_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"


def _variable(text: str) -> str:
    if not re.fullmatch(_VARIABLE, text):
        raise ValueError("must be the name of an environment variable: letters, digits and `_`")
    return text


Variable = Annotated[
    str, AfterValidator(_variable), Accepts("letters, digits and `_`, and no digit first", Reach.WORD, _VARIABLE)
]
"""The name of an environment variable: POSIX.1-2017, 8.1."""


class SecretProvider(BaseModel):
    """Where the value of one secret comes from: exactly one of the three."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    env: Variable | None = Field(default=None, description="The environment variable that holds it.")
    command: list[Text] | None = Field(
        default=None, min_length=1, description="A program and its arguments; it prints the value and a line end."
    )
    ask: bool = Field(default=False, description="Asks the person at the terminal, once per run.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if [self.env is None, self.command is None, not self.ask].count(False) != 1:
            raise ValueError("must state exactly one of `env: VARIABLE`, `command: [program, …]` and `ask: true`")
        return self


def _time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("must be an IANA time zone, such as America/Los_Angeles") from error
    return text


TimeZone = Annotated[str, AfterValidator(_time_zone), Accepts("a name of the IANA database", Reach.WORD)]


class Settings(BaseModel):
    """What `deskprov.yml` may say."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal[1] = Field(description="The version of this file's format: 1.")
    name: Annotated[Line, Field(min_length=1)] = Field(description="The name of the site, as it stands on documents.")
    time_zone: TimeZone = Field(default="UTC", description="An IANA time zone, such as America/Los_Angeles.")
    database: Line | None = Field(
        default=None, description="A SQLAlchemy URL; left out, an SQLite file in `.deskprov/` of the site."
    )
    concurrency: Annotated[int, Field(ge=1, le=200)] = Field(default=10, description="Machines at work at once.")
    step_minutes: Annotated[float, Field(gt=0, le=240)] = Field(default=15, description="Time limit of one step.")
    run_minutes: Annotated[float, Field(gt=0, le=1440)] = Field(default=120, description="Time limit of one machine.")
    secrets: dict[Name, SecretProvider] = Field(default_factory=dict, description="Secrets by name.")
    asset_fields: dict[Name, Literal["text", "number", "date", "yes_no"]] = Field(
        default_factory=dict, description="Fields of the asset record that this site adds."
    )
    vars: dict[Name, Text] = Field(default_factory=dict, description="Values for `${vars.NAME}` in every profile.")


@dataclass(frozen=True, slots=True)
class SettingsInForce:
    """The settings, and for each by name where its value comes from: `deskprov.yml:4`, a variable, or `default`."""

    settings: Settings
    origins: Mapping[str, str]
