"""`secret import`: files for joining a domain offline are kept, sealed, one for each machine."""

from collections.abc import Sequence
from pathlib import PurePath

from deskprov.api.hosts import one
from deskprov.api.kept_passwords import keep_given, new_value
from deskprov.api.site import Site
from deskprov.errors import NoHostMatched
from deskprov.formats.join_file import join_text
from deskprov.model.enrolment import CarriedFile
from deskprov.model.escrow import EscrowAct, EscrowState, Kept, NewSecret, owner_of
from deskprov.model.inventory import Host
from deskprov.model.problem import InvalidInput, Problem
from deskprov.model.secret import SecretRef, Value
from deskprov.model.source import Source
from deskprov.resources.offline_join import JOIN_FILE

_ANEW = "have it made anew: djoin /provision /domain DOMAIN /machine NAME /reuse /savefile NAME.txt"


def keep_join_files(site: Site, files: Sequence[CarriedFile]) -> Sequence[Kept]:
    """Keeps the files, each for the machine whose name, tag or serial number it is called after, and burns earlier.

    Raises `InvalidInput` with everything that is wrong, `SecretUnavailable` without keys to seal to; nothing is kept
    of any then.
    """
    given: dict[str, tuple[Host, str]] = {}
    problems = []
    for file in files:
        try:
            host = one(site, PurePath(file.name).stem)
            text = join_text(file.content)
        except NoHostMatched:
            stem = PurePath(file.name).stem
            hint = "call it after the machine: its name here, its tag or its serial number"
            problems.append(Problem(Source(file.name, 1), "join-file", f"there is no machine called {stem}", hint))
        except ValueError as error:
            problems.append(Problem(Source(file.name, 1), "join-file", f"{error}", _ANEW))
        else:
            if host.name in given:
                message = f"is the second file for {host.name}"
                problems.append(Problem(Source(file.name, 1), "join-file", message, "take one of them away"))
            given[host.name] = host, text
    if problems:
        raise InvalidInput(problems)
    return keep_given(site, [_new(site, host, text) for host, text in given.values()])


def _new(site: Site, host: Host, text: str) -> NewSecret:
    value = Value(text, new_value(site).mark)
    return NewSecret(owner_of(SecretRef(JOIN_FILE, host=host.name)), value, EscrowState.CURRENT, EscrowAct.SET)
