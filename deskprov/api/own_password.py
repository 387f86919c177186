"""The password that deskprov itself logs in with on a Windows PC: another in its place, and never locked out.

The new one is sealed in escrow before it is sent, and the old one is burned only after a fresh log-on with the new one.
Whatever is killed in between, one of the two lets us in, and the next look finds out which.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, closing
from functools import partial

from msgspec import Struct

from deskprov.api.asking import ask_all, ask_one
from deskprov.api.in_force import make_current
from deskprov.api.kept_passwords import account, new_value
from deskprov.api.own_login import find_ways_in, own_account
from deskprov.api.password_proof import new_sealing_key
from deskprov.api.running import at_once, pool
from deskprov.api.site import Site
from deskprov.errors import HostError, ProbeFailed, SecretUnavailable
from deskprov.formats.certificates import certificate_der, thumbprint
from deskprov.formats.windows_seal import FORGET_KEY
from deskprov.model.escrow import EscrowState, Kept, NewSecret, Owner
from deskprov.model.facts import ProbeError
from deskprov.model.inventory import Host
from deskprov.model.secret import Value, as_password
from deskprov.stages.hand_over import is_in_force, replace_password

VERB = "secret rotate"
NOTHING_SENT = "Nothing was sent, the old one stays."
BOTH_KEPT = "Both passwords are kept; the next look finds out which of them is in force."

Step = Callable[[], str]
"""Asks one machine, in a thread; what it answers is text, empty when that does not matter."""


class Replaced(Struct, frozen=True):
    """How it ended on one machine: `trouble` is why the new one is not known to be in force, empty when it is."""

    owner: Owner
    trouble: str = ""


Course = Generator[Step, str, Replaced]
"""The steps to the new password of one machine, and how it ended."""


def replace_own(site: Site, hosts: Sequence[Host]) -> Iterator[Replaced]:
    """Gives each of these machines a new one, several at once; tells of each as it is through.

    Each is locked for as long as that takes, and its new one is sealed when it can be sent at once.
    """
    with ExitStack() as stack, pool(site, len(hosts)) as threads:
        waiting = [stack.enter_context(closing(_course(site, host))) for host in reversed(hosts)]
        under_way: dict[Future[str], Course] = {}
        while waiting or under_way:
            done: Future[str] | None = None
            if waiting and len(under_way) < at_once(site, len(hosts)):
                course = waiting.pop()
            else:
                done = wait(under_way, return_when=FIRST_COMPLETED).done.pop()
                course = under_way.pop(done)
            try:
                under_way[threads.submit(_go_on(course, done))] = course
            except StopIteration as end:
                yield end.value


def _go_on(course: Course, done: "Future[str] | None") -> Step:
    """The next step of a course, of which one is done, or none yet. Raises `StopIteration` with how it ended."""
    if done is None:
        return next(course)
    error = done.exception()
    return course.send(done.result()) if error is None else course.throw(error)


def _course(site: Site, host: Host) -> Course:
    """All that is done for one machine: what asks it is yielded, to be done in a thread, and its answer comes back."""
    owner = own_account(host)
    if owner is None:
        raise ValueError(f"deskprov does not log in to {host.name} with a password of its own")
    so_far = NOTHING_SENT
    try:
        with site.locks.hold(host.name, VERB, host.known_host):
            find_ways_in(site, [host])
            _log_in_with_settled(site, host, site.escrow.of(owner))
            certificate = yield partial(new_sealing_key, site, host)
            value = new_value(site)
            kept = site.escrow.keep(NewSecret(owner, value), site.clock.now(), site.operator)
            so_far = BOTH_KEPT
            yield partial(_put_in_force, site, host, certificate, value)
            make_current(site, kept)
    except (HostError, SecretUnavailable) as error:
        return Replaced(owner, f"{error.message} {so_far}")
    return Replaced(owner)


def _put_in_force(site: Site, host: Host, certificate: str, value: Value) -> str:
    """Raises what asking raises; then nobody knows which of the two is in force."""
    login = as_password(host.connection.login_secret, host.name)
    sealed = site.seals.sealed(value.plain, certificate)
    put = replace_password(account(login.owner), thumbprint(certificate_der(certificate)), sealed)
    answer = ask_all(site, host, [put, FORGET_KEY])[0]
    if not is_in_force(answer):
        why = f": {answer.message}" if isinstance(answer, ProbeError) else "."
        raise ProbeFailed(host.name, f"{host.name} did not take its new password{why}")
    site.secrets.hold(login, value)
    ask_one(site, host, FORGET_KEY)  # with the new one
    return ""


def _log_in_with_settled(site: Site, host: Host, kept: Sequence[Kept]) -> None:
    """With that of now: another run may have rotated since this one began. Raises `SecretUnavailable`."""
    settled = next((each for each in kept if each.state is not EscrowState.PENDING), None)
    if settled is not None:
        site.secrets.hold(as_password(host.connection.login_secret, host.name), site.escrow.open(settled))
