"""What an enrolment file means for the site: a new machine and its name and asset, one that is there, or none of ours.

Data in, data out. Whether its signatures are good is known before; what the machine itself says comes after.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from deskprov.model.asset import FIELDS, Asset, LifeState
from deskprov.model.enrolment import Enrolment
from deskprov.model.inventory import OVER_TLS, Connection, Host
from deskprov.model.names import is_name
from deskprov.model.newcomer import NameFrom, Newcomer, Paper, Rules, Standing
from deskprov.model.platform import Platform
from deskprov.model.secret import PER_DEVICE

PROFILE_FIELD = "profile"
"""The field of the site's own that may state the profile in a packing list: `asset_fields: {profile: text}`."""


_OF_THE_MACHINE = frozenset({"host", "serial", "maker", "model", "uuid", "machine_id", "macs", "state"})
"""What a practice machine has of its own, whichever line of a packing list it is enrolled for."""

_NEW_KEY = {
    Platform.LINUX: "rm /etc/ssh/ssh_host_*; ssh-keygen -A",
    Platform.WINDOWS: "the script with -Undo",
}


def decide(papers: Sequence[Paper], hosts: Mapping[str, Host], assets: Sequence[Asset], rules: Rules) -> list[Newcomer]:
    """One for each paper, in order."""
    desk = _Desk(papers, hosts, assets, rules)
    return [desk.judge(paper) for paper in papers]


def not_enrolled(assets: Sequence[Asset], newcomers: Sequence[Newcomer]) -> list[Asset]:
    """The assets in stock with a serial number that are neither a machine of the site yet nor in one of these files.

    Those that a practice machine is enrolled for are not told again and again.
    """
    coming = {
        newcomer.asset.id for newcomer in newcomers if newcomer.asset and newcomer.standing is not Standing.REFUSED
    }
    practised = {newcomer.enrolment.serial.casefold() for newcomer in newcomers if newcomer.practised}
    return [
        asset
        for asset in assets
        if asset.serial
        and not asset.host
        and asset.state is LifeState.STOCK
        and asset.id not in coming
        and not asset.practice
        and asset.serial.casefold() not in practised
    ]


def practised(own: Asset, line: Asset) -> Asset:
    """The record of a practice machine with what people filled in on the line of the packing list it is enrolled for.

    Nothing that tells the real machine, nothing about persons; the line stays as it is.
    """
    stated = [field for field in FIELDS.values() if field.name not in _OF_THE_MACHINE and not field.personal]
    return own.with_values({field.name: line.value(field.name) for field in stated} | dict(line.site_fields))


