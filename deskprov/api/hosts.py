"""Machines come into the site, are trusted, and leave it."""

import hmac
import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from deskprov.api.profiles import ProfileFiles
from deskprov.api.site import Site
from deskprov.api.targets import meant
from deskprov.errors import IdentityNotTrusted, WrongUsage
from deskprov.formats.known_hosts import fingerprint
from deskprov.formats.near_miss import near_misses
from deskprov.model.asset import Asset
from deskprov.model.history import EventKind
from deskprov.model.inventory import (
    HTTP,
    HTTP_PORT,
    HTTPS,
    KERBEROS,
    NTLM,
    OVER_TLS,
    PORTS,
    POWERSHELL,
    PSRP,
    SSH,
    WINRM,
    Connection,
    Host,
)
from deskprov.model.platform import Platform
from deskprov.model.ports.assets import AssetChange
from deskprov.model.ports.machine import HostKey
from deskprov.stages.resolve import lineage

_BASE64 = re.compile(r"[A-Za-z0-9+/]{43}=?\Z")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{64}\Z")


class NewHost(Struct, frozen=True):
    """What a person said about a new machine; what is None or empty was not said, and its groups may state it."""

    name: str
    address: str
    platform: Platform | None = None
    transport: str | None = None
    log_on: str | None = None
    scheme: str | None = None
    port: int | None = None
    user: str | None = None
    key_file: str = ""
    password: str = ""
    become_password: str = ""
    profile: str = ""
    place: str = ""
    ring: str = ""
    group: str | None = None
    asset_tag: str = ""


class Identity(Struct, frozen=True):
    """The key or certificate that a machine shows now; its inventory entry has the pinned one."""

    host: Host
    offered: HostKey

    @property
    def pinned(self) -> str:
        """The fingerprint of the pinned key; empty when none is pinned."""
        return fingerprint(self.host.known_host) if self.host.known_host else ""

    @property
    def trusted(self) -> bool:
        """True when the machine shows the pinned key."""
        return self.host.known_host == self.offered.line


def add(site: Site, new: NewHost) -> Host:
    """Adds a machine to the inventory, and to the asset with the given tag, and returns it as its groups make it.

    Raises `WrongUsage` for a name or tag that is taken, a profile that is not there and a value that is no good;
    `SecretUnavailable` for a secret that is not declared; `InvalidInput`, `SiteNotWritable`, `RecordError`.
    """
    for secret in filter(None, (new.password, new.become_password)):
        site.secrets.check(secret)
    check_profile(site, new.profile)
    change = _asset_change(site, new) if new.asset_tag else None
    site.inventory.add(_stated(_of_platform(site, new)), new.group)
    if change:
        site.assets.save([change], site.clock.now(), site.operator)
    return site.inventory.read().hosts[new.name]


def listed(site: Site, targets: Sequence[str]) -> list[Host]:
    """The machines named, or all of the site without targets. Raises `NoHostMatched`, `InvalidInput`."""
    return meant(site, targets) if targets else list(site.inventory.read().hosts.values())


def one(site: Site, target: str) -> Host:
    """The machine with this name, tag or serial. Raises `NoHostMatched`, `InvalidInput`, `WrongUsage` for several."""
    hosts = meant(site, [target])
    if len(hosts) > 1:
        raise WrongUsage(f"{target} means {len(hosts)} machines; this is for one at a time.", hint="Name the machine.")
    return hosts[0]


def identity(site: Site, target: str) -> Identity:
    """What the machine shows, without logging in.

    Raises `Unreachable`, what `one` raises, and `WrongUsage` for one that shows nothing.
    """
    host = one(site, target)
    if not host.connection.pins:
        raise WrongUsage(
            f"{host.name} is reached over HTTP and shows nothing that could be trusted.",
            hint="With Kerberos it proves at each log-on who it is; without, nothing does: use HTTPS.",
        )
    return Identity(host, site.host_keys.offered(host))


def trust(site: Site, shown: Identity) -> None:
    """Pins the key that was shown, instead of any other; a person has confirmed it.

    Raises `HostBusy` while a run is on: the key is a part of the lock's name, and under a new one a second run could
    begin beside the first. Raises `SiteNotWritable`.
    """
    with site.locks.hold(shown.host.name, "trust", shown.host.known_host):
        site.host_keys.pin(shown.host, shown.offered)


def trust_fingerprint(site: Site, target: str, expected: str) -> Identity:
    """Pins what the machine shows if it has this fingerprint: of a key as `ssh-keygen -l` has it, of a certificate in
    hexadecimal, with colons or without.

    Raises `IdentityNotTrusted` when it has another, `WrongUsage` when this is no SHA256 fingerprint, and what
    `identity` and `trust` raise.
    """
    wanted = _canonical(expected)
    shown = identity(site, target)
    if not hmac.compare_digest(wanted.encode(), shown.offered.fingerprint.encode()):
        raise IdentityNotTrusted(
            shown.host.name,
            f"{shown.host.name} shows {shown.offered.fingerprint}, not {wanted}. It is not trusted.",
            hint="Read the fingerprint at the machine itself. If it is the one you gave, another machine is posing as "
            "it: find out first.",
        )
    trust(site, shown)
    return shown


