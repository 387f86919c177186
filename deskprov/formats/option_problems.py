"""Says in plain words, and at the right place, what a pydantic model found wrong with data out of a file."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from msgspec import Struct
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from deskprov.formats.near_miss import near_miss
from deskprov.model.problem import Problem
from deskprov.model.source import Source, ValuePath, path_words
from deskprov.model.text import Accepts


class Places(Struct, frozen=True):
    """Where things of the checked data stand in files: the value and the key at a path, and the way there in words."""

    value: Callable[[ValuePath], Source]
    key: Callable[[ValuePath], Source]
    words: Callable[[ValuePath], str] = path_words


_LIMITS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
    "multiple_of": ("multiple_of", "a multiple of"),
}
_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "lines of `name: value`",
    "model_type": "lines of `option: value`",
}


def option_problems(
    error: ValidationError, model: type[BaseModel], data: Mapping[str, Any], places: Places
) -> list[Problem]:
    """One problem per finding, in the order of the findings. Paths begin at `data`."""
    return [_problem(details, model, data, places) for details in error.errors(include_url=False)]


@cache
def stated_options(model: type[BaseModel]) -> tuple[str, ...]:
    """The options that a file may state: all fields but the internal ones."""
    return tuple(name for name, field in model.model_fields.items() if not _internal(field.json_schema_extra))


@cache
def accepted(model: type[BaseModel]) -> dict[str, str]:
    """What the options of text of a model take, in words, by the pattern that says the same; those below it, too."""
    return {pattern: words for field in model.model_fields.values() for pattern, words in _accepted(field)}


def _accepted(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, FieldInfo):
        yield from (pair for each in part.metadata for pair in _accepted(each))
        yield from _accepted(part.annotation)
    elif isinstance(part, Accepts):
        yield part.pattern, f"it takes {part.words}"
    elif isinstance(part, type) and issubclass(part, BaseModel):
        yield from accepted(part).items()
    else:
        inner = (*getattr(part, "__args__", ()), *getattr(part, "__metadata__", ()))
        yield from (pair for each in inner for pair in _accepted(each))


def _internal(extra: Any) -> bool:
    return isinstance(extra, dict) and bool(extra.get("x-internal"))


def _problem(details: ErrorDetails, model: type[BaseModel], data: Mapping[str, Any], places: Places) -> Problem:
    kind = details["type"]
    if kind == "missing":
        *above, name = details["loc"]
        path = _real_path(tuple(above), data)
        return Problem(
            places.value(path), "missing-option", f"`{name}` is missing", f"add `{name}: …`", places.words(path)
        )
    path = _real_path(details["loc"], data)
    if kind == "extra_forbidden":
        return _unknown(path, model, places)
    if kind == "string_pattern_mismatch":
        pattern = details["ctx"]["pattern"]
        message = f"cannot be `{shown(str(details['input']))}`"
        hint = accepted(model).get(pattern, f"it must match {pattern}")
    elif kind == "value_error":
        message, hint = str(details["ctx"]["error"]), ""
    else:
        message, hint = _words(kind, details.get("ctx", {}), details["input"], details["msg"])
    subject = f"`{path_words(path)}` " if path else ""
    place = places.key(path) if details["loc"][-1:] == ("[key]",) else places.value(path)
    return Problem(place, "invalid-value", subject + message, hint, places.words(path))


def _real_path(location: tuple[int | str, ...], data: Any) -> ValuePath:
    """The part of pydantic's location that leads into the data; the rest names branches of types."""
    path: list[str | int] = []
    for step in location:
        if _leads_in(step, data):
            data = data[step]
            path.append(step)
    return tuple(path)


def _leads_in(step: int | str, data: Any) -> bool:
    if isinstance(data, list):
        return isinstance(step, int) and step < len(data)
    return isinstance(data, Mapping) and step in data


def _unknown(path: ValuePath, model: type[BaseModel], places: Places) -> Problem:
    known = _known(path, model)
    name = str(path[-1])
    meant = near_miss(name, known)
    hint = f"did you mean `{meant}`?" if meant else f"known are {', '.join(sorted(known))}"
    return Problem(places.key(path), "unknown-option", f"there is no option `{shown(name)}`", hint, places.words(path))


def _known(path: ValuePath, model: type[BaseModel]) -> set[str]:
    """The options of the model that the key at this path belongs to; nested models are looked for by their fields."""
    if len(path) == 1:
        return set(stated_options(model))
    field = model.model_fields.get(str(path[0]))
    nested = _models_in(field.annotation) if field else []
    return {name for part in nested for name in stated_options(part)}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


def _words(kind: str, context: Mapping[str, Any], value: Any, message: str) -> tuple[str, str]:
    if kind in _KINDS:
        return f"must be {_KINDS[kind]}", _hint_for_kind(kind, value)
    if kind in ("literal_error", "enum"):
        return _choice(context["expected"], value)
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        return f"must be {words} {context[name]:g}", ""
    return _length(kind, context, of_text=isinstance(value, str)) or (message[:1].lower() + message[1:], "")


def _length(kind: str, context: Mapping[str, Any], *, of_text: bool) -> tuple[str, str] | None:
    match kind.removeprefix("string_"):
        case "too_short" if of_text and context["min_length"] == 1:
            return "must not be empty", ""
        case "too_short" if of_text:
            return f"must have at least {context['min_length']} characters", ""
        case "too_long" if of_text:
            return f"must have at most {context['max_length']} characters", ""
        case "too_short":
            return f"needs at least {context['min_length']} entr{'y' if context['min_length'] == 1 else 'ies'}", ""
        case "too_long":
            return f"may have at most {context['max_length']} entries", ""
        case _:
            return None


def _hint_for_kind(kind: str, value: Any) -> str:
    if value is None:
        return "it is empty; take the line out, or fill it in"
    if kind == "string_type" and isinstance(value, bool | int | float):
        return f'put it in quotes: "{_as_written(value)}"'
    if kind in ("int_type", "float_type", "bool_type") and isinstance(value, str):
        if kind == "bool_type":
            return "write true or false, without quotes"
        return "write it without quotes" if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) else ""
    if kind == "list_type" and not isinstance(value, dict):
        return f"write `[{shown(_as_written(value))}]`, or each item on a line of its own after `- `"
    return ""


def _choice(expected: str, value: Any) -> tuple[str, str]:
    words = re.findall(r"'([^']*)'", expected) or [expected]
    meant = near_miss(value, words) if isinstance(value, str) else None
    return f"must be {' or '.join(words) if len(words) < 3 else 'one of ' + ', '.join(words)}", (
        f"did you mean {meant}?" if meant else ""
    )


def _as_written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def shown(text: str) -> str:
    """The text as it may stand in a message: on one line and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
