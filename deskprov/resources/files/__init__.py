"""Files: their content, from the profile or from a file beside it, with owner and permissions.

On Windows they are written and looked at in the network log-on of an administrator, so only on drives of the computer.
"""

import difflib
import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from deskprov.formats.file_system import needs_at
from deskprov.formats.machine_paths import PathOnMachine
from deskprov.formats.posix import ACCOUNT_FILES, SYSTEM_LINKS, AccountName, Mode, belongs_to_kernel, belongs_to_system
from deskprov.formats.windows_access import Access, Inherit, access_problem, needs_of, wanted_access
from deskprov.formats.windows_paths import is_windows_own, is_windows_program, place_problem
from deskprov.model.facts import Observed
from deskprov.model.platform import OnlyOn, Platform
from deskprov.model.resource import FromResolving, ResourceOptions, SitePath, Text
from deskprov.model.resource_type import no_reboot
from deskprov.model.want import Wanted

NAME = "files"
KEY = "path"
PLATFORMS = frozenset({Platform.LINUX, Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

MOST_LINES = 2000
MOST_CHARACTERS = 65536
"""Of each side of a diff; comparing takes the product of the lines."""


class Options(ResourceOptions):
    """A file of this computer."""

    path: PathOnMachine = Field(description="Where it is: a whole path, such as /etc/motd or C:\\Example\\notes.txt.")
    content: Text | None = Field(
        default=None, description="What is in it, to the last character: write `|` and the lines below it."
    )
    source: SitePath | None = Field(default=None, description="A file beside the profile that has the content instead.")
    mode: Annotated[Mode | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, description='Its permissions as octal text in quotes, such as "0600"; 0644 when it is made new.'
    )
    owner: Annotated[AccountName | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, description="The account it belongs to; root when it is made new."
    )
    group: Annotated[AccountName | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, description="The group it belongs to; root when it is made new."
    )
    access: Access = None
    inherit: Inherit = None
    source_sha256: FromResolving = None
    source_text: FromResolving = None

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if belongs_to_kernel(self.path):
            raise ValueError(f"{self.path} belongs to the kernel and cannot be set up")
        if self.path in ACCOUNT_FILES:
            raise ValueError(f"{self.path} is written by the system; use users and groups")
        if self.path in SYSTEM_LINKS:
            raise ValueError(f"{self.path} belongs to the system and can be neither written nor removed")
        if self.state == "absent" and belongs_to_system(self.path):
            raise ValueError(f"{self.path} belongs to the system and cannot be removed")
        if self.state == "absent" and is_windows_own(self.path):
            raise ValueError(f"{self.path} may be what Windows brought, and is not removed")
        if is_windows_program(self.path):
            raise ValueError(f"{self.path} may be a program of Windows, and is not written: keep yours elsewhere")
        if problem := place_problem(self.path) or access_problem(self.access, self.inherit):
            raise ValueError(problem)
        if self.state == "present" and (self.content is None) == (self.source is None):
            raise ValueError("either content or source, a file beside the profile, must be stated")
        return self

    @property
    def sha256(self) -> str:
        """The hash of the wanted content as hex; empty while the file of the site has not been read."""
        if self.content is not None:
            return hashlib.sha256(self.content.encode()).hexdigest()
        return self.source_sha256 or ""

    @property
    def text(self) -> str | None:
        """The wanted content, when it is text."""
        return self.source_text if self.content is None else self.content


def desired(options: Options) -> Mapping[str, Wanted]:
    """A file with this content, and with its permissions where the profile states them."""
    rights = {"mode": options.mode, "owner": options.owner, "group": options.group}
    stated = {name: value for name, value in rights.items() if value is not None}
    return {"kind": "file", "sha256": options.sha256, **stated, **wanted_access(options.access, options.inherit)}


def needs(options: Options) -> Sequence[str]:
    """The folders above it, whom it belongs to, and who may use it."""
    return [*needs_at(options.path, owner=options.owner, group=options.group), *needs_of(options.access)]


def preview(options: Options, observed: Observed) -> str:
    """A unified diff of the content; where that makes no sense, sizes; what is lost, when it is removed."""
    match observed.get("kind"):
        case "link":
            return f"a symbolic link to {observed.get('target')} is there; what it leads to is left alone"
        case "file" if options.state == "absent":
            return f"{_size(observed)} are lost"
        case "folder" | "other" as kind:
            return f"a {'device' if kind == 'other' else kind} is there; deskprov removes and replaces files only"
        case "file" | None if observed.get("sha256") != options.sha256:
            return _difference(options, observed)
        case _:
            return ""


reboot = no_reboot


def _difference(options: Options, observed: Observed) -> str:
    before = observed.get("text") if observed else ""
    after = options.text
    if not isinstance(before, str) or after is None or len(before) > MOST_CHARACTERS:
        return f"the content changes; {_size(observed)} are there now" if observed else ""
    old, new = _lines(before), _lines(after)
    if max(len(old), len(new)) > MOST_LINES:
        return f"{len(old)} lines become {len(new)}"
    heading = 2
    return "\n".join(list(difflib.unified_diff(old, new, lineterm=""))[heading:])


def _lines(text: str) -> list[str]:
    *lines, rest = text.split("\n")
    return [*lines, rest, "\\ no line end"] if rest else lines


def _size(observed: Mapping[str, Any]) -> str:
    size = observed.get("size")
    return f"{size} bytes" if isinstance(size, int) else "bytes"
