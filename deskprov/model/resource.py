"""A resource: one thing that a machine should have, or should not have, after resolving a profile."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from msgspec import Struct, field
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from deskprov.model.source import Source
from deskprov.model.text import Accepts, Reach

ResourceKey = Annotated[str, Accepts("`type/name` of another resource of this profile", Reach.LINE)]
"""What resolving looks for among the resources, and refuses when it is not there."""


class ResourceOptions(BaseModel):
    """What every resource type has. A type adds its own options, each with a type, limits and one line of doc."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    state: Literal["present", "absent"] = Field(
        default="present", description="`absent` removes it, `present` creates or corrects it."
    )
    needs: list[ResourceKey] = Field(
        default_factory=list,
        description="Keys of other resources of this profile, such as `groups/staff`, that must come first.",
    )
    reboot: bool = Field(
        default=False,
        description="Whether a change of this has its effect only after a reboot; what needs it comes after that.",
    )


def _printable(text: str) -> str:
    bad = [c for c in text if not c.isprintable()]
    if bad:
        raise ValueError(f"holds a character that cannot be printed (U+{ord(bad[0]):04X})")
    return text


Line = Annotated[str, AfterValidator(_printable), Accepts("any printable characters on one line", Reach.LINE)]
"""One line of any printable Unicode text; no control, bidirectional or other invisible characters."""


def is_beside(path: str) -> bool:
    """True for a path that names something beside the file that states it, or below that, and cannot leave it."""
    return path.isprintable() and "\\" not in path and all(part not in ("", ".", "..") for part in path.split("/"))


def _site_path(text: str) -> str:
    if not is_beside(_printable(text)):
        raise ValueError("must name a file beside the profile, such as motd.txt or texts/motd.txt, without `..`")
    return text


SitePath = Annotated[
    str,
    AfterValidator(_site_path),
    Field(json_schema_extra={"x-site-path": True}),
    Accepts("any printable path without `..`, `\\` and `${`", Reach.LINE),
]
"""An option that names a file of the site. A profile states it from the folder that the profile is in; resolving
makes it a path from the site's folder, and states beside it what only a reader of files can know: for an option
`source` the hidden options `source_sha256` and `source_text`, where the type has them. Goes on as `ShippedFile`."""

KNOWN_BY: dict[str, JsonValue] = {"x-known-by": True}
"""For `json_schema_extra` of an option by which a thing is found on a machine, beside its key. It is remembered of what
deskprov has made, so that it is found when no profile names it any more."""

Text = Annotated[str, Accepts("any characters, any number of lines", Reach.TEXT)]
"""Any text of any number of lines, which arrives to the last character."""

FromResolving = Annotated[str | None, Field(exclude=True, repr=False, json_schema_extra={"x-internal": True})]
"""A hidden option, with default None: resolving fills it in; stated in a file it is an unknown key.

`…_sha256` is the hash of the shipped file as hex. `…_text` is its content, if it is UTF-8 of at most 64 KiB."""


class Resource(Struct, frozen=True):
    """A validated resource with the place each option came from.

    `options` is an instance of its type's `Options`; `sources` has an entry for each option that some file states;
    `stated` is what the files said, for storing (`options` again as plain JSON data; secrets are names).
    """

    type: str
    name: str
    options: Any
    source: Source
    sources: Mapping[str, Source] = field(default_factory=dict)
    stated: Mapping[str, Any] = field(default_factory=dict)
    needs: Sequence[str] = ()

    @property
    def key(self) -> str:
        """The stable key, such as `users/tech` or `files//etc/motd`."""
        return f"{self.type}/{self.name}"

    @property
    def absent(self) -> bool:
        """True when the resource is to be removed."""
        return bool(self.options.state == "absent")
