"""A plan as a file that another person reads and approves: what was seen, and what would be done about it.

Nothing is ever carried out from such a file. It is a statement to compare with: the plan is made anew, and is carried
out only if it is the same.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

FORMAT = 1

Text = Annotated[str, Field(max_length=4096)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

MOST_BYTES = 8 * 2**20
"""How large a plan file may be."""

_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class Asked(BaseModel):
    """What was asked for beside the targets, as `deskprov plan` has it."""

    model_config = _STRICT

    profile: Text | None = None
    clean: bool = False
    blind: Annotated[list[Text], Field(max_length=1000)] = []
    reset: Annotated[list[Text], Field(max_length=1000)] = []


class MachineThen(BaseModel):
    """Which machine it was: what its maker and its installation gave it. Empty is unknown."""

    model_config = _STRICT

    machine_id: Text
    serial: Text
    uuid: Text


class HostThen(BaseModel):
    """One machine when the plan was made: what it rests on, and, beside that, all that `plan --json` says about it."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, defer_build=True)

    host: Text
    profile: Text
    profile_hash: Text
    inventory: dict[Text, str]
    machine: MachineThen
    changes: Annotated[list[dict[str, Any]], Field(max_length=10_000)]


class PlanFile(BaseModel):
    """The whole file. `digest` is the SHA-256, as hex, over everything else in it."""

    model_config = _STRICT

    deskprov_plan: Literal[1] = Field(description="The version of this file's format.")
    site: Text
    commit: Text
    dirty: bool
    made_by: Text
    made_at: Annotated[AwareDatetime, Field(strict=False)]
    release: Text
    targets: Annotated[list[Text], Field(min_length=1, max_length=10_000)]
    asked: Asked
    hosts: Annotated[list[HostThen], Field(min_length=1, max_length=10_000)]
    digest: Digest

    def then(self, host: str) -> HostThen | None:
        """What was planned for a machine; None when it is not in the plan."""
        return next((each for each in self.hosts if each.host == host), None)


Content = Mapping[str, Any]
"""A plan file as plain JSON data, with or without its digest."""
