"""`enroll`: takes machines in by the files that the bootstrap script wrote on them.

Nothing is kept of a machine before it has answered, with the key of its file, and is the one that the file means. The
inventory comes last: what is in it is enrolled, and a call that was broken off goes on when it is made again.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from deskprov.api.first_contact import FirstContact, first_contact
from deskprov.api.handing_over import is_one_time, is_unproved, keep_own, put_in_force, settle, ways_in
from deskprov.api.hosts import check_profile
from deskprov.api.practice import bare_keys
from deskprov.api.running import failure, pool
from deskprov.api.site import Site
from deskprov.errors import DeskprovError, HostError, SecretUnavailable, Unreachable, WrongUsage
from deskprov.formats.enrolment import SignedEnrolment, read
from deskprov.formats.known_hosts import fingerprint
from deskprov.model.asset import Asset
from deskprov.model.enrolment import NAMESPACE, Batch, CarriedFile
from deskprov.model.escrow import EscrowState
from deskprov.model.history import AssetEvent, EventKind
from deskprov.model.inventory import Host
from deskprov.model.newcomer import Enrolled, Newcomer, Paper, Rules, Standing
from deskprov.model.playbook import Halt
from deskprov.model.ports.assets import AssetChange
from deskprov.model.ports.machine import HostKey
from deskprov.model.problem import InvalidInput
from deskprov.model.result import HostResult, Outcome
from deskprov.stages.enrol import decide, not_enrolled, practised

TICK_SECONDS = 0.2
Step = Callable[[], FirstContact]
"""Asking one machine one thing, in a thread of its own."""

_ITS_OWN = {
    Standing.NEW: {EscrowState.PENDING},
    Standing.THERE: {EscrowState.PENDING, EscrowState.GIVEN, EscrowState.CURRENT},
}
"""Which of the passwords that are sealed of a machine may open it: one that is new may have been set up anew since."""

INTERRUPTED = "interrupted before it was taken in; the same command goes on"


class Examination(Struct, frozen=True):
    """What became clear without asking a machine: one newcomer for each file, and who is still to come."""

    newcomers: Sequence[Newcomer]
    not_enrolled: Sequence[Asset]

    @property
    def coming(self) -> int:
        """How many machines are new."""
        return sum(newcomer.standing is Standing.NEW for newcomer in self.newcomers)


def examine(site: Site, files: Sequence[CarriedFile], rules: Rules) -> Examination:
    """Reads the files and says what each means, asking no machine and changing nothing. Copies of one count once.

    Raises `InvalidInput` with everything that is wrong with the files, `WrongUsage` for a profile that is not there.
    """
    check_profile(site, rules.profile)
    signed, problems = [], []
    for file in _without_copies(files):
        one, wrong = read(file.content, file.name)
        problems += wrong
        signed += [one] if one else []
    if problems:
        raise InvalidInput(problems)
    batches, now = site.batches.read(), site.clock.now()
    papers = [
        Paper(one.file, one.enrolment, _refusal(site, one, batches.get(one.enrolment.batch), now)) for one in signed
    ]
    assets = site.assets.all()
    rules = replace(rules, key_file=site.login_key.file(), bare=bare_keys(site))
    newcomers = [_with_profile(site, one) for one in decide(papers, site.inventory.read().hosts, assets, rules)]
    return Examination(newcomers, not_enrolled(assets, newcomers))


def take_in(site: Site, examination: Examination, told: Callable[[Enrolled], None]) -> list[Enrolled]:
    """Makes first contact with the new machines and keeps those that are what their files say; one for each file.

    One that is in and has a one-time password in its file is asked, too: its script may have been run again. `told`
    hears of each that was asked as it is through: of the others all is known from `examine`.
    """
    done = {}
    for newcomer in examination.newcomers:
        if newcomer.standing is not Standing.NEW:
            done[newcomer.file] = _settled(newcomer)
    coming = list({one.name: one for one in reversed(examination.newcomers) if _is_to_be_asked(one)}.values())[::-1]
    for newcomer, result in _contacts(site, coming):
        done[newcomer.file] = Enrolled(newcomer, result)
        told(done[newcomer.file])
    return [done[newcomer.file] for newcomer in examination.newcomers]


def set_batch(site: Site, enrolled: Sequence[Enrolled]) -> list[str]:
    """Makes the machines that are in now the group `batch`, and returns their names.

    Only machines of the inventory that are no practice machines: another name would make the file invalid. Raises
    `InvalidInput`, `SiteNotWritable`.
    """
    own = {name for name, host in site.inventory.read().hosts.items() if not host.practice}
    through = dict.fromkeys(one.result.host for one in enrolled if one.result.outcome is Outcome.OK)
    names = [name for name in through if name in own]
    site.inventory.set_batch(names)
    return names


def _is_to_be_asked(newcomer: Newcomer) -> bool:
    """A new one, and one that is in, but whose own password may not be in force: not yet, or not any more."""
    if newcomer.standing is Standing.THERE:
        return bool(newcomer.enrolment.one_time)
    return newcomer.standing is Standing.NEW


def _without_copies(files: Sequence[CarriedFile]) -> list[CarriedFile]:
    first: dict[bytes, CarriedFile] = {}
    for file in files:
        first.setdefault(file.content, file)
    return list(first.values())


def _refusal(site: Site, signed: SignedEnrolment, batch: Batch | None, now: datetime) -> tuple[str, str]:
    """Why the signatures do not count, and what to do; empty when they do."""
    again = f"write a new script (deskprov bootstrap {signed.enrolment.platform}) and run it on that machine"
    if batch is None:
        return f"its batch {signed.enrolment.batch} is none of this site", again
    if not site.ssh_keys.signed_by(batch.public_key, signed.text, signed.by_batch, NAMESPACE):
        return f"it was not written by the script of {batch.name}, or was changed since", again
    if not site.ssh_keys.signed_by(signed.machine_key, signed.text, signed.by_machine, NAMESPACE):
        return "it was not signed with the host key or certificate that it states", again
    if not batch.begins <= now <= batch.ends:
        return f"{batch.name} ended on {batch.ends:%Y-%m-%d}", again
    return "", ""


def _with_profile(site: Site, newcomer: Newcomer) -> Newcomer:
    """Refuses what names a profile that is not there: the packing list may."""
    try:
        check_profile(site, newcomer.host.profile if newcomer.host else "")
    except WrongUsage as error:
        return replace(newcomer, standing=Standing.REFUSED, message=error.message.rstrip("."), hint=error.hint)
    return newcomer


def _settled(newcomer: Newcomer) -> Enrolled:
    outcome = Outcome.OK if newcomer.standing is Standing.THERE else Outcome.REFUSED
    return Enrolled(newcomer, _result(newcomer, outcome, newcomer.message, newcomer.hint))


def _result(newcomer: Newcomer, outcome: Outcome, message: str = "", hint: str = "") -> HostResult:
    return HostResult(newcomer.name, outcome, verified=outcome is Outcome.OK, seconds=0.0, message=message, hint=hint)


def _contacts(site: Site, coming: Sequence[Newcomer]) -> Iterator[tuple[Newcomer, HostResult]]:
    """Asks several at once, and keeps each in the calling thread."""
    with site.interrupts.held_back() as interrupted, pool(site, len(coming)) as threads:
        waiting: dict[Future[FirstContact], Newcomer] = {}
        for newcomer in coming:
            match _first_step(site, newcomer):
                case HostResult() as result:
                    yield newcomer, result
                case step:
                    waiting[threads.submit(step)] = newcomer
        while waiting:
            through, _ = wait(waiting, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
            for future in through:
                newcomer = waiting.pop(future)
                match _next_step(site, newcomer, future):
                    case HostResult() as result:
                        yield newcomer, result
                    case step:
                        waiting[threads.submit(step)] = newcomer
            for future in [future for future in waiting if interrupted() is not Halt.NO and future.cancel()]:
                newcomer = waiting.pop(future)
                yield newcomer, _result(newcomer, Outcome.INTERRUPTED, INTERRUPTED)


def _first_step(site: Site, newcomer: Newcomer) -> Step | HostResult:
    if newcomer.host is None:
        raise ValueError("a newcomer without a host has nobody to ask")
    try:
        ways = ways_in(site, newcomer.host, newcomer.enrolment, _ITS_OWN[newcomer.standing])
    except SecretUnavailable as error:
        return _failed(newcomer, error)
    return partial(first_contact, site, ways, newcomer.enrolment)


def _next_step(site: Site, newcomer: Newcomer, future: "Future[FirstContact]") -> Step | HostResult:
    """What comes after the one that is through; the result when there is nothing left."""
    try:
        contact = future.result()
        site.record.saw(contact.host.name, contact.facts, site.clock.now(), practice=contact.host.practice)
        if newcomer.practised and newcomer.asset:
            _practise(site, contact.host, newcomer.asset)
        if is_one_time(contact.host):
            own = keep_own(site, _stated(newcomer, contact))
            return partial(_handed_over, site, newcomer, contact, own)
        _keep(site, newcomer, contact)
    except (HostError, SecretUnavailable) as error:
        if newcomer.standing is Standing.THERE and isinstance(error, Unreachable) and not _is_unproved(site, newcomer):
            return _result(newcomer, Outcome.OK, f"{newcomer.message}; it does not answer now")
        return _failed(newcomer, error)
    except WrongUsage as error:  # somebody else has taken the name meanwhile, or the file has to be edited by hand
        return _result(newcomer, Outcome.FAILED, error.message, error.hint)
    return _result(newcomer, Outcome.OK, newcomer.message)


def _failed(newcomer: Newcomer, error: HostError | SecretUnavailable) -> HostResult:
    """As of any machine; but one that is not in is unknown to every other verb."""
    result = failure(newcomer.name, error, 0.0)
    if newcomer.standing is not Standing.NEW:
        return result
    return replace(result, hint=f"{error.hint} It is not taken in. When it answers, the same command again.".lstrip())


def _practise(site: Site, host: Host, line: Asset) -> None:
    """Gives the record of a practice machine what the packing list says; an earlier one lets go of the tag."""
    own = site.assets.find(host.name)
    if own is None or line.practice:
        return
    others = [a for a in site.assets.all() if a.practice and a.id != own.id and line.tag and a.tag == line.tag]
    changes = [AssetChange(other, replace(other, tag="")) for other in others]
    joined = AssetChange(own, practised(own, line), EventKind.JOINED)
    site.assets.save([*changes, joined], site.clock.now(), site.operator)


def _is_unproved(site: Site, newcomer: Newcomer) -> bool:
    return newcomer.host is not None and is_unproved(site, newcomer.host)


def _handed_over(site: Site, newcomer: Newcomer, contact: FirstContact, own: str) -> FirstContact:
    """The same machine by its own password, which has let us in."""
    try:
        put_in_force(site, contact.host, newcomer.enrolment, own)
        return first_contact(site, [_stated(newcomer, contact)], newcomer.enrolment)
    except HostError as error:
        error.message = f"{error.message} Its own password is sealed here, and may be in force there."
        error.hint = f"{error.hint} The same command goes on from here.".lstrip()
        raise


def _stated(newcomer: Newcomer, contact: FirstContact) -> Host:
    """The machine at the address that answered, by the password that its inventory entry will state."""
    if newcomer.host is None:
        raise ValueError("a newcomer without a host cannot be stated")
    return replace(newcomer.host, connection=replace(newcomer.host.connection, address=contact.host.connection.address))


def _keep(site: Site, newcomer: Newcomer, contact: FirstContact) -> None:
    if newcomer.standing is Standing.THERE:
        settle(site, contact.host)
        return
    host, now = contact.host, site.clock.now()
    key = newcomer.enrolment.host_key
    asset = site.assets.find(host.name)
    if asset is None:
        raise DeskprovError(f"The record of {host.name} is gone.")
    detail = {"batch": newcomer.enrolment.batch, "fingerprint": fingerprint(key), "address": host.connection.address}
    site.assets.log(asset, AssetEvent(now, site.operator, EventKind.ENROLLED, detail["batch"], detail))
    if host.practice:
        site.inventory.write_practice([*site.inventory.practice(), replace(host, known_host=key)])
    else:
        site.host_keys.pin(host, HostKey(key, detail["fingerprint"]))
        _add(site, host)
    if newcomer.enrolment.one_time:
        settle(site, host)


def _add(site: Site, host: Host) -> None:
    site.inventory.add(host, None)
    stated = site.inventory.read().hosts[host.name]
    if stated.connection != host.connection:
        site.inventory.retire(host.name)
        site.host_keys.forget(host.name)
        raise WrongUsage(
            f"{host.name} was not taken in: the inventory's groups state another way to it than its file.",
            hint="See ansible_user, ansible_port and deskprov_password below `vars:` in inventory_hosts/.",
        )
