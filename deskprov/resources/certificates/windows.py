"""Certificates on Windows: the registry to look, ansible.windows.win_certificate_store to change.

All of it is for the whole computer, in the network log-on that deskprov has.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import ShippedFile, Task
from deskprov.resources.certificates import Options

PRIVATE_FOLDER = r"C:\Program Files\deskprov\certificates"
"""Where files wait on the machine: what is below Program Files only administrators can change."""

_MODULE = "ansible.windows.win_certificate_store"
_LOOK = Probe(script_beside(__package__, "probe_windows.ps1"))
_STORES: Mapping[str, tuple[str, str]] = {
    "root": ("ROOT", "Root"),
    "intermediate": ("CA", "CertificateAuthority"),
    "publisher": ("TrustedPublisher", "TrustedPublisher"),
}
"""What each is called in the registry, and what the module calls it."""


def probes(options: Options) -> Sequence[Probe]:
    """The one question about all certificates of the three stores."""
    return [_LOOK]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`store`, if it is in the one wanted, or absent."""
    match answers:
        case [dict(stores)]:
            found = stores.get(_STORES[options.store][0])
            if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
                return Sight.NOT_REPORTED
            there = options.thumbprint in {each.upper() for each in found}
            return {"store": options.store} if there else Sight.ABSENT
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """The file goes there, is taken in, and goes away again; or the certificate is taken out."""
    options: Options = change.resource.options
    store: dict[str, Any] = {"store_name": _STORES[options.store][1], "store_location": "LocalMachine"}
    if change.resource.absent:
        gone = {"thumbprint": options.thumbprint, "state": "absent", **store}
        return [Task("Remove the certificate", _MODULE, gone, seconds=3.0)]
    path = rf"{PRIVATE_FOLDER}\{options.thumbprint}.pem"
    folder = {"path": PRIVATE_FOLDER, "state": "directory"}
    copied = {"src": ShippedFile(str(options.source)), "dest": path}
    return [
        Task("Make a private folder", "ansible.windows.win_file", folder, changed_when=False),
        Task("Copy the certificate", "ansible.windows.win_copy", copied, changed_when=False, seconds=3.0),
        Task("Take in the certificate", _MODULE, {"path": path, "state": "present", **store}, seconds=3.0),
        Task("Remove the file", "ansible.windows.win_file", {"path": path, "state": "absent"}, changed_when=False),
    ]
