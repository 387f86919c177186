"""Joining offline on Windows: CIM to look, microsoft.ad.membership to join.

The module gives the file's content to Windows in memory (NetRequestOfflineDomainJoin), so that it is in no file there
and in no command line. It does nothing on a computer that is in a domain.
"""

from collections.abc import Sequence

from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.secret import SecretRef, SecretText
from deskprov.model.task import Task
from deskprov.resources.offline_join import JOIN_FILE, Options

_LOOK = Probe(script_beside(__package__, "probe_windows.ps1"))
_JOIN_SECONDS = 10.0
_ELSEWHERE = (
    "It is in another domain. Take it out of that first: state `workgroup`, `join_user` and `join_password` "
    "under `computer`."
)


def probes(options: Options) -> Sequence[Probe]:
    """One question."""
    return [_LOOK]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """The domain that it is in, or none."""
    match answers:
        case [{"in_domain": True, "domain": str(domain)}]:
            return {"domain": domain}
        case [{"in_domain": False}]:
            return {"domain": None}
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """Joins, or says that it is somewhere else."""
    if any(difference.before for difference in change.differences):
        return [Task("Join the domain", "ansible.builtin.fail", {"msg": _ELSEWHERE})]
    blob = SecretText((SecretRef(JOIN_FILE),))
    arguments = {"state": "domain", "offline_join_blob": blob}
    return [Task("Join the domain", "microsoft.ad.membership", arguments, seconds=_JOIN_SECONDS)]
