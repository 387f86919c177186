"""What the libraries and a machine's WinRM service say, in a technician's words."""

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import ParseError

from msgspec import Struct
from requests.exceptions import RequestException, SSLError, Timeout
from spnego.exceptions import SpnegoError

from deskprov.adapters.passwords import login_password
from deskprov.adapters.tcp import where
from deskprov.adapters.winrm.certificate import changed
from deskprov.adapters.winrm.pinned import PinnedAdapter
from deskprov.errors import ElevationRefused, HostError, IdentityNotTrusted, LoginRefused, ProbeFailed, Unreachable
from deskprov.formats.endpoint_text import one_line
from deskprov.model.inventory import BASIC, KERBEROS, NTLM, Host

ACCESS_DENIED = 5
"""ERROR_ACCESS_DENIED of winerror.h."""

TIMED_OUT = 2150858793
"""ERROR_WSMAN_OPERATION_TIMEDOUT of wsmerror.h."""

NOISE = (
    ParseError,
    SpnegoError,
    struct.error,
    StopIteration,
    AssertionError,
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)
"""What pywinrm, pypsrp and their NTLM raise about an answer that is none of WinRM's."""


_NAMES = {NTLM: ("NTLM", "Negotiate"), KERBEROS: ("Kerberos", "Kerberos"), BASIC: ("Basic", "Basic")}
"""Of each log-on, and of the setting that allows it."""


_NO_TICKET = {
    "reauthentication failed": "the domain refuses the password",
    "ntegrity check failed": "the domain refuses the password",
    "Clock skew": "the clock of this computer is not that of the domain",
    "Cannot contact any KDC": "no domain controller answers",
    "Cannot find KDC": "nothing here says where the domain's controllers are",
    "Client not found": "the domain does not know the user",
    "Client '": "the domain does not know the user",
    "Server not found": "the domain does not know the machine by this name",
    "not found in Kerberos database": "the domain does not know the machine by this name",
}
"""What MIT's library says (lib/krb5/error_tables/krb5_err.et), in a technician's words."""


class Library(Struct, frozen=True):
    """What a library raises: about a refused log-on, about an operation that the machine did not do in time, a fault
    of WS-Man, of which `fault_of` tells code and reason, and whatever else.
    """

    refused: type[Exception]
    timed_out: tuple[type[Exception], ...]
    fault: type[Exception]
    others: tuple[type[Exception], ...]
    fault_of: Callable[[Any], tuple[object, str]]


@contextmanager
def in_words(host: Host, way_out: PinnedAdapter, library: Library) -> Iterator[None]:
    """Raises what goes wrong within as `Unreachable`, `LoginRefused`, `ElevationRefused`, `IdentityNotTrusted` or
    `ProbeFailed`.

    Within is one request and the reading of its answer and nothing of our own, as a mistake of ours would look like
    `NOISE`.
    """
    try:
        yield
    except library.refused as error:
        raise _refused(host, way_out) from error
    except library.timed_out as error:
        raise _too_slow(host) from error
    except library.fault as error:
        raise _fault(host, *library.fault_of(error)) from error
    except SSLError as error:
        if "ingerprint" in str(error):
            raise changed(host, "") from error
        raise _broken_off(host, error) from error
    except PermissionError as error:
        raise _not_taken(host) from error
    except (RequestException, OSError) as error:
        raise _broken_off(host, error) from error
    except library.others + NOISE as error:
        raise _sense(host, way_out, error) from error


def not_run(host: Host, how: str, complaint: str) -> ProbeFailed:
    """PowerShell there did not do it; `complaint` is what it said, if anything."""
    said = one_line(complaint)
    return ProbeFailed(
        host.name,
        f"The look at {host.name} {how}" + (f": {said}" if said else "."),
        hint="Look on it what PowerShell may do: $ExecutionContext.SessionState.LanguageMode",
    )


def _refused(host: Host, way_out: PinnedAdapter) -> LoginRefused:
    if not way_out.proved:
        return _not_taken(host)
    user, secret = host.connection.user, login_password(host)
    return LoginRefused(
        host.name,
        f"{host.name} refuses the user {user} with the password {secret}.",
        hint=f"Check the secret {secret}, and on it that {user} is an administrator who is neither locked nor "
        "disabled. It was tried once.",
    )


def _not_taken(host: Host) -> LoginRefused:
    name, setting = _NAMES[host.connection.log_on]
    return LoginRefused(
        host.name,
        f"{host.name} does not take log-ons by {name}, so that no password was sent to it.",
        hint=f"On it, as an administrator: Set-Item WSMan:\\localhost\\Service\\Auth\\{setting} $true",
    )


def _no_ticket(host: Host, said: str) -> LoginRefused:
    user, secret = host.connection.user, login_password(host)
    reason = next((words for phrase, words in _NO_TICKET.items() if phrase in said), one_line(said, 160))
    return LoginRefused(
        host.name,
        f"Kerberos gives {user} no ticket for {host.name}: {reason}.",
        hint=f"Check the secret {secret}, the realm in /etc/krb5.conf, and that ansible_host is the name under which "
        f"the domain knows the machine. Try: kinit {user}",
    )


def _sense(host: Host, way_out: PinnedAdapter, error: Exception) -> HostError:
    if way_out.barred and host.connection.log_on == KERBEROS:
        return _no_ticket(host, str(error))
    if way_out.proved and host.connection.log_on == KERBEROS and isinstance(error, SpnegoError):
        return IdentityNotTrusted(
            host.name,
            f"{host.name} does not prove by Kerberos that it is {host.connection.address}. Nothing but a ticket was "
            "sent to it, which is of no use to anybody else.",
            hint="Another machine may be posing as it, or it has lost the trust of the domain: find out first.",
        )
    return _not_taken(host) if way_out.barred else _noise(host, error)


def _fault(host: Host, code: object, reason: str) -> HostError:
    said = one_line(reason, 200)
    if code == TIMED_OUT:
        return _too_slow(host)
    if code == ACCESS_DENIED:
        return ElevationRefused(
            host.name,
            f"{host.name} lets {host.connection.user} log on, but not run anything ({said}).",
            hint=f"{host.connection.user} must be an administrator there, and if it is an account of that machine, "
            "LocalAccountTokenFilterPolicy must be 1: a security baseline may have set it back to 0.",
        )
    return ProbeFailed(
        host.name,
        f"The WinRM service of {host.name} refuses: {said}",
        hint="If it speaks of a quota or of too many shells, wait a minute, or restart it there: Restart-Service WinRM",
    )


def _too_slow(host: Host) -> Unreachable:
    return Unreachable(
        host.name, f"{host.name} answers, but did not do as it was asked in time.", hint="It may be overloaded."
    )


def _broken_off(host: Host, error: Exception) -> Unreachable:
    if isinstance(error, Timeout):
        message, hint = "it did not answer in time", "It may be overloaded or asleep. Run this again."
    else:
        message, hint = "the connection broke off", "Is it switched on, awake and on the network? Then run this again."
    return Unreachable(host.name, f"The look at {host.name} did not come to its end: {message}.", hint=hint)


def _noise(host: Host, error: Exception) -> ProbeFailed:
    code = f" (HTTP {status})" if isinstance(status := getattr(error, "code", None), int) else ""
    return ProbeFailed(
        host.name,
        f"What answers at {where(host)} does not speak WinRM{code}.",
        hint="Check ansible_port in the inventory, and on the machine: winrm enumerate winrm/config/listener",
    )
