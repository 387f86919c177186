"""Folders: where files and people's work go, with owner and permissions.

On Windows they are made and looked at in the network log-on of an administrator, so only on drives of the computer.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from deskprov.formats.file_system import needs_at
from deskprov.formats.machine_paths import PathOnMachine
from deskprov.formats.posix import AccountName, Mode, belongs_to_kernel, belongs_to_system
from deskprov.formats.windows_access import Access, Inherit, access_problem, needs_of, wanted_access
from deskprov.formats.windows_paths import is_kept, place_problem
from deskprov.model.facts import Observed
from deskprov.model.platform import OnlyOn, Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import no_reboot
from deskprov.model.want import Wanted

NAME = "folders"
KEY = "path"
PLATFORMS = frozenset({Platform.LINUX, Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()


class Options(ResourceOptions):
    """A folder of this computer."""

    path: PathOnMachine = Field(description="Where it is: a whole path, such as /srv/share or C:\\Share.")
    mode: Annotated[Mode | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, description='Its permissions as octal text in quotes, such as "2775"; 0755 when it is made new.'
    )
    owner: Annotated[AccountName | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, description="The account it belongs to; root when it is made new."
    )
    group: Annotated[AccountName | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, description="The group it belongs to; root when it is made new."
    )
    access: Access = None
    inherit: Inherit = None
    remove_content: bool = Field(
        default=False, description="With `state: absent`: removes all that is in it, too; else only an empty folder."
    )

    @model_validator(mode="after")
    def _stay_away(self) -> Self:
        if belongs_to_kernel(self.path):
            raise ValueError(f"{self.path} belongs to the kernel and cannot be set up")
        if self.state == "absent" and belongs_to_system(self.path):
            raise ValueError(f"{self.path} belongs to the system and cannot be removed")
        if self.remove_content and self.state == "present":
            raise ValueError("remove_content is for folders with state: absent only")
        closes = self.access is not None or self.inherit is not None
        if is_kept(self.path) and (self.state == "absent" or closes):
            raise ValueError(f"{self.path} is needed as it is: it is not removed, and who may use it stays")
        if problem := place_problem(self.path) or access_problem(self.access, self.inherit):
            raise ValueError(problem)
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """A folder, with its permissions where the profile states them."""
    wanted = {"kind": "folder", "mode": options.mode, "owner": options.owner, "group": options.group}
    stated = {name: value for name, value in wanted.items() if value is not None}
    return {**stated, **wanted_access(options.access, options.inherit)}


def needs(options: Options) -> Sequence[str]:
    """The folders above it, whom it belongs to, and who may use it."""
    return [*needs_at(options.path, owner=options.owner, group=options.group), *needs_of(options.access)]


def preview(options: Options, observed: Observed) -> str:
    """What is lost when it is removed."""
    if options.state == "present":
        return ""
    if observed.get("kind") != "folder":
        return "it is no folder, but a file or a symbolic link"
    entries = observed.get("entries")
    if not isinstance(entries, int):
        return ""
    if not entries:
        return "it is empty"
    things = f"{entries} file{'s' if entries != 1 else ''} or folder{'s' if entries != 1 else ''}"
    if options.remove_content:
        return f"everything in it is lost: {things}, and all that is in those"
    return f"it holds {things}, so it will not be removed; remove_content: true removes them, too"


reboot = no_reboot
