"""What is at a path of a machine, and what must be there first: shared by every type that is about paths."""

from collections.abc import Mapping, Sequence

from deskprov.formats import posix, windows_paths
from deskprov.formats.answers import Kind, observed
from deskprov.model.facts import Answer, Observed, Sight
from deskprov.model.probe import Probe, script_beside

_LOOK = script_beside(__package__, "probe_linux.py")

_KINDS: Mapping[str, Kind] = {
    "kind": str,
    "mode": str | None,
    "owner": str,
    "group": str,
    "size": int | None,
    "entries": int | None,
    "target": str | None,
}


def needs_at(path: str, *, owner: str | None = None, group: str | None = None) -> Sequence[str]:
    """Keys of what something at a path needs: the folders above it, which may be links, and whom it belongs to."""
    ancestors = windows_paths.ancestors if windows_paths.is_windows_path(path) else posix.ancestors
    above = [f"{kind}/{folder}" for folder in ancestors(path) for kind in ("folders", "links")]
    accounts = [f"users/{owner}"] if owner else []
    groups = [f"groups/{group}"] if group else []
    return [*above, *accounts, *groups]


def at(path: str) -> Probe:
    """Asks what is at a path, without following a symbolic link there."""
    return Probe(_LOOK, path)


def observed_at(answer: Answer) -> Observed | Sight:
    """What the answer to `at` says, or absent.

    `kind` is file, folder, link or other; `mode` has four octal digits; a link has a `target` and no mode, a folder has
    `entries` (how many), a file has a `size` in bytes; what does not apply is None. `owner` and `group` are names,
    or numbers as text where the machine has no name for them; those of a link are the link's own.
    """
    match answer:
        case None:
            return Sight.ABSENT
        case dict(found):
            return observed(found, _KINDS)
        case _:
            return Sight.NOT_REPORTED
