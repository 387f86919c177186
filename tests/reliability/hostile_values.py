"""Values of any type of deskprov's model in which every text is a hostile one, made from the types alone."""

import dataclasses
import typing
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from msgspec import Struct
from pydantic import BaseModel
from rich.text import Text

from deskprov.model.asset import fields_with
from deskprov.model.resource import ResourceOptions
from deskprov.model.settings import Settings

HOSTILE = "\x1b]0;x\x07\x1b[2J\x9b31m[bold]a[/bold]\r\n\tb\0\u202ec\u2066\u2028\x7f=1+1|<b>&\u200b"
"""Escape sequences of a terminal in seven and eight bits, markup of rich, line ends, a NUL, bidirectional marks."""


_BY_NAME: Mapping[str, Any] = {
    "known_host": "ssh-ed25519 " + b64encode(b"\0\0\0\x0bssh-ed25519" + b"\0\0\0\x20" + bytes(32)).decode(),
    "transport": "ssh",
    "detail": {HOSTILE: [HOSTILE, HOSTILE]},
    "origins": dict.fromkeys(Settings.model_fields, HOSTILE),
    "fields": fields_with({"bulb_hours": "text"}),
    "site_fields": {"bulb_hours": HOSTILE},
}
"""What has a form of its own wherever it goes by this name, because nothing else gets that far."""

_BY_NAME_TOO = {"offered": "known_host", "pinned": "known_host", "host_key": "known_host"}


def named(name: str, kind: Any, depth: int = 8) -> Any:
    """A value for a parameter or field of this name."""
    known = _BY_NAME_TOO.get(name, name)
    fits = known in _BY_NAME and not _is_value(kind)
    return _BY_NAME[known] if fits else filled(kind, depth)


def _is_value(kind: Any) -> bool:
    return isinstance(kind, type) and (issubclass(kind, Struct) or dataclasses.is_dataclass(kind))


def _fields(kind: Any) -> Sequence[str]:
    if issubclass(kind, Struct):
        return kind.__struct_fields__
    return [field.name for field in dataclasses.fields(kind) if field.init]


def filled(kind: Any, depth: int = 8) -> Any:
    """A value of this type; everything optional is there, every list has an element."""
    origin, arguments = get_origin(kind), get_args(kind)
    if depth == 0 or kind is NoneType:
        return None
    if origin in (Union, UnionType):
        return filled(next(part for part in arguments if part is not NoneType), depth)
    if origin is typing.Annotated:
        return filled(arguments[0], depth)
    if origin is Literal:
        return arguments[0]
    if origin in (list, Sequence, Iterable):
        return [filled(arguments[0], depth - 1)]
    if origin in (set, frozenset):
        return origin([filled(arguments[0], depth - 1)])
    if origin is tuple:
        return tuple(filled(part, depth - 1) for part in arguments if part is not Ellipsis)
    if origin in (dict, Mapping):
        return {filled(arguments[0], depth - 1): filled(arguments[1], depth - 1)}
    return _plain(kind, depth)


_PLAIN: Mapping[Any, Any] = {
    str: HOSTILE,
    Text: Text(HOSTILE),
    Any: HOSTILE,
    object: HOSTILE,
    bool: True,
    int: 3,
    float: 1.5,
    Decimal: Decimal("1.50"),
    datetime: datetime(2026, 11, 24, 21, 0, tzinfo=UTC),
    date: date(2026, 11, 24),
    tzinfo: UTC,
}


def _plain(kind: Any, depth: int) -> Any:
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[-1]
    if kind is ResourceOptions:
        return ResourceOptions()
    if _is_value(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        return kind(**{name: named(name, hints[name], depth - 1) for name in _fields(kind)})
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        hints = typing.get_type_hints(kind, include_extras=True)
        return kind.model_construct(**{name: named(name, hints[name], depth - 1) for name in kind.model_fields})
    raise TypeError(f"no value of {kind!r} is known here; add one")


def arguments_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Hostile arguments for every parameter of a function, by name."""
    hints = typing.get_type_hints(function, include_extras=True)
    return {name: named(name, kind) for name, kind in hints.items() if name != "return"}
