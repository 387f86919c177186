"""deskprov's own way in to a machine of each platform: what a profile would take of it, and which changes touch it."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from deskprov.model.inventory import Connection, Host
from deskprov.model.plan import Change, Reboot
from deskprov.model.platform import Platform
from deskprov.model.probe import JsonKey
from deskprov.model.problem import Problem
from deskprov.model.profile import Profile
from deskprov.model.resource import Resource
from deskprov.model.resource_type import PATH
from deskprov.resources import BY_NAME
from deskprov.stages import way_in, windows_way_in


class WayIn(Struct, frozen=True):
    """What of a platform is known of the way that deskprov comes in by.

    `touched` says what of it a change touches, in words, empty when it cannot cut us off. `tried_by_reboot` says
    whether that shows only after a reboot. `saved` is what a timed undo is told to save for these changes. `losses` are
    problems of a profile that would take it away.
    """

    touched: Callable[[Change, Connection], str]
    tried_by_reboot: Callable[[Change, Connection], Reboot]
    saved: Callable[[Sequence[Change]], tuple[JsonKey, ...]]
    losses: Callable[[Sequence[Resource], Connection], list[Problem]]


def _saved_on_linux(changes: Sequence[Change]) -> tuple[JsonKey, ...]:
    """All places of the way in, and each path that is set."""
    paths = [change.resource.name for change in changes if BY_NAME[change.resource.type].KEY == PATH]
    return tuple(way_in.PLACES), tuple(paths)


OF: Mapping[Platform, WayIn] = {
    Platform.LINUX: WayIn(
        touched=lambda change, own: way_in.touched(change, own.user),
        tried_by_reboot=lambda change, own: way_in.tried_by_reboot(change, own.user),
        saved=_saved_on_linux,
        losses=lambda resources, own: way_in.removals_of_way_in(resources, own.user),
    ),
    Platform.WINDOWS: WayIn(
        windows_way_in.touched, windows_way_in.tried_by_reboot, windows_way_in.saved, windows_way_in.losses
    ),
}
"""Of each platform that deskprov comes in to."""


def losses(profile: Profile, host: Host) -> list[Problem]:
    """A problem for each thing in a profile that would take deskprov its own way in to a machine."""
    return OF[host.connection.platform].losses(profile.resources, host.connection)
