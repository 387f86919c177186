"""A look by who has no lock: what somebody else's run is still to do is not told as something that is not as wanted."""

from deskprov.api.looking import Earlier, Wishes, look
from deskprov.api.site import Site
from deskprov.errors import HostBusy, HostError
from deskprov.model.inventory import Host
from deskprov.model.plan import HostPlan
from deskprov.model.profile import Profile


def look_undisturbed(site: Site, host: Host, profile: Profile, earlier: Earlier, wishes: Wishes) -> HostPlan:
    """What `look` returns, of a machine on which nobody worked from the beginning of the look to its end.

    Raises what `look` raises, and `HostBusy`; that alone when both apply: a machine that another run reboots does not
    answer. One that is busy from the beginning is not asked anything.
    """
    before = site.locks.last_use(host.name, host.known_host)
    try:
        seen = look(site, host, profile, earlier, wishes)
    except HostError:
        _refuse_used(site, host, before)
        raise
    _refuse_used(site, host, before)
    return seen


def _refuse_used(site: Site, host: Host, before: str) -> None:
    if site.locks.last_use(host.name, host.known_host) != before:
        raise HostBusy(
            host.name,
            f"{host.name} was busy with another run during the look, which is of no use then.",
            hint="Look again. Who was at work: deskprov run list",
        )
