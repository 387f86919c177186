"""deskprov's own way in to a machine of each platform: what a profile would take of it, and which changes touch it."""

from collections.abc import Callable, Mapping

from deskprov.model.inventory import Host
from deskprov.model.plan import Change
from deskprov.model.platform import Platform
from deskprov.model.problem import Problem
from deskprov.model.profile import Profile
from deskprov.stages import way_in, windows_way_in

TOUCHED: Mapping[Platform, Callable[[Change, str], str]] = {
    Platform.LINUX: way_in.touched,
    Platform.WINDOWS: windows_way_in.touched,
}
"""What of the way in of an account a change touches, in words; empty when it cannot cut us off."""


def losses(profile: Profile, host: Host) -> list[Problem]:
    """A problem for each thing in a profile that would take deskprov its own way in to a machine."""
    resources, own = profile.resources, host.connection
    if profile.platform is Platform.WINDOWS:
        of_account = windows_way_in.losses_of_account(resources, own.user)
        of_domain = windows_way_in.losses_of_domain(resources, own.user)
        return [*of_account, *of_domain, *windows_way_in.losses_of_port(resources, own.port)]
    return way_in.removals_of_way_in(resources, own.user)