@dataclass
class _Desk:
    papers: Sequence[Paper]
    hosts: Mapping[str, Host]
    assets: Sequence[Asset]
    rules: Rules
    judged: dict[str, Newcomer] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        sound = {_identity(paper.enrolment) for paper in self.papers if not paper.refusal[0]}
        self._keys = Counter(key for key, _, _ in sound)
        self._serials = Counter(serial for _, serial, _ in sound if serial)

    def judge(self, paper: Paper) -> Newcomer:
        enrolment = paper.enrolment
        if paper.refusal[0]:
            return _refused(paper, *paper.refusal)
        if self._keys[enrolment.host_key] > 1:
            return _refused(
                paper,
                "another file has the same key and is another machine: both come from one image",
                f"make a new key on each ({_NEW_KEY[enrolment.platform]}), and run the script again",
            )
        if self._serials[enrolment.serial.casefold()] > 1:
            return _refused(
                paper,
                f"two files with different keys claim the serial number {enrolment.serial}",
                "compare it with the label, take the wrong file away; was it installed anew in between?",
            )
        earlier = self.judged.get(enrolment.host_key)
        if earlier and earlier.standing is Standing.REFUSED:
            return _refused(paper, earlier.message, earlier.hint)
        if earlier:
            return Newcomer(paper.file, enrolment, Standing.THERE, earlier.host, earlier.asset, f"as {earlier.file}")
        newcomer = self._known(paper) or self._new(paper)
        self.judged[enrolment.host_key] = newcomer
        return newcomer

    def _known(self, paper: Paper) -> Newcomer | None:
        """The machine of the inventory with this key."""
        enrolment = paper.enrolment
        practice = self._is_practice(enrolment)
        same_key = (host for host in self.hosts.values() if host.known_host == enrolment.host_key)
        host = next((host for host in same_key if host.practice == practice), None)
        if host is None:
            return None
        asset = next((a for a in self.assets if a.host == host.name and a.practice == practice), None)
        if different := _differences(enrolment, host, asset):
            return _refused(
                paper,
                f"it is {host.name}, which is enrolled, and the file says otherwise: {different}",
                f"see deskprov host show {host.name}; if the file is right, first: deskprov host retire {host.name}",
            )
        return Newcomer(paper.file, enrolment, Standing.THERE, host, asset, f"enrolled as {host.name}")

    def _new(self, paper: Paper) -> Newcomer:
        enrolment = paper.enrolment
        listed = [a for a in self.assets if not a.practice]
        same_serial = [a for a in listed if enrolment.serial and _same(a.serial, enrolment.serial)]
        if len(same_serial) > 1:
            several = ", ".join(asset.label for asset in same_serial)
            return _refused(
                paper, f"several assets have its serial number: {several}", "mend them: deskprov asset edit"
            )
        asset = same_serial[0] if same_serial else None
        if asset and asset.host in self.hosts:
            return _refused(
                paper,
                f"its serial number is that of {asset.host}, whose pinned key is another",
                f"was it installed anew? Then: deskprov host retire {asset.host}, and enrol it again",
            )
        name = asset.host if asset and asset.host else _name(enrolment, asset, self.rules.name_from)
        if wrong := self._taken(name, None if self._is_practice(enrolment) else asset, listed):
            return _refused(paper, *wrong)
        self.names.add(name.casefold())
        return Newcomer(paper.file, enrolment, Standing.NEW, self._host(name, enrolment, asset), asset)

    def _taken(self, name: str, asset: Asset | None, listed: Sequence[Asset]) -> tuple[str, str] | None:
        if not name:
            return "it has no tag, serial or name that can be its name here", "give it a tag: deskprov asset add"
        practice = next((host.name for host in self.hosts.values() if host.practice and _same(host.name, name)), "")
        if practice:
            return (
                f"{practice} is a practice machine of this site already",
                f"there is nothing to do: deskprov setup {practice}; or choose another rule: --name tag|serial|host",
            )
        owner = next((a for a in listed if _same(a.host, name) and (asset is None or a.id != asset.id)), None)
        if owner or name.casefold() in {*self.names, *(host.casefold() for host in self.hosts)}:
            return f"the name {name} is taken by another machine", "choose another rule: --name tag|serial|host"
        return None

    def _host(self, name: str, enrolment: Enrolment, asset: Asset | None) -> Host:
        stated = str(asset.site_fields.get(PROFILE_FIELD, "")) if asset else ""
        way = self._way(enrolment)
        place = asset.room if asset and is_name(asset.room) else ""
        profile, practice = self.rules.profile or stated, self._is_practice(enrolment)
        return Host(name, way, profile, place, known_host=enrolment.host_key, practice=practice)

    def _is_practice(self, enrolment: Enrolment) -> bool:
        return enrolment.host_key in self.rules.bare

    def _way(self, enrolment: Enrolment) -> Connection:
        """With the site's key, or with a password of the machine's own."""
        where = (enrolment.addresses[0], enrolment.port, enrolment.user)
        way = self.rules.over_tls if enrolment.transport in OVER_TLS else enrolment.transport
        if enrolment.one_time:
            return Connection(*where, password=PER_DEVICE, transport=way)
        return Connection(*where, self.rules.key_file, transport=way, shell=enrolment.shell)


def _identity(enrolment: Enrolment) -> tuple[str, str, str]:
    return enrolment.host_key, enrolment.serial.casefold(), enrolment.machine_id


def _name(enrolment: Enrolment, asset: Asset | None, first: NameFrom) -> str:
    """The first that can be a name, from the wanted one on; then the others."""
    words = {NameFrom.TAG: asset.tag if asset else "", NameFrom.SERIAL: enrolment.serial, NameFrom.HOST: enrolment.name}
    order = list(NameFrom)
    start = order.index(first)
    return next((words[kind] for kind in [*order[start:], *order[:start]] if is_name(words[kind])), "")


def _differences(enrolment: Enrolment, host: Host, asset: Asset | None) -> str:
    way = host.connection
    compared: list[tuple[str, str, str, Callable[[str, str], bool]]] = [
        ("its port is", str(enrolment.port), str(way.port), _same),
        ("its account is", enrolment.user, way.user, _same),
        ("its serial number is", enrolment.serial, asset.serial if asset else "", _agree),
        ("its installation is", enrolment.machine_id, asset.machine_id if asset else "", _agree),
    ]
    found = [f"{words} {new}, not {old}" for words, new, old, equal in compared if not equal(new, old)]
    if way.address not in enrolment.addresses:
        found.insert(0, f"its address is {', '.join(enrolment.addresses)}, not {way.address}")
    return "; ".join(found)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _agree(one: str, other: str) -> bool:
    return not other or _same(one, other)


def _refused(paper: Paper, message: str, hint: str) -> Newcomer:
    return Newcomer(paper.file, paper.enrolment, Standing.REFUSED, message=message, hint=hint)
