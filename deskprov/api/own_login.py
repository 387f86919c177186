"""Which password lets deskprov in to a Windows PC where two are kept. `own_password` is what rotates.

Every look asks this first and finds nothing to do nearly always, so it needs little of what a rotation does.
"""

from collections.abc import Sequence
from contextlib import suppress

from deskprov.api.asking import ask_one
from deskprov.api.in_force import make_current
from deskprov.api.site import Site
from deskprov.errors import HostError, LoginRefused, SecretUnavailable
from deskprov.formats.windows_seal import FORGET_KEY
from deskprov.model.escrow import EscrowState, Kept, Owner, owner_of
from deskprov.model.inventory import Host
from deskprov.model.platform import Platform
from deskprov.model.secret import as_password


def own_account(host: Host) -> Owner | None:
    """The account that deskprov logs in with by a password of this machine's own, on Windows; None without one."""
    secret = host.connection.login_secret
    if host.connection.platform is not Platform.WINDOWS or not secret:
        return None
    owner = owner_of(as_password(secret, host.name))
    return owner if owner.host else None


def find_free_ways_in(site: Site, hosts: Sequence[Host], verb: str) -> None:
    """What `find_ways_in` does, for who has no lock: each machine is locked for it, and `verb` is what others read.

    One that another run holds is left alone, and logged in to with what is settled: that run may be rotating.
    """
    for host in hosts:
        if _in_question(site, host):
            with suppress(HostError), site.locks.hold(host.name, verb, host.known_host):
                find_ways_in(site, [host])


def find_ways_in(site: Site, hosts: Sequence[Host]) -> None:
    """Where a rotation was broken off, or a person has set another one (`secret set`, which may be mistyped), finds out
    by a log-on which password is in force, and burns the other.

    The caller holds the locks of these machines: one that is being rotated looks the same. Asks nothing of any other
    machine. Where none lets us in, all is left as it is: the machine's look says why.
    """
    for host in hosts:
        if kept := _in_question(site, host):
            _find_way_in(site, host, kept)


def _in_question(site: Site, host: Host) -> Sequence[Kept]:
    """What is kept of our account, newest first, when nobody knows which is in force."""
    owner = own_account(host)
    kept = site.escrow.of(owner) if owner else []
    return kept if len(kept) > 1 and kept[0].state is not EscrowState.CURRENT else []


def _find_way_in(site: Site, host: Host, kept: Sequence[Kept]) -> None:
    login = as_password(host.connection.login_secret, host.name)
    try:
        values = [site.escrow.open(each) for each in kept]
    except SecretUnavailable:
        return  # said by whoever needs it to log in
    for each, value in zip(kept, values, strict=True):
        site.secrets.hold(login, value)
        try:
            ask_one(site, host, FORGET_KEY)
            make_current(site, each)
        except LoginRefused:
            continue
        except HostError:
            break
        except SecretUnavailable:
            return  # burned by a run of another controller meanwhile, and kept again: the next look tries both
        return
    site.secrets.hold(login, values[next((n for n, k in enumerate(kept) if k.state is not EscrowState.PENDING), 0)])