def retire(site: Site, targets: Sequence[str]) -> list[Host]:
    """Takes machines out of the inventory, forgets their pinned keys, and returns them; their records stay.

    Raises `NoHostMatched`, `WrongUsage`, `InvalidInput`, `SiteNotWritable`; machines before the one that raised are
    retired.
    """
    hosts = meant(site, targets)
    for host in hosts:
        site.inventory.retire(host.name)
        site.host_keys.forget(host.name)
    return hosts


def check_profile(site: Site, profile: str) -> None:
    """Raises `WrongUsage` for a profile that is not there; an empty name is none."""
    known = [path.removeprefix("profiles/").rpartition(".")[0] for path in site.files.list_yaml("profiles")]
    if profile and profile not in known:
        close = near_misses(profile, known)
        hint = f"Did you mean {' or '.join(close)}?" if close else "deskprov profile list"
        raise WrongUsage(f"There is no profile {profile}.", hint=hint)


def _stated(new: NewHost) -> Host:
    plain = Connection(new.address)
    transport = _transport(new)
    connection = Connection(
        new.address,
        transport=transport,
        port=_port(new, transport) if new.port is None else new.port,
        user=plain.user if new.user is None else new.user,
        key_file=new.key_file,
        password=new.password,
        become_password=new.become_password,
        shell=POWERSHELL if transport == SSH and new.platform is Platform.WINDOWS else "",
        log_on=new.log_on or NTLM,
        scheme=new.scheme or HTTPS,
    )
    return Host(new.name, connection, profile=new.profile, place=new.place, ring=new.ring)


def _of_platform(site: Site, new: NewHost) -> NewHost:
    """As it was said, and the platform from its profile when that was not; a group may state how its machines are
    reached, so that nothing is concluded for one of those.
    """
    if new.platform is not None or not new.profile or new.group is not None:
        return new
    files = ProfileFiles(site)
    return replace(new, platform=lineage(files[new.profile], files).platform)


def _transport(new: NewHost) -> str:
    """SSH, unless it is said, or meant for a Windows PC, that it is another way."""
    if new.log_on == KERBEROS or new.scheme == HTTP:
        new = replace(new, transport=_by_kerberos(new))
    if new.platform is Platform.WINDOWS:
        return new.transport or WINRM
    if new.platform is Platform.LINUX and new.transport in OVER_TLS:
        raise WrongUsage(
            f"A Linux machine is not reached by {new.transport}.", hint="Leave --transport out, or say ssh."
        )
    return new.transport or SSH


def _by_kerberos(new: NewHost) -> str:
    """PSRP, which alone speaks Kerberos, and HTTP with its encryption."""
    if new.log_on != KERBEROS:
        raise WrongUsage(
            "Over HTTP, nothing proves who answers before somebody logs on, unless it is Kerberos.",
            hint="Add --log-on kerberos, or leave --scheme out: HTTPS with a pinned certificate. What can be stated of "
            "the risk in the inventory: docs/guides/first-contact.md",
        )
    if new.transport not in (None, PSRP):
        raise WrongUsage(
            f"Kerberos is spoken over PSRP, not over {new.transport}.", hint="Leave --transport out, or say psrp."
        )
    return PSRP


def _port(new: NewHost, transport: str) -> int:
    return HTTP_PORT if new.scheme == HTTP else PORTS[transport]


def _asset_change(site: Site, new: NewHost) -> AssetChange:
    tagged, named = site.assets.find(new.asset_tag), site.assets.find(new.name)
    if tagged is not None and tagged.host not in ("", new.name):
        raise WrongUsage(
            f"The asset {new.asset_tag} is {tagged.host} already.", hint="Retire that machine first, or mend the tag."
        )
    if named is not None and named.tag not in ("", new.asset_tag):
        raise WrongUsage(
            f"The record of {new.name} has the tag {named.tag}, not {new.asset_tag}.",
            hint=f"deskprov asset show {new.name}",
        )
    before = tagged or named
    if before is None:
        return AssetChange(None, Asset(host=new.name, tag=new.asset_tag), EventKind.CREATED)
    return AssetChange(before, before.with_values({"host": new.name, "tag": new.asset_tag}))


def _canonical(text: str) -> str:
    """As the machine's fingerprint is written: of a key in base64, of a certificate in hexadecimal."""
    kind, colon, digest = text.strip().partition(":")
    if not colon or kind.upper() != "SHA256":
        digest = text.strip()
    if _HEXADECIMAL.match(hexadecimal := digest.replace(":", "").replace(" ", "")):
        return f"SHA256:{hexadecimal.upper()}"
    if _BASE64.match(digest):
        return f"SHA256:{digest.rstrip('=')}"
    raise WrongUsage(
        f"{text} is no SHA256 fingerprint.",
        hint="It looks like SHA256:… and comes from: ssh-keygen -lf KEY.pub; that of a certificate has 64 digits.",
    )
