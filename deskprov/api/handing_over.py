"""The password of a machine that is new: the one-time one of its file, then one of its own, and the first is burned.

Its own is sealed in escrow before it is sent. Whatever is killed in between, one of the two lets us in, and both are
here: the one-time one in the file, the other in escrow. What the script did to keep it awake ends with its first setup.
"""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from deskprov.api.asking import ask_one
from deskprov.api.in_force import make_current
from deskprov.api.kept_passwords import new_value
from deskprov.api.site import Site
from deskprov.errors import HostError, ProbeFailed, SecretUnavailable
from deskprov.formats.certificates import certificate_der, thumbprint
from deskprov.formats.salts import salt_of
from deskprov.model.enrolment import Enrolment, SealingPair
from deskprov.model.escrow import EscrowState, Kept, NewSecret, Owner, owner_of
from deskprov.model.facts import Facts, ProbeError
from deskprov.model.inventory import Host
from deskprov.model.result import HostResult, Outcome
from deskprov.model.secret import PER_DEVICE, SecretRef, Value, as_password
from deskprov.stages.hand_over import hand_over, is_in_force, release

ONE_TIME = f"{PER_DEVICE}:enrolment"
"""The name under which the one-time password of a machine is held while it is taken in; it is kept nowhere."""


def keep_batch_key(site: Site, batch: str, pair: SealingPair) -> None:
    """Seals the key that opens the one-time passwords of a batch. Raises `SecretUnavailable` when the site has no keys
    to seal it to.
    """
    new = NewSecret(_batch(batch), Value(pair.private, site.token()), EscrowState.CURRENT)
    site.escrow.keep(new, site.clock.now(), site.operator)


def ways_in(site: Site, host: Host, enrolment: Enrolment, its_own: Collection[EscrowState]) -> Sequence[Host]:
    """The machine once for each way to log in to it, the likeliest first.

    Its own password goes before the one-time one, when what is sealed of it is in one of the states `its_own`.
    Raises `SecretUnavailable` when what was sealed cannot be opened here.
    """
    if not enrolment.one_time:
        return [host]
    one_time = replace(host, connection=replace(host.connection, password=ONE_TIME))
    site.secrets.hold(_login(one_time), Value(_opened(site, host, enrolment)))
    own = next(iter(site.escrow.of(_owner(host))), None)
    if own is None or own.state not in its_own:
        return [one_time]
    site.secrets.hold(_login(host), site.escrow.open(own))
    return [host, one_time]


def is_one_time(host: Host) -> bool:
    """True for a machine that is reached with the password of its file."""
    return host.connection.password == ONE_TIME


def keep_own(site: Site, host: Host) -> str:
    """Makes its own password and seals it, or takes up the one that was made before; returns it, held for this run.

    The record must know the machine. Raises `SecretUnavailable` when it cannot be kept; then nothing may be sent.
    """
    begun = _begun(site, host)
    value = site.escrow.open(begun) if begun else new_value(site)
    if begun is None:
        site.escrow.keep(NewSecret(_owner(host), value), site.clock.now(), site.operator)
    site.secrets.hold(_login(host), value)
    return value.plain


def put_in_force(site: Site, one_time: Host, enrolment: Enrolment, password: str) -> None:
    """Sends the machine its own password, sealed to its certificate. Raises what asking raises, and `ProbeFailed`."""
    sealed = site.seals.sealed(password, enrolment.certificate)
    held_as = thumbprint(certificate_der(enrolment.certificate))
    answer = ask_one(site, one_time, hand_over(enrolment.user, held_as, sealed))
    if not is_in_force(answer):
        why = f": {answer.message}" if isinstance(answer, ProbeError) else "."
        raise ProbeFailed(one_time.name, f"{one_time.name} did not take its own password{why}")


def is_unproved(site: Site, host: Host) -> bool:
    """True when a password of its own is sealed that nobody has seen in force yet."""
    return _begun(site, host) is not None


def settle(site: Site, host: Host) -> None:
    """Its own password has let us in: from now on it is the current one, and all else of this account is burned.

    Raises `SecretUnavailable` as `make_current` does.
    """
    begun, login = _begun(site, host), _login(host)
    # another run may have made one meanwhile, which nobody has tried
    if begun is not None and site.secrets.salt(login) == salt_of(begun.mark, login):
        make_current(site, begun)


def as_it_was(site: Site, host: Host, result: HostResult, facts: Facts) -> HostResult:
    """The result of a setup. A machine that was kept awake until its first verified one may sleep again with this; why
    it could not be let is in the message.
    """
    if not (facts.kept_awake and result.verified and result.outcome is Outcome.OK):
        return result
    try:
        answer = ask_one(site, host, release())
    except HostError as error:
        return replace(result, message=f"{result.message} It is still kept awake: {error.message}".lstrip())
    why = f"It is still kept awake: {answer.message}" if isinstance(answer, ProbeError) else ""
    return replace(result, message=f"{result.message} {why}".strip())


def _login(host: Host) -> SecretRef:
    return as_password(host.connection.login_secret, host.name)


def _owner(host: Host) -> Owner:
    return owner_of(_login(host))


def _begun(site: Site, host: Host) -> Kept | None:
    """The newest that is sealed and not proved yet."""
    kept = site.escrow.of(_owner(host))
    return next((each for each in kept[:1] if each.state is EscrowState.PENDING), None)


def _batch(name: str) -> Owner:
    return Owner("", f"enrolment:{name}")


def _opened(site: Site, host: Host, enrolment: Enrolment) -> str:
    kept = site.escrow.of(_batch(enrolment.batch))
    try:
        if kept:
            return site.seals.opened(enrolment.one_time, site.escrow.open(kept[0]).plain)
    except ValueError as error:
        raise SecretUnavailable(
            f"The one-time password of {host.name} is not sealed to the key of {enrolment.batch}.",
            hint="Run the script on it again, and enrol the new file.",
        ) from error
    raise SecretUnavailable(
        f"The key that opens the one-time passwords of {enrolment.batch} is not kept here.",
        hint="Was its script written with another database? Then enrol there, or write a new one: deskprov bootstrap "
        "windows",
    )
