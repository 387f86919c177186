"""Reads the YAML that people write: plain data, one meaning, a place for every value, and every mistake at once.

Stock YAML readers take `no` for false, keep the last of two equal keys, run tags, and can be stalled or crashed by a
few hundred bytes (aliases, nesting). This one walks the events of libyaml's parser, which never expand anything, and
refuses what is not plain data before it is built. Limits: a file of 256 KiB, 32 levels, 20,000 values, and 64 KiB for
one text, which leaves room for a file's content; what is longer belongs in a file of its own.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from msgspec.structs import replace
from yaml import events

from deskprov.errors import DeskprovError
from deskprov.formats.yaml_complaints import syntax_problem
from deskprov.formats.yaml_scalars import Ambiguous, plain_value
from deskprov.model.problem import Problem
from deskprov.model.source import Document, Source, ValuePath, path_words

FILE_BYTES = 256 * 1024
DEPTH = 32
NODES = 20_000
TEXT_BYTES = 64 * 1024
PROBLEMS = 100

REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters; tab, line feed and carriage return are text
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that make text run backwards
    "\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"  # line ends for some readers only, byte-order marks, no characters
)
"""Characters that no file of a site may hold, written or escaped."""

_LONE_RETURN = re.compile(r"\r(?!\n)")
_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def read_bytes(content: bytes, file: str) -> tuple[Document | None, list[Problem]]:
    """`read` for the bytes of a file, which must be UTF-8 without a byte-order mark."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or content[:2].count(0) == 1:
        return None, [Problem(Source(file, 1), "yaml-encoding", "the file is UTF-16", "save it as UTF-8")]
    try:
        return read(content.decode("utf-8"), file)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        place = Source(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
        return None, [Problem(place, "yaml-encoding", "this character is not UTF-8", "save the file as UTF-8")]


def read(text: str, file: str) -> tuple[Document | None, list[Problem]]:
    """The text as a document, and all that is wrong with it; `file` names it in places.

    Without problems, every text in the document is exactly what the file says. With problems the document is there
    as far as it can be read, so that more mistakes can be found in it, but must not be used otherwise; it is None
    when nothing can be read. No text of a document ever holds a `REFUSED` character.
    Raises `DeskprovError` when PyYAML is installed without its C parser.
    """
    if not yaml.__with_libyaml__:
        raise DeskprovError(
            "PyYAML is installed without its C parser (libyaml), which deskprov needs to read files safely.",
            hint="pip install --force-reinstall --only-binary :all: pyyaml",
        )
    if len(text) > FILE_BYTES or len(text.encode("utf-8", "surrogatepass")) > FILE_BYTES:
        message = f"the file is larger than {FILE_BYTES // 1024} KiB"
        return None, [
            Problem(Source(file, 1), "yaml-limit", message, "split it, or keep large content in its own file")
        ]
    problems = _characters(text, file)
    if problems:
        text = _LONE_RETURN.sub(_INSTEAD, REFUSED.sub(_INSTEAD, text))
    reader = _Reader(text, file, problems)
    document = reader.document()
    if "\t" in text and document is not None:
        reader.problems += _tabs_outside_text(text, file, reader.spans)
    return document, sorted(reader.problems, key=lambda problem: problem.source)


def _characters(text: str, file: str) -> list[Problem]:
    problems: list[Problem] = []
    for pattern in (REFUSED, _LONE_RETURN):
        for found in pattern.finditer(text):
            if len(problems) == PROBLEMS:
                break
            before = text[: found.start()]
            place = Source(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
            problems.append(_character(place, found.group()))
    return problems


def _character(place: Source, character: str) -> Problem:
    if character == "\ufeff" and place.line == place.column == 1:
        return Problem(place, "yaml-encoding", "the file begins with a byte-order mark", "save it as UTF-8 without BOM")
    code = f"U+{ord(character):04X}"
    message = f"an invisible character ({code}) that is not allowed in files of a site"
    return Problem(place, "yaml-character", message, "take it out; it often comes along when text is pasted")


def _tabs_outside_text(text: str, file: str, spans: Sequence[tuple[int, int]]) -> list[Problem]:
    """Tabs that are neither in a text (`spans`) nor in a comment: some readers refuse them."""
    problems: list[Problem] = []
    line_start = 0
    for number, line in enumerate(text.split("\n"), start=1):
        line_end = line_start + len(line)
        at = text.find("\t", line_start, line_end)
        while at >= 0 and len(problems) < PROBLEMS:
            span = bisect_right(spans, (at, len(text)))
            end = max(spans[span - 1][1] if span else 0, line_start)
            if at >= end:
                if text.find("#", end, at) >= 0:
                    break  # the rest of the line is a comment
                place = Source(file, number, at - line_start + 1)
                hint = "replace it with spaces, or put the text that it belongs to in quotes"
                problems.append(Problem(place, "yaml-syntax", "a tab outside of quotes", hint))
            at = text.find("\t", max(at + 1, end), line_end)
        line_start = line_end + 1
    return problems


class _Stop(Exception):
    """The way out of the walk when reading on makes no sense; the problem is reported already."""


class _Reader:
    """One walk over the events of one file."""

    def __init__(self, text: str, file: str, problems: list[Problem]) -> None:
        self.problems = problems
        self.spans: list[tuple[int, int]] = []  # of texts in quotes and in blocks
        self._text = text
        self._file = file
        self._events: Iterator[events.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._sources: dict[ValuePath, Source] = {}
        self._key_sources: dict[ValuePath, Source] = {}
        self._nodes = 0
        self._here: ValuePath = ()
        self._end_of_text = Source(file, text.count("\n") + 1, len(text) - text.rfind("\n"))

    def document(self) -> Document | None:
        try:
            data = self._root()
        except _Stop:
            return None
        except yaml.MarkedYAMLError as error:
            self.problems.append(syntax_problem(error, self._text, self._file))
            return None
        return Document(self._file, data, self._sources, self._key_sources)

    def _root(self) -> Any:
        next(self._events)
        start: Any = next(self._events)
        if isinstance(start, events.StreamEndEvent):
            self._sources[()] = Source(self._file, 1)
            return None
        if start.version or start.tags:
            self._problem(start, "yaml-syntax", "lines that begin with `%` are not allowed", "take the line out")
        data = self._node(next(self._events), (), 1)
        next(self._events)
        following = next(self._events)
        if not isinstance(following, events.StreamEndEvent):
            hint = "take the line with `---` out, or make two files of it"
            self._problem(following, "yaml-documents", "a second document begins in this file", hint)
        return data

    def _node(self, event: Any, path: ValuePath, depth: int) -> Any:
        self._here = path
        self._count(event)
        self._sources[path] = self._source(event)
        if event.anchor is not None:
            self._refuse_anchor(event)
        if isinstance(event, events.AliasEvent):
            return None
        if event.tag is not None:
            hint = "take the tag out, or put text that begins with `!` in quotes"
            self._problem(event, "yaml-tag", "tags (`!…`) are not allowed", hint)
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event)
        if depth > DEPTH:
            self._end(event, f"nested deeper than {DEPTH} levels", "no file of a site needs that")
        return self._mapping(path, depth) if isinstance(event, events.MappingStartEvent) else self._list(path, depth)

    def _count(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > NODES:
            self._end(event, f"the file holds more than {NODES} values", "split it")

    def _scalar(self, event: Any) -> str | int | float | bool | None:
        text: str = event.value
        if event.style:
            self.spans.append((event.start_mark.index, event.end_mark.index))
        if len(text) > TEXT_BYTES // 4 and len(text.encode()) > TEXT_BYTES:
            hint = "keep it in a file of its own"
            self._problem(event, "yaml-limit", f"a text longer than {TEXT_BYTES // 1024} KiB", hint)
        if not text.isprintable() and (refused := REFUSED.search(text)):
            problem = _character(self._source(event), refused.group())
            self.problems.append(replace(problem, path=path_words(self._here)))
            return REFUSED.sub(_INSTEAD, text)
        if event.style:
            return text
        value = plain_value(text)
        if isinstance(value, Ambiguous):
            self._problem(event, "ambiguous-value", value.message, value.hint)
            return text
        return value

    def _list(self, path: ValuePath, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), events.SequenceEndEvent):
            here = (*path, len(items))
            items.append(self._node(event, here, depth + 1))
            self._key_sources[here] = self._sources[here]
        return items

    def _mapping(self, path: ValuePath, depth: int) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := next(self._events), events.MappingEndEvent):
            self._here = path
            key = self._key(event, path, depth)
            self._here = here = (*path, key)
            if key in entries:
                first = self._key_sources[here].line
                hint = f"it stands on line {first} already; take one of the two out"
                self._problem(event, "duplicate-key", f"`{_shown(key)}` is written twice", hint)
            self._key_sources[here] = self._source(event)
            entries[key] = self._node(next(self._events), here, depth + 1)
        return entries

    def _key(self, event: Any, path: ValuePath, depth: int) -> str:
        if isinstance(event, events.ScalarEvent) and event.anchor is None and event.tag is None:
            self._count(event)
            if event.value == "<<" and not event.style:
                hint = "write the options out, or put them in a profile that this one extends"
                self._problem(event, "yaml-merge", "merge keys (`<<`) are not allowed", hint)
                return "<<"
            value: Any = self._scalar(event)
        else:
            value = self._node(event, (*path, f"key on line {event.start_mark.line + 1}"), depth + 1)
        if isinstance(value, str):
            return value
        if isinstance(value, dict | list):
            hint = "put it in quotes; profiles know `${name}`, not `{{ name }}`"
            self._problem(event, "key-not-text", "a text cannot begin with `{` or `[`", hint)
        elif not isinstance(event, events.AliasEvent):
            self._problem(event, "key-not-text", "a key must be text", f'put it in quotes: "{_shown(event.value)}"')
        return getattr(event, "value", "") or f"key on line {event.start_mark.line + 1}"

    def _refuse_anchor(self, event: Any) -> None:
        sign = "*" if isinstance(event, events.AliasEvent) else "&"
        message = f"`{sign}{_shown(event.anchor)}`: anchors and aliases are not allowed"
        self._problem(event, "yaml-anchor", message, "write the value out, or put text that begins with it in quotes")

    def _source(self, event: Any) -> Source:
        """Where it begins; libyaml puts what is missing at the end of a text on a line that the text does not have."""
        mark = event.start_mark
        return min(Source(self._file, mark.line + 1, mark.column + 1), self._end_of_text)

    def _problem(self, event: Any, rule: str, message: str, hint: str) -> None:
        self.problems.append(Problem(self._source(event), rule, message, hint, path_words(self._here)))
        if len(self.problems) > PROBLEMS:
            self._end(event, f"more than {PROBLEMS} problems in this file", "mend the first ones and look again")

    def _end(self, event: Any, message: str, hint: str) -> None:
        self.problems.append(Problem(self._source(event), "yaml-limit", message, hint))
        raise _Stop


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
