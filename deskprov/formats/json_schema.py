"""JSON Schemas of the files that people write, for their editors: draft-07, which the YAML language server knows.

A schema is there to complete and to underline; it says less than `deskprov validate`, and never more.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from deskprov.formats.option_problems import stated_options
from deskprov.model.place import PlaceKind
from deskprov.model.platform import Platform
from deskprov.model.resource_type import ONLY_ONE, ResourceType
from deskprov.model.settings import Settings

DRAFT = "http://json-schema.org/draft-07/schema#"
_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}"
_VARIABLE = {"type": "string", "pattern": r"\$\{"}
_LIMITS = ("pattern", "enum", "const", "minLength", "maxLength", "format")
_WITHOUT_MACHINE = ("x-secret", "x-site-path")


def profile_schema(types: Sequence[ResourceType]) -> dict[str, Any]:
    """The schema of a profile with these types."""
    heading: dict[str, Any] = {
        "profile": {
            "type": "string",
            "pattern": f"^{_NAME}(/{_NAME})*$",
            "description": "Its name: the path of this file below profiles/, without .yml.",
        },
        "platform": {"enum": [platform.value for platform in Platform], "description": "What it is for."},
        "extends": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Profiles that this one builds on; later ones win, and this file wins over all.",
        },
        "description": {"type": "string", "description": "What it is for, in a line."},
        "vars": {
            "type": "object",
            "propertyNames": {"pattern": f"^{_NAME}$"},
            "additionalProperties": {"type": "string"},
            "description": "Values for ${vars.NAME} in this profile and those that extend it.",
        },
    }
    return {
        "$schema": DRAFT,
        "title": "deskprov profile",
        "type": "object",
        "required": ["profile"],
        "additionalProperties": False,
        "properties": heading | {kind.NAME: _stated(kind) for kind in types},
    }


def settings_schema() -> dict[str, Any]:
    """The schema of deskprov.yml."""
    schema = _inlined(Settings.model_json_schema())
    return {"$schema": DRAFT, **schema, "title": "deskprov settings"}


def site_file_schema(kind: ResourceType) -> dict[str, Any]:
    """The schema of a file of the site that says what there is of a type, such as printers.yml."""
    listed = _stated(kind)
    [key, entry] = listed["items"]["anyOf"]
    options = {name: option for name, option in entry["properties"].items() if name != "state"}
    parts = {**entry, "properties": options}
    on_platforms = {
        platform.value: {**parts, "required": [], "description": f"What holds on {platform} only."}
        for platform in sorted(kind.PLATFORMS)
    }
    whole = {**entry, "properties": options | on_platforms}
    defaults = {**whole, "required": [], "description": "What holds for all of them, unless something else is stated."}
    return {
        "$schema": DRAFT,
        "title": f"deskprov {kind.NAME}",
        "type": "object",
        "additionalProperties": False,
        "properties": {"defaults": defaults, kind.NAME: {**listed, "items": {"anyOf": [key, whole]}}},
    }


def places_schema() -> dict[str, Any]:
    """The schema of places.yml."""
    name = {"type": "string", "pattern": f"^{_NAME}$"}
    options = {
        "name": {**name, "description": "As machines have it in deskprov_place."},
        "kind": {"enum": [kind.value for kind in PlaceKind], "description": "What it is."},
        "title": {"type": "string", "description": "What people call it."},
        "within": {**name, "description": "The place around it."},
    }
    place = {"type": "object", "additionalProperties": False, "required": ["name", "kind"], "properties": options}
    return {
        "$schema": DRAFT,
        "title": "deskprov places",
        "type": "object",
        "required": ["places"],
        "additionalProperties": False,
        "properties": {"places": {"type": "array", "items": place}},
    }


def options_schema(options: type[BaseModel]) -> dict[str, Any]:
    """The options of a resource type as an object schema, without those that no file may state."""
    schema = _inlined(options.model_json_schema())
    properties = {name: schema["properties"][name] for name in stated_options(options)}
    return {**schema, "properties": properties}


def _stated(kind: ResourceType) -> dict[str, Any]:
    schema = options_schema(kind.Options)
    properties = {
        name: option if name == kind.KEY else _with_variables(option) for name, option in schema["properties"].items()
    }
    entry = {"type": "object", "additionalProperties": False, "properties": properties}
    about = f"{schema.get('description', kind.NAME)} On: {', '.join(sorted(kind.PLATFORMS))}."
    if kind.KEY == ONLY_ONE:
        return {**entry, "type": ["object", "null"], "description": about}
    one = {**entry, "required": [kind.KEY]}
    return {"type": ["array", "null"], "description": about, "items": {"anyOf": [properties[kind.KEY], one]}}


def _with_variables(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, with `${…}` allowed in texts, whose value is checked once it is filled in."""
    if any(mark in schema for mark in _WITHOUT_MACHINE):
        return schema
    if "anyOf" in schema:
        return {**schema, "anyOf": [_with_variables(branch) for branch in schema["anyOf"]]}
    if "items" in schema:
        return {**schema, "items": _with_variables(schema["items"])}
    if schema.get("type") != "string" or not any(limit in schema for limit in _LIMITS):
        return schema
    outside = {key: value for key, value in schema.items() if key in ("description", "default")}
    inside = {key: value for key, value in schema.items() if key not in outside}
    return {**outside, "anyOf": [inside, _VARIABLE]}


def _inlined(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without references, which editors follow badly, and without titles made of names."""
    definitions = schema.get("$defs", {})

    def walk(node: Any, *, named: bool) -> Any:
        if isinstance(node, list):
            return [walk(item, named=False) for item in node]
        if not isinstance(node, Mapping):
            return node
        if "$ref" in node:
            target = definitions[node["$ref"].removeprefix("#/$defs/")]
            return walk({**target, **{key: value for key, value in node.items() if key != "$ref"}}, named=False)
        kept = {key: value for key, value in node.items() if named or key not in ("title", "$defs")}
        return {key: walk(value, named=key == "properties" and not named) for key, value in kept.items()}

    inlined: dict[str, Any] = walk(schema, named=False)
    return inlined
