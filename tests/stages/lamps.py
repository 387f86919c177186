"""Two types of things that exist nowhere else, and a site of text in memory, for tests of loading and resolving."""

import hashlib
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from deskprov.model.platform import Platform
from deskprov.model.ports.site import Digest
from deskprov.model.problem import Problem
from deskprov.model.profile import Profile, ProfileFile, ShippedContent
from deskprov.model.resource import FromResolving, Line, ResourceOptions, SitePath
from deskprov.model.resource_type import ONLY_ONE, ResourceType, no_preview, no_reboot
from deskprov.model.secret import SecretName
from deskprov.model.want import Wanted
from deskprov.stages.load import load, profile_path
from deskprov.stages.resolve import TEXT_BYTES, Resolution, Surroundings, resolve, shipped_content


class RoomOptions(ResourceOptions):
    """A room."""

    name: Line = Field(description="What stands on its door.")


class LampOptions(ResourceOptions):
    """A lamp."""

    name: Line = Field(description="What people call it.")
    colour: Annotated[str, Field(pattern="^[a-z]+$")] | None = Field(default=None, description="Its colour.")
    watts: int | None = Field(default=None, ge=1, le=100, description="How bright it is.")
    note: str | None = Field(default=None, max_length=5000, description="Anything.")
    rooms: list[Line] = Field(default_factory=list, description="Where it stands.")
    dimmed: bool = Field(default=False, description="Whether it is dimmed.")
    key: SecretName | None = Field(default=None, description="What unlocks it.")
    manual: SitePath | None = Field(default=None, description="How to use it.")
    manual_sha256: FromResolving = None
    manual_text: FromResolving = None

    @model_validator(mode="after")
    def _dim(self) -> Self:
        if self.dimmed and self.watts is None:
            raise ValueError("a dimmed lamp needs its watts")
        return self


class ClimateOptions(ResourceOptions):
    """The climate of a house, of which it has one."""

    state: Literal["present"] = Field(default="present", description="There is always one.")
    degrees: int | None = Field(default=None, ge=5, le=30, description="How warm it is.")
    motto: Line | None = Field(default=None, description="What it says at the door.")


@dataclass(frozen=True)
class Things:
    """A resource type for tests."""

    NAME: str
    Options: type[ResourceOptions]
    PLATFORMS: frozenset[Platform]
    KEY: str = "name"
    UNOBSERVABLE: frozenset[str] = frozenset()
    preview = staticmethod(no_preview)
    reboot = staticmethod(no_reboot)

    def desired(self, options: Any) -> Mapping[str, Wanted]:
        return {}

    def needs(self, options: Any) -> Sequence[str]:
        return [f"rooms/{room}" for room in getattr(options, "rooms", ())]


ROOMS = Things("rooms", RoomOptions, frozenset({Platform.LINUX, Platform.MACOS}))
LAMPS = Things("lamps", LampOptions, frozenset({Platform.LINUX}))
CLIMATE = Things("climate", ClimateOptions, frozenset({Platform.LINUX}), KEY=ONLY_ONE)
TYPES: Sequence[ResourceType] = (LAMPS, ROOMS)
WITH_CLIMATE: Sequence[ResourceType] = (*TYPES, CLIMATE)

MACHINE = {"host.name": "pc-1", "asset.tag": "A-7", "vars.from_host": "host"}
SITE = {"site.name": "Example", "vars.from_site": "site", "vars.both": "site"}


def files(types: Sequence[ResourceType] = TYPES, **texts: str) -> tuple[dict[str, ProfileFile], list[Problem]]:
    """Profiles by name, `__` for `/`; each text is what follows the lines of name and platform, unless it has them."""
    loaded: dict[str, ProfileFile] = {}
    problems = []
    for name, text in texts.items():
        name = name.replace("__", "/")
        text = textwrap.dedent(text)
        whole = text if "platform:" in text else f"profile: {name}\nplatform: linux\n{text}"
        loaded[name], found = load(profile_path(name), whole.encode(), types)
        problems += found
    return loaded, problems


def resolution(
    start: str,
    *,
    types: Sequence[ResourceType] = TYPES,
    secrets: frozenset[str] | None = frozenset({"lock"}),
    shipped: Mapping[str, bytes] | None = None,
    machine: Mapping[str, str] = MACHINE,
    **texts: str,
) -> Resolution:
    """What resolving gives, on files without problems of their own."""
    loaded, problems = files(types, **texts)
    assert problems == []

    def look_into(path: str) -> ShippedContent:
        if path not in (shipped or {}):
            raise FileNotFoundError(2, "No such file or directory")
        content = (shipped or {})[path]
        return shipped_content(Digest(hashlib.sha256(content).hexdigest(), len(content), content[:TEXT_BYTES]))

    return resolve(loaded[start], loaded, Surroundings(types, machine, SITE, secrets, look_into))


def profile(start: str, **arguments: Any) -> Profile:
    """The resolved profile; there must be no problem."""
    resolved = resolution(start, **arguments)
    assert [str(problem) for problem in resolved.problems] == []
    assert resolved.profile is not None
    return resolved.profile


def problems(start: str, **arguments: Any) -> list[str]:
    """Everything wrong, as people read it."""
    resolved = resolution(start, **arguments)
    assert resolved.profile is None
    return [str(problem) for problem in resolved.problems]
