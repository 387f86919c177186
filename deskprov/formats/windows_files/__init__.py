"""What is at a path of a Windows PC, with its content and access rights: shared by the types that are about paths."""

from collections.abc import Mapping

from deskprov.formats.answers import Kind, observed
from deskprov.model.facts import Answer, Observed
from deskprov.model.probe import Probe, script_beside

_LOOK = script_beside(__package__, "probe_windows.ps1")

_KINDS: Mapping[str, Kind] = {
    "kind": str,
    "size": int | None,
    "entries": int | None,
    "target": str | None,
    "sha256": str | None,
    "text": str | None,
}


def file_probe(path: str, sha256: str = "") -> Probe:
    """Asks what is at a path, without following a link there; for the content only if a hash is wanted."""
    return Probe(_LOOK, (path, sha256))


def observed_file(answer: Mapping[str, Answer]) -> Observed:
    """What an answer that is not None says.

    `kind` is file, folder or link; a link has a `target`, a folder has `entries` (how many), a file has a `size` in
    bytes, its `sha256` as hex if it was asked for, and its `text` if that differs and can be shown; else they are None.
    """
    return observed(answer, _KINDS)
