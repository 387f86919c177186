"""`doctor HOST`: every step of the way to a machine and on it, in order, until one fails.

Nothing is changed but what `plan` changes, too: which password lets deskprov in after a broken-off rotation is settled.

What comes after a failed step is not looked at: a flood of errors that all have one cause helps nobody. After the
log-in there is one connection, one program, one answer, as for a plan.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from deskprov.api.own_login import find_free_ways_in
from deskprov.api.running import pool
from deskprov.api.site import Site
from deskprov.api.targets import meant
from deskprov.errors import (
    AccessRefused,
    DeskprovError,
    ElevationRefused,
    HostError,
    IdentityNotTrusted,
    ProbeFailed,
    PythonMissing,
    RecordError,
    SecretUnavailable,
    Unreachable,
)
from deskprov.model.asset import Asset
from deskprov.model.check import Check, Examination, Verdict, failed, not_looked_at, ok, warning
from deskprov.model.inventory import Host
from deskprov.model.ports.machine import HostKey
from deskprov.model.result import Outcome
from deskprov.stages.examine import machine
from deskprov.stages.examine.anywhere import NAMES as OF_MACHINE
from deskprov.stages.examine.anywhere import Asked
from deskprov.stages.facts import facts, facts_probes
from deskprov.stages.probe import compile_program, parse_answers

NAMES = ("name", "port", "host_key", "login", *OF_MACHINE)
"""All checks of a machine, in order."""

SOON = timedelta(days=60)
"""How long before a certificate's end it is said."""

_T = TypeVar("_T")


def examine(site: Site, targets: Sequence[str], on_done: Callable[[Examination], None]) -> list[Examination]:
    """Examines machines, many at once; `on_done` is told of each, in the order asked for, as soon as it is through.

    Raises `WrongUsage` without targets, `NoHostMatched`, `InvalidInput`.
    """
    hosts = meant(site, targets)
    known = {host.name: _known(site, host) for host in hosts}
    ways = [name for host in hosts for name in (host.connection.password, host.connection.become_password) if name]
    _ask_person(site, ways)
    with suppress(RecordError):  # said of each machine as it is examined
        find_free_ways_in(site, hosts, "doctor")
    with pool(site, len(hosts)) as threads:
        futures = [threads.submit(_examination, site, host, known[host.name]) for host in hosts]
        try:
            done = []
            for future in futures:
                done.append(future.result())
                on_done(done[-1])
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
    return done


def _ask_person(site: Site, names: Sequence[str]) -> None:
    try:
        site.secrets.prepare(dict.fromkeys(names))
    except SecretUnavailable:
        return  # said at the machine that needs it


def _known(site: Site, host: Host) -> Asset | RecordError | None:
    try:
        return site.assets.find(host.name)
    except RecordError as error:
        return error


@dataclass(frozen=True, slots=True)
class _Stop(Exception):
    """A step failed, and with it the examination."""

    check: Check
    outcome: Outcome


def _examination(site: Site, host: Host, known: Asset | RecordError | None) -> Examination:
    done: dict[str, Check] = {}
    outcome = Outcome.OK
    try:
        for check in _steps(site, host, known):
            done[check.name] = check
    except _Stop as stop:
        done[stop.check.name] = stop.check
        outcome = stop.outcome
    if outcome is Outcome.OK and any(check.verdict is Verdict.FAILED for check in done.values()):
        outcome = Outcome.FAILED
    return Examination(host.name, outcome, [done.get(name) or not_looked_at(name) for name in NAMES], host.profile)


def _steps(site: Site, host: Host, known: Asset | RecordError | None) -> Iterator[Check]:
    """Each check as it is made. Raises `_Stop` with the one that failed."""
    address = host.connection.address
    addresses = _reach("name", lambda: site.approach.addresses(host))
    leads = f"{address} is {', '.join(addresses)}"
    yield ok("name", "an address, so no name is looked up" if list(addresses) == [address] else leads)
    greeting = _reach("port", lambda: site.approach.greeting(host))
    yield ok("port", f"{greeting.address}, port {host.connection.port} answers: {greeting.line}")
    shown = _reach("host_key", lambda: site.approach.identity(host))
    yield _pinned(host, shown, site.clock.now())
    yield from _inside(site, host, known)


