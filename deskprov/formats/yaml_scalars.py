"""Which value a plain (unquoted) YAML scalar stands for: one spelling per value, and no guessing.

YAML 1.1 and 1.2 readers disagree about `no`, `0644`, `22:30`, `1_000` and dates, and a number written `1.10` is not
what its author meant. Here a plain scalar is `true`, `false`, `null`, `~`, a number in the one spelling that reads
back equal, or text. What some reader would take for something else is refused, so that every tool that reads the
file sees the same value. Sources: yaml.org/type (1.1), yaml.org/spec/1.2.2 section 10.3 (core schema).
"""

import re

from msgspec import Struct

_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}

_TRUE = frozenset({"yes", "Yes", "YES", "on", "On", "ON", "True", "TRUE"})
_FALSE = frozenset({"no", "No", "NO", "off", "Off", "OFF", "False", "FALSE"})
_NULL = frozenset({"Null", "NULL"})
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_NUMBER_START = frozenset("0123456789+-.=<")

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,16}\Z")
_SOME_NUMBER = re.compile(
    r"""(?= [-+.]* [0-9_] )
        (?: [-+]? 0o[0-7_]+ | [-+]? 0x[0-9a-fA-F_]+ | [-+]? 0b[01_]+
          | [-+]? [0-9_]* (?: \.[0-9_]* )? (?: [eE][-+]?[0-9]+ )?   # 0644, 1_000, +5, .5
        )\Z""",
    re.VERBOSE,
)
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*)?\Z")


class Ambiguous(Struct, frozen=True):
    """A plain scalar that readers disagree about; `text` is as written."""

    text: str
    message: str
    hint: str


def plain_value(text: str) -> str | int | float | bool | Ambiguous | None:
    """The value of a plain scalar, or why it has none."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in _NUMBER_START:
        return _number_or_text(text)
    return _word(text)


def _word(text: str) -> str | Ambiguous:
    for words, meant in ((_TRUE, "true"), (_FALSE, "false"), (_NULL, "null")):
        if text in words:
            hint = f'write {meant}, or "{text}" in quotes if the word is meant'
            return Ambiguous(text, f"`{text}` is {meant} to some YAML readers and a word to others", hint)
    return text


def _number_or_text(text: str) -> str | int | float | Ambiguous:
    if _INTEGER.match(text) and text != "-0":
        return int(text)
    if _DECIMAL.match(text):
        number = float(text)
        if repr(number) == text:
            return number
        return _ambiguous(text, f"`{text}` is read as the number {number!r}", "quotes keep it as written")
    if text in ("=", "<<"):
        return _ambiguous(text, f"`{text}` has a meaning of its own in YAML", "put it in quotes")
    if _INFINITE.match(text):
        return _ambiguous(text, f"`{text}` is no number that can be used here", "put it in quotes if the word is meant")
    if _SOME_NUMBER.match(text):
        return _odd_number(text)
    if _BASE_60.match(text):
        return _ambiguous(text, f"`{text}` is a number in base 60 to some YAML readers", "put it in quotes")
    if _DATE.match(text):
        return _ambiguous(text, f"`{text}` is a date object to some YAML readers", "put it in quotes")
    return text


def _odd_number(text: str) -> Ambiguous:
    digits = text.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        return _ambiguous(text, f"`{text}` is a different number to different YAML readers", "put it in quotes")
    return _ambiguous(text, f"`{text}` is not how a number is written here", "put it in quotes if text is meant")


def _ambiguous(text: str, message: str, hint: str) -> Ambiguous:
    shown = text if len(text) <= 40 else text[:39] + "…"
    return Ambiguous(text, message.replace(text, shown), f'{hint}: "{shown}"')
