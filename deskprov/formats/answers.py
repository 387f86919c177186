"""Turns what a machine sent about a thing into an observation, whatever it sent."""

from collections.abc import Mapping
from types import UnionType
from typing import Any

from deskprov.model.facts import Observed, Sight

Kind = type | UnionType


def observed(found: Mapping[Any, Any], kinds: Mapping[str, Kind]) -> Observed:
    """The named values if they are of their kind (`frozenset`: a list of texts), else `Sight.NOT_REPORTED`."""
    return {name: _of_kind(found.get(name, Sight.NOT_REPORTED), kind) for name, kind in kinds.items()}


def _of_kind(value: Any, kind: Kind) -> Any:
    if kind is frozenset:
        known = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return frozenset(value) if known else Sight.NOT_REPORTED
    if isinstance(value, bool) and kind is not bool:
        return Sight.NOT_REPORTED
    return value if isinstance(value, kind) else Sight.NOT_REPORTED
