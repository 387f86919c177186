"""Symbolic links: another name for a file or folder, which may come later than the link."""

import posixpath
from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from deskprov.formats.file_system import needs_at
from deskprov.formats.posix import SYSTEM_LINKS, AccountName, MachinePath, belongs_to_kernel, belongs_to_system
from deskprov.model.facts import Observed
from deskprov.model.platform import Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import no_reboot
from deskprov.model.text import Accepts, Reach
from deskprov.model.want import Wanted

NAME = "links"
KEY = "path"
PLATFORMS = frozenset({Platform.LINUX})
UNOBSERVABLE: frozenset[str] = frozenset()

_TARGET_BYTES = 1024


def _target(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds a character that cannot be printed")
    if "$" in text or text.startswith("~"):
        raise ValueError("holds a `$` or begins with `~`, which Ansible would take for a variable or a home folder")
    if text != "/" and "" in text.removeprefix("/").split("/"):
        raise ValueError("must say where it leads, without `//` and without `/` at its end")
    if len(text.encode()) > _TARGET_BYTES:
        raise ValueError("is longer than a path may be")
    return text


Target = Annotated[
    str,
    AfterValidator(_target),
    Accepts("a path of any printable characters but `$`, and no `~` at its beginning", Reach.LINE, r"."),
]


class Options(ResourceOptions):
    """A symbolic link of this computer."""

    path: MachinePath = Field(
        description="Where it is: a whole path, such as /srv/hello; a file or folder there is never taken away."
    )
    target: Target | None = Field(
        default=None, description="Where it leads: a whole path, or one from the link's folder; need not be there yet."
    )
    owner: AccountName | None = Field(
        default=None, description="The account that the link itself belongs to; root when it is made new."
    )
    group: AccountName | None = Field(
        default=None, description="The group that the link itself belongs to; root when it is made new."
    )

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if belongs_to_kernel(self.path):
            raise ValueError(f"{self.path} belongs to the kernel and cannot be set up")
        if self.path in SYSTEM_LINKS:
            raise ValueError(f"{self.path} belongs to the system and can be neither changed nor removed")
        if self.state == "absent" and belongs_to_system(self.path):
            raise ValueError(f"{self.path} belongs to the system and cannot be removed")
        if self.state == "present" and self.target is None:
            raise ValueError("target, where the link leads, must be stated")
        if self.leads_to == self.path:
            raise ValueError("the link would lead to itself")
        return self

    @property
    def leads_to(self) -> str:
        """The target as a whole path; empty when none is stated."""
        if self.target is None:
            return ""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.path), self.target))


def desired(options: Options) -> Mapping[str, Wanted]:
    """A link with this target, letter by letter, and with owner and group where the profile states them."""
    wanted = {"kind": "link", "target": options.target, "owner": options.owner, "group": options.group}
    return {name: value for name, value in wanted.items() if value is not None}


def needs(options: Options) -> Sequence[str]:
    """The folders above it, what it leads to, and whom it belongs to."""
    target = [f"{kind}/{options.leads_to}" for kind in ("folders", "files", "links")] if options.target else []
    return [*needs_at(options.path, owner=options.owner, group=options.group), *target]


def preview(options: Options, observed: Observed) -> str:
    """What is in the way; where a link leads that is removed."""
    kind = observed.get("kind")
    if options.state == "absent":
        return f"it leads to {observed.get('target')}, which is left alone"
    if kind in ("file", "folder", "other"):
        thing = "device" if kind == "other" else kind
        return f"a {thing} is there; deskprov never puts a link in its place: move it away, or remove it"
    return ""


reboot = no_reboot
