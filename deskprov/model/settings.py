"""The settings of a site: `deskprov.yml`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from deskprov.model.names import Name


class SecretProvider(BaseModel):
    """Where the value of one secret comes from: exactly one of the three."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    env: str | None = Field(default=None, description="The environment variable that holds it.")
    command: list[str] | None = Field(
        default=None, min_length=1, description="A program and its arguments; it prints the value and a line end."
    )
    ask: bool = Field(default=False, description="Asks the person at the terminal, once per run.")


class Settings(BaseModel):
    """What `deskprov.yml` may say."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal[1] = Field(description="The version of this file's format: 1.")
    name: str = Field(description="The name of the site, as it stands on documents.")
    time_zone: str = Field(default="UTC", description="An IANA time zone, such as America/Los_Angeles.")
    languages: list[Literal["en", "es"]] = Field(default=["en"], description="For people's documents.")
    database: str | None = Field(
        default=None, description="A SQLAlchemy URL; left out, an SQLite file in `.deskprov/` of the site."
    )
    concurrency: Annotated[int, Field(ge=1, le=200)] = Field(default=10, description="Machines at work at once.")
    step_minutes: Annotated[float, Field(gt=0, le=240)] = Field(default=15, description="Time limit of one step.")
    run_minutes: Annotated[float, Field(gt=0, le=1440)] = Field(default=120, description="Time limit of one machine.")
    secrets: dict[Name, SecretProvider] = Field(default_factory=dict, description="Secrets by name.")
    asset_fields: dict[Name, Literal["text", "number", "date", "yes_no"]] = Field(
        default_factory=dict, description="Fields of the asset record that this site adds."
    )
    vars: dict[Name, str] = Field(default_factory=dict, description="Values for `${vars.NAME}` in every profile.")
