"""One merged resource: variables filled in, files and secrets looked for, options validated by its type."""

import posixpath
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, get_args

from msgspec import Struct, field
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from deskprov.formats.near_miss import near_miss
from deskprov.formats.option_problems import Places, option_problems, shown, stated_options
from deskprov.model.names import is_name
from deskprov.model.platform import Platform, validated
from deskprov.model.problem import Problem
from deskprov.model.profile import ShippedContent
from deskprov.model.resource import Resource, is_beside
from deskprov.model.resource_type import ResourceType
from deskprov.model.secret import PER_DEVICE
from deskprov.model.source import Source
from deskprov.stages.resolve.merge import Merged
from deskprov.stages.resolve.substitute import Variables, substitute

SITE_PATH = "x-site-path"
GUARDED = "x-secret"


_NOT_DECLARED = "never write the password itself here: say under `secrets:` there where it comes from"
"""It may be the password itself that somebody wrote, so what was written is not repeated."""


class Checked(Struct):
    """A resource, None when its options are no good, with all that was found on the way."""

    resource: Resource | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    shipped: dict[str, ShippedContent] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def check(
    merged: Merged,
    kind: ResourceType,
    platform: Platform | None,
    variables: Variables,
    secrets: frozenset[str] | None,
    look_into: Callable[[str], ShippedContent],
) -> Checked:
    """The resource for one machine. `look_into` raises `OSError` or `ValueError` for a file that cannot be had."""
    found = Checked()
    values = _substituted(merged, kind, variables, found)
    _check_secrets(merged, kind, values, secrets, found)
    hidden = _ship(merged, kind, values, look_into, found)
    found.values = values
    places = Places(merged.value_source, merged.key_source, merged.words)
    try:
        options = validated(kind.Options, {**values, **hidden}, platform)
    except ValidationError as error:
        found.problems += option_problems(error, kind.Options, values, places)
        return found
    found.resource = Resource(
        merged.type,
        merged.name,
        options,
        merged.source,
        sources={name: statements[0].source for name, statements in merged.options.items()},
        stated=values,
        needs=list(dict.fromkeys([*options.needs, *kind.needs(options)])),
    )
    return found


def _substituted(merged: Merged, kind: ResourceType, variables: Variables, found: Checked) -> dict[str, Any]:
    known = stated_options(kind.Options)
    fixed = marked(kind.Options, SITE_PATH) | marked(kind.Options, GUARDED)
    values: dict[str, Any] = {}
    for name, statements in merged.options.items():
        value = statements[0].value
        if name in kind.Options.model_fields and name not in known:
            place = merged.key_source((name,))
            message = f"there is no option `{name}`"
            found.problems.append(Problem(place, "unknown-option", message, "", merged.words((name,))))
        elif name in fixed and any("${" in text for text in _texts(value)):
            message = f"a variable cannot stand in `{name}`: it must be known before any machine is"
            place = merged.value_source((name,))
            found.problems.append(Problem(place, "variable-not-here", message, "write it out", merged.words((name,))))
            values[name] = value
        else:
            values[name], faults = substitute(value, variables, (name,))
            found.problems += [
                Problem(merged.value_source(f.path), f.rule, f.message, f.hint, merged.words(f.path)) for f in faults
            ]
    return values


def _check_secrets(
    merged: Merged, kind: ResourceType, values: Mapping[str, Any], secrets: frozenset[str] | None, found: Checked
) -> None:
    if secrets is None:
        return
    for name in marked(kind.Options, GUARDED) & values.keys():
        for secret in _texts(values[name]):
            if is_name(secret) and secret not in secrets:
                if secret == PER_DEVICE:
                    found.problems.append(_no_keys(merged.value_source((name,)), merged.words((name,))))
                    continue
                meant = near_miss(secret, secrets)
                hint = f"did you mean {meant}?" if meant else _NOT_DECLARED
                message = f"`{name}` is the name of a secret, and deskprov.yml declares none of this name"
                place = merged.value_source((name,))
                found.problems.append(Problem(place, "secret-undeclared", message, hint, merged.words((name,))))


def _no_keys(place: Source, words: str) -> Problem:
    message = "a password per device is kept sealed, and this site has no keys to seal it to"
    return Problem(place, "secret-undeclared", message, "deskprov secret init makes them", words)


def _ship(
    merged: Merged,
    kind: ResourceType,
    values: dict[str, Any],
    look_into: Callable[[str], ShippedContent],
    found: Checked,
) -> dict[str, str | None]:
    """Makes paths beside the profile paths of the site, and returns the hidden options with what is in the files."""
    hidden: dict[str, str | None] = {}
    for name in marked(kind.Options, SITE_PATH) & values.keys():
        stated, _ = merged.statement((name,))
        if not isinstance(stated.value, str) or not is_beside(stated.value):
            continue  # the type says what is wrong with it
        path = f"{posixpath.dirname(stated.document.file)}/{stated.value}"
        values[name] = path
        try:
            content = look_into(path)
        except (OSError, ValueError) as error:
            place = merged.value_source((name,))
            found.problems.append(_not_there(path, error, place, merged.words((name,))))
            continue
        found.shipped[path] = content
        hidden |= {f"{name}_sha256": content.sha256, f"{name}_text": content.text}
    return {name: value for name, value in hidden.items() if name in kind.Options.model_fields}


def _not_there(path: str, error: OSError | ValueError, place: Source, words: str) -> Problem:
    if isinstance(error, FileNotFoundError):
        message, hint = f"there is no file {shown(path)}", "its name counts from the folder that this profile is in"
    elif isinstance(error, OSError):
        message, hint = f"{shown(path)} cannot be read ({error.strerror})", "it must be a plain file that you may read"
    else:
        message, hint = f"{shown(path)} leads out of the site", "put the file itself there, not a link"
    return Problem(place, "file-missing", message, hint, words)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else []


@cache
def marked(options: type[BaseModel], mark: str) -> frozenset[str]:
    """The options whose type carries a mark, at any depth (`SitePath | None`, `list[SecretName]`)."""
    return frozenset(
        name
        for name, option in options.model_fields.items()
        if _carries(option, mark) or _annotation_carries(option.annotation, mark)
    )


def _annotation_carries(annotation: Any, mark: str) -> bool:
    if any(_carries(part, mark) for part in getattr(annotation, "__metadata__", ())):
        return True
    return any(_annotation_carries(part, mark) for part in get_args(annotation))


def _carries(part: Any, mark: str) -> bool:
    extra = part.json_schema_extra if isinstance(part, FieldInfo) else None
    return isinstance(extra, dict) and bool(extra.get(mark))