def _pinned(host: Host, shown: HostKey, now: datetime) -> Check:
    """Dates of a certificate do not count for deskprov, but Windows and other programs heed them."""
    if not host.connection.pins:
        return _unpinned(host)
    found = f"as pinned: {shown.line.partition(' ')[0]} {shown.fingerprint}"
    if shown.ends is None or (left := shown.ends - now) > SOON:
        return ok("host_key", found)
    fix = "deskprov goes on all the same, other programs do not. Give it a new certificate (the bootstrap script makes "
    fix += f"one), then: deskprov host trust {host.name}"
    if left < timedelta(0):
        return warning("host_key", f"{found}. Its certificate is over since {shown.ends:%Y-%m-%d}", fix)
    return warning("host_key", f"{found}. Its certificate ends in {left.days} days, on {shown.ends:%Y-%m-%d}", fix)


def _unpinned(host: Host) -> Check:
    weakness = host.connection.weakness
    if not weakness:
        return ok("host_key", "nothing to pin: Kerberos proves who it is at each log-on")
    fix = "Better: HTTPS (ansible_psrp_protocol: https), or Kerberos (ansible_psrp_auth: kerberos)."
    return warning("host_key", f"not known: {weakness}, which deskprov_risk_taken puts up with", fix)


def _inside(site: Site, host: Host, known: Asset | RecordError | None) -> Iterator[Check]:
    """What one connection tells after the log-in."""
    platform = host.connection.platform  # a machine under examination need not have a profile
    about_way = machine.questions(platform, host.connection.user)
    probes = [*about_way, *facts_probes(platform)]
    nonce = site.token()
    began = site.clock.now()
    try:
        output = site.transport.ask(host, compile_program(probes, nonce))
        ended = site.clock.now()
    except (HostError, SecretUnavailable) as error:
        yield from _refused(host, error)
        return
    yield ok("login", f"{host.connection.user} is let in")
    try:
        answers = parse_answers(output, probes, nonce)
    except ValueError as error:
        found = f"{host.name} answered, but not with facts: {error}"
        hint = "Look at what its login scripts print, and whether something sits between: ssh it by hand."
        raise _Stop(failed("sudo", found, hint), Outcome.FAILED) from error
    of_facts = facts(platform, answers[len(about_way) :])
    asset = None if isinstance(known, RecordError) else known
    asked = Asked(host.connection, began, ended, asset)
    for check in machine.checks(asked, answers[0], of_facts):
        if check.name == "identity" and isinstance(known, RecordError):
            yield not_looked_at("identity", f"{known.message} {known.hint}")
        else:
            yield check


def _refused(host: Host, error: HostError | SecretUnavailable) -> Iterator[Check]:
    """The checks that are known to be good when this went wrong. Raises `_Stop` with the one that is not."""
    step = _step_of(host, error)
    if step in ("sudo", "python"):
        yield ok("login", f"{host.connection.user} is let in")
    if step == "python":
        yield ok("sudo", "programs can be run as root")
    raise _stop(step, error)


def _step_of(host: Host, error: HostError | SecretUnavailable) -> str:
    match error:
        case IdentityNotTrusted():
            return "host_key"
        case PythonMissing():
            return "python"
        case ElevationRefused() | ProbeFailed():
            return "sudo"
        case SecretUnavailable() if host.connection.key_file or not host.connection.password:
            return "sudo"
        case _:
            return "login"


def _reach(step: str, look: Callable[[], _T]) -> _T:
    try:
        return look()
    except HostError as error:
        raise _stop(step, error) from error


def _stop(step: str, error: DeskprovError) -> _Stop:
    outcome = Outcome.FAILED
    if isinstance(error, Unreachable):
        outcome = Outcome.UNREACHABLE
    elif isinstance(error, AccessRefused | SecretUnavailable):
        outcome = Outcome.REFUSED
    return _Stop(failed(step, error.message, error.hint), outcome)
