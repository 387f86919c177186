"""Writes plays as YAML that Ansible reads back as exactly these values, without running any of them.

Ansible trusts every text of a playbook: what looks like a template is one, wherever it came from. So a text with a
template marker in it is tagged `!unsafe`. That tag makes Ansible guess the type anew, even of quoted text (`"1.20"`
becomes 1.2), so no other text has it; no number, date or word of YAML holds a marker. Only an `Expression` is written
as a template. The spelling is our own and small: block collections, quoted text, literal blocks where they read well.
Measured with ansible-core 2.19 to 2.21; tests/formats/test_playbook_yaml.py repeats it at every change.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from msgspec import Struct

MARKERS = ("{{", "{%", "{#", "#jinja2:")
"""What may make a template of a text. The last does so at the beginning only, but is a marker anywhere."""

LINE_LENGTH = 120

LONGEST_KEY = 1000
"""Characters of a key as it is written, quotes and escapes included; readers of YAML give up at 1024."""

_STEP = 2
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*\Z")
_WORDS_OF_YAML = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})
_LEAST_ROOM = 40
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_WORD = re.compile(r"[^ ]+ *| +")
_CHARACTER = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)|.")
"""One of an escaped text."""


class Expression(Struct, frozen=True):
    """A constant template or condition of ours. No text of a profile, a machine or a person may be part of it."""

    text: str


class Remarked(Struct, frozen=True):
    """A short text with a comment behind it."""

    text: str
    remark: str


def dump(value: Any, comment: str = "") -> str:
    """The value as one YAML document that ends in a line end, under the lines of `comment`.

    `value` is plain data, `Expression`s and `Remarked` texts; keys are texts. Equal values give equal texts. Raises
    `ValueError` for what cannot be written: another type, a number that is not finite, a lone surrogate, a key that
    is too long or holds a template marker.
    """
    heading = "".join(f"# {_shown(line)}".rstrip() + "\n" for line in comment.splitlines())
    return f"---\n{heading}" + "".join(f"{line}\n" for line in _document(value))


def holds_marker(text: str) -> bool:
    """True when Ansible might take the text for a template."""
    return any(marker in text for marker in MARKERS)


def _document(value: Any) -> Iterator[str]:
    if _is_branch(value):
        return _branch(value, 0)
    return iter(_leaf("", value, _STEP))


def _branch(value: Any, indent: int) -> Iterator[str]:
    return _mapping(value, indent) if isinstance(value, Mapping) else _sequence(value, indent)


def _mapping(value: Mapping[Any, Any], indent: int) -> Iterator[str]:
    for key, item in value.items():
        head = " " * indent + _key(key) + ":"
        if _is_branch(item):
            yield head
            yield from _branch(item, indent + _STEP)
        else:
            yield from _leaf(head + " ", item, indent + _STEP)


def _sequence(value: Sequence[Any], indent: int) -> Iterator[str]:
    head = " " * indent + "- "
    for position, item in enumerate(value):
        if position and isinstance(item, Mapping) and "name" in item:
            yield ""
        if _is_branch(item):
            first, *rest = _branch(item, indent + _STEP)
            yield head + first.lstrip(" ")
            yield from rest
        else:
            yield from _leaf(head, item, indent + _STEP)


def _is_branch(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple) and len(value) > 0


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise ValueError(f"a key of a playbook is text, not {type(key).__name__}")
    if holds_marker(key):
        raise ValueError(f"a key of a playbook holds a template marker: {key!r}")
    plain = _PLAIN_KEY.match(key) and key.lower() not in _WORDS_OF_YAML
    written = key if plain else f'"{_escaped(key)}"'
    if len(written) > LONGEST_KEY:
        raise ValueError(f"a key of a playbook is longer than {LONGEST_KEY} characters")
    return written


def _leaf(head: str, value: Any, indent: int) -> list[str]:
    """The value as lines, the first after `head`, the others indented."""
    match value:
        case Expression(text):
            return _text(head, text, indent)
        case str():
            return _text(head + "!unsafe " if holds_marker(value) else head, str(value), indent)
        case Remarked(text, remark):
            return [head + ("!unsafe " if holds_marker(text) else "") + f'"{_escaped(text)}"  # {_shown(remark)}']
        case None:
            return [head + "null"]
        case bool():
            return [head + ("true" if value else "false")]
        case int():
            return [head + str(int(value))]
        case float() if math.isfinite(value):
            return [head + _number(value)]
        case Mapping():
            return [head + "{}"]
        case list() | tuple():
            return [head + "[]"]
        case _:
            raise ValueError(f"{type(value).__name__} {value!r} cannot stand in a playbook")


def _number(value: float) -> str:
    """With a point, without which YAML 1.1 takes `1e+16` for text."""
    mantissa, exponent, power = repr(value).partition("e")
    return (mantissa if "." in mantissa else mantissa + ".0") + exponent + power


def _text(head: str, text: str, indent: int) -> list[str]:
    whole = f'{head}"{_escaped(text)}"'
    if len(whole) <= LINE_LENGTH and "\n" not in text[:-1]:
        return [whole]
    return _literal(head, text, indent) or ([whole] if len(whole) <= LINE_LENGTH else _folded(head, text, indent))


def _literal(head: str, text: str, indent: int) -> list[str] | None:
    """A block, where it reads well and reads back equal; else None."""
    lines = text.removesuffix("\n").split("\n")
    good = "\n" in text and lines[0] and lines[-1] and not text.startswith(" ")
    if not good or not all(_reads_well(line, indent) for line in lines):
        return None
    chomping = "" if text.endswith("\n") else "-"
    block = [f"{head}|{chomping}", *(" " * indent + line if line else "" for line in lines)]
    return block if _read_back(block[1:], chomping) == text else None


def _reads_well(line: str, indent: int) -> bool:
    return line.isprintable() and not line.endswith(" ") and indent + len(line) <= LINE_LENGTH


def _read_back(lines: Sequence[str], chomping: str) -> str | None:
    try:
        node = yaml.compose("\n".join([f"- |{chomping}", *lines, ""]), Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    match node:
        case yaml.SequenceNode(value=[yaml.ScalarNode(value=str(text))]):
            return text
        case _:
            return None


def _folded(head: str, text: str, indent: int) -> list[str]:
    """Quoted text that goes on in the next line, best behind a line end or a space."""
    rooms = (max(LINE_LENGTH - taken - len('"\\'), _LEAST_ROOM) for taken in (len(head), indent + len("\\")))
    pieces = _pieces(text, *rooms)
    lines = [f'{head}"{next(pieces)}']
    for piece in pieces:
        lines[-1] += "\\"
        # white space that begins a line does not count unless it is escaped
        lines.append(" " * indent + ("\\" if piece.startswith(" ") else "") + piece)
    lines[-1] += '"'
    return lines


def _pieces(text: str, first_room: int, room: int) -> Iterator[str]:
    """The text, escaped, in pieces that fit into the columns of the first line and of the others; at least one."""
    piece, left = "", first_room
    for line in _LINE.findall(text):
        escaped = _escaped(line)
        whole = len(piece) + len(escaped) <= left
        for part in [escaped] if whole else _parts(escaped, min(first_room, room)):
            if len(piece) + len(part) > left:
                yield piece
                piece, left = "", room
            piece += part
        if line.endswith("\n"):
            yield piece
            piece, left = "", room
    if piece or not text:
        yield piece


def _parts(escaped: str, room: int) -> Iterator[str]:
    """A line in words with the spaces behind them; a longer word than fits into a line in parts that do."""
    for word in _WORD.findall(escaped):
        part = ""
        for piece in [word] if len(word) <= room else _CHARACTER.findall(word):
            if len(part) + len(piece) > room:
                yield part
                part = ""
            part += piece
        yield part


def _shown(line: str) -> str:
    return "".join(c if c.isprintable() else _escape(c) for c in line)


def _escaped(text: str) -> str:
    escaped = text.translate(_ESCAPES)
    return escaped if escaped.isprintable() else _shown(escaped)


def _escape(character: str) -> str:
    r"""`\x1b`, `\u202e`, `\U000e0001`: what cannot be seen is spelled out."""
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError("a lone surrogate is no text")
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
