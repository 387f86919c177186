"""What is at a path of a Windows PC, with its content and access rights: shared by the types that are about paths."""

from collections.abc import Mapping, Sequence
from pathlib import PureWindowsPath

from deskprov.formats.answers import Kind, observed
from deskprov.model.facts import Answer, Observed
from deskprov.model.plan import Obstacle
from deskprov.model.probe import Probe, script_beside

_LOOK = script_beside(__package__, "probe_windows.ps1")
_LOOK_ABOVE = script_beside(__package__, "probe_above_windows.ps1")

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


def above_probe(path: str) -> Probe:
    """Asks whether the folder that a path is in is there, so that something can be made at the path."""
    return Probe(_LOOK_ABOVE, _above(path))


def missing_above(path: str, answer: Answer) -> Sequence[Obstacle]:
    """That the folder above is not there, by the answer to `above_probe`."""
    above = _above(path)
    return [Obstacle(f"there is no folder {above}", unless=(f"folders/{above}",))] if answer is False else []


def _above(path: str) -> str:
    return str(PureWindowsPath(path).parent)


def observed_file(answer: Mapping[str, Answer]) -> Observed:
    """What an answer that is not None says.

    `kind` is file, folder or link; a link has a `target`, a folder has `entries` (how many), a file has a `size` in
    bytes, its `sha256` as hex if it was asked for, and its `text` if that differs and can be shown; else they are None.
    """
    return observed(answer, _KINDS)
