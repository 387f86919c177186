"""What libyaml says about broken YAML, in the words of the person who wrote the file.

The phrases on the left are those of libyaml 0.2.5 (src/scanner.c, parser.c, reader.c).
"""

from collections.abc import Sequence

from msgspec import Struct
from yaml.error import MarkedYAMLError

from deskprov.model.problem import Problem
from deskprov.model.source import Source

_INDENTATION = (
    "the indentation does not fit the lines above",
    "keys of one block begin in the same column, list items with `- `; count the spaces",
)
_TAB = ("a tab stands where YAML wants spaces", "replace tabs with spaces")
_TAB_PLACE = "indentation space is expected"
_TAB_FIRST = (
    "a tab stands where the indentation of the text below is measured",
    "replace it with spaces; a text that begins with a tab needs `|2` in place of `|`",
)
_QUOTE = ("this quote is never closed", "close it on the same line; inside single quotes write a quote twice")
_NEVER_CLOSED = ("end of stream", "document indicator", "',' or ']'", "',' or '}'")
_PHRASES: Sequence[tuple[str, tuple[str, str]]] = (
    ("exceeded maximum nesting", ("nested far too deep", "no file of a site needs that")),
    (_TAB_PLACE, _TAB_FIRST),
    ("tab character", _TAB),
    (
        "mapping values are not allowed",
        (
            "a key with its `:` cannot stand here",
            "put text that holds `: ` in quotes; or check the columns here and above, and the space after each `:`",
        ),
    ),
    (
        "block sequence entries are not allowed",
        ("a list item `- ` cannot stand here", "begin the list on a line below"),
    ),
    ("could not find expected ':'", ("a key without its colon", "write `key: value`; a colon is followed by a space")),
    (
        "unknown escape character",
        ("an escape that YAML does not know", "use single quotes, or write `\\\\` for one `\\`"),
    ),
    (
        "invalid Unicode character escape",
        ("an escape for half a character", "write the character itself, or its full code as in `\\U0001F5A8`"),
    ),
    (
        "did not find expected hexdecimal number",
        ("an escape with too few digits", "write it as in `\\x41` or `\\u00f1`"),
    ),
    ("end of stream", _QUOTE),
    ("document indicator", _QUOTE),
    ("',' or ']'", ("this list is not closed", "put a comma between its items and `]` at its end")),
    ("',' or '}'", ("this `{` is not closed", "put a comma between its entries and `}` at its end")),
    (
        "undefined tag handle",
        ("tags (`!…`) are not allowed", "take the tag out, or put text that begins with `!` in quotes"),
    ),
    ("tag", ("tags (`!…`) are not allowed", "take the tag out, or put text that begins with `!` in quotes")),
    ("directive", ("lines that begin with `%` are not allowed", "take the line out, or put the text in quotes")),
    ("incompatible YAML document", ("lines that begin with `%` are not allowed", "take the line out")),
    ("alphabetic or numeric character", ("`*` and `&` have a meaning of their own in YAML", "put the text in quotes")),
    (
        "expected comment or line break",
        ("nothing may follow `|` or `>` on their line", "begin the text on the line below"),
    ),
    (
        "node content",
        ("a value is missing here", "each `[` needs its `]`, each `{` its `}`, and nothing else stands there"),
    ),
    ("did not find expected", _INDENTATION),
    ("wrongly indented line", _INDENTATION),
    ("invalid indentation", _INDENTATION),
)
_STARTERS = {
    "\t": _TAB,
    "@": ("text cannot begin with `@`", "put it in quotes"),
    "`": ("text cannot begin with a backtick", "put it in quotes"),
    "%": ("text cannot begin with `%`", "put it in quotes"),
}


class _Place(Struct, frozen=True):
    line: int
    column: int


def syntax_problem(error: MarkedYAMLError, text: str, file: str) -> Problem:
    """The error as one problem, at the place where something can be done about it."""
    place = _place(error, text)
    message, hint = _words(error, text, place)
    return Problem(Source(file, place.line + 1, place.column + 1), "yaml-syntax", message, hint)


def _place(error: MarkedYAMLError, text: str) -> _Place:
    mark = error.problem_mark or error.context_mark
    if error.context_mark and any(words in (error.problem or "") for words in _NEVER_CLOSED):
        mark = error.context_mark
    if mark is None:
        return _Place(0, 0)
    lines = text.split("\n")
    if mark.line >= len(lines):
        return _Place(len(lines) - 1, len(lines[-1]))
    return _Place(mark.line, mark.column)


def _words(error: MarkedYAMLError, text: str, place: _Place) -> tuple[str, str]:
    phrase = error.problem or ""
    line = text.split("\n")[place.line]
    if "cannot start any token" in phrase:
        character = line[place.column : place.column + 1]
        return _STARTERS.get(character, ("this character cannot begin a text", "put the text in quotes"))
    if line[: place.column + 1].lstrip(" ").startswith("\t") and _TAB_PLACE not in phrase:
        return _TAB
    for known, words in _PHRASES:
        if known in phrase:
            return words
    return f"this is not valid YAML ({phrase})", "put text with special characters in quotes"
