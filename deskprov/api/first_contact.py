"""The first log-in to a machine that is not in the inventory yet: it must have its file's key, and be its machine."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from deskprov.api.asking import ask_all
from deskprov.api.handing_over import is_one_time
from deskprov.api.site import Site
from deskprov.errors import AnotherMachine, HostError, IdentityNotTrusted, LoginRefused, Unreachable
from deskprov.model.enrolment import Enrolment
from deskprov.model.facts import Facts
from deskprov.model.identity import given_by_maker
from deskprov.model.inventory import Host
from deskprov.model.platform import Platform
from deskprov.stages.facts import facts, facts_probes

MOST_ADDRESSES = 4
"""How many of a machine's addresses are tried: each that does not answer costs the time limit of connecting."""


class FirstContact(Struct, frozen=True):
    """The machine with the address that answered, and what it says about itself."""

    host: Host
    facts: Facts


def first_contact(site: Site, ways: Sequence[Host], enrolment: Enrolment) -> FirstContact:
    """Logs in by the first of these ways that is open, asks, and compares with the file. Nothing is kept.

    Raises `Unreachable`, `IdentityNotTrusted` when another host key is shown, `LoginRefused`, `ElevationRefused`,
    `ProbeFailed`, and `AnotherMachine` when the serial number, UUID or installation is not the file's; the
    record's line was found by that serial number.
    """
    contact = _answering(site, ways, enrolment)
    _check(contact, enrolment)
    return contact


def _answering(site: Site, ways: Sequence[Host], enrolment: Enrolment) -> FirstContact:
    """At the first address where the machine answers with its key."""
    failures: list[HostError] = []
    for address in enrolment.addresses[:MOST_ADDRESSES]:
        try:
            return _at(site, ways, address, enrolment.platform)
        except IdentityNotTrusted:
            failures.insert(0, _impostor(ways[0].name, address))
        except Unreachable as error:
            failures.append(error)
    raise failures[0]


def _at(site: Site, ways: Sequence[Host], address: str, platform: Platform) -> FirstContact:
    *earlier, last = (replace(way, connection=replace(way.connection, address=address)) for way in ways)
    for way in earlier:
        try:
            return FirstContact(way, _ask(site, way, platform))
        except LoginRefused:
            continue  # a call that was broken off had not come so far
    try:
        return FirstContact(last, _ask(site, last, platform))
    except LoginRefused as error:
        if not is_one_time(last):
            raise
        raise LoginRefused(
            last.name,
            f"{last.name} refuses the one-time password of its file: it was used already, or another was made since.",
            hint="Run the script on it again, with -Again if it says so, and enrol the new file.",
        ) from error


def _impostor(name: str, address: str) -> IdentityNotTrusted:
    return IdentityNotTrusted(
        name,
        f"{address} shows another host key or certificate than the file of {name}. Nothing was sent to it.",
        hint="Another machine has this address now, or poses as it. Run the script again on the machine that is meant.",
    )


def _ask(site: Site, host: Host, platform: Platform) -> Facts:
    return facts(platform, ask_all(site, host, facts_probes(platform)))


def _check(contact: FirstContact, enrolment: Enrolment) -> None:
    seen = {**given_by_maker(contact.facts), "machine_id": contact.facts.machine_id}
    compared = (
        ("serial number", enrolment.serial, seen["serial"]),
        ("UUID", enrolment.uuid, seen["uuid"]),
        ("installation", enrolment.machine_id, seen["machine_id"]),
    )
    wrong = [
        f"its {name} is {its or 'none'}, not {ours or 'none'}" for name, ours, its in compared if _differ(ours, its)
    ]
    if wrong:
        raise AnotherMachine(
            contact.host.name,
            f"Another machine answers than the file says: {'; '.join(wrong)}. Nothing of it was kept.",
            hint="Machines from one image share their keys. Run the script again on the machine that is meant.",
        )


def _differ(ours: str, its: str) -> bool:
    return ours.casefold() != its.casefold()
