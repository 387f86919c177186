"""The options of a resource type in words, out of the one place where they are stated."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from pydantic import BaseModel

from deskprov.formats.json_schema import options_schema
from deskprov.model.resource_type import naming

_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "lines of name: value",
    "null": "",
}


class OptionDoc(Struct, frozen=True):
    """One option: what it takes, in words; its limits; its default as YAML, empty when it has none."""

    name: str
    takes: str
    limits: str
    default: str
    about: str
    required: bool


def option_docs(options: type[BaseModel], key: str) -> list[OptionDoc]:
    """Every option that a file may state: the key first, then as declared, those that every type has last."""
    schema = options_schema(options)
    common = ("state", "needs", "reboot")
    names = [*naming(key, ""), *(name for name in schema["properties"] if name not in (key, *common)), *common]
    required = schema.get("required", [])
    return [_doc(name, schema["properties"][name], name in required) for name in names]


def _doc(name: str, schema: Mapping[str, Any], required: bool) -> OptionDoc:
    about = " ".join(filter(None, (str(schema.get("description", "")), _where(schema))))
    return OptionDoc(name, _takes(schema), _limits(schema), _default(schema), about, required)


def _where(schema: Mapping[str, Any]) -> str:
    return f"On {' and '.join(schema['x-only-on'])} only." if "x-only-on" in schema else ""


def _takes(schema: Mapping[str, Any]) -> str:
    if "x-secret" in schema:
        return "name of a secret"
    if "x-site-path" in schema:
        return "file beside the profile"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(filter(None, (_takes(branch) for branch in schema["anyOf"]))))
    if "enum" in schema:
        return " or ".join(str(word) for word in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_takes(schema['items'])}" if "items" in schema else "list"
    return _KINDS.get(str(schema.get("type")), "anything")


def _limits(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return "; ".join(filter(None, (_limits(branch) for branch in schema["anyOf"])))
    if schema.get("type") == "array":
        return _limits(schema.get("items", {}))
    least, most = schema.get("minimum"), schema.get("maximum")
    words = []
    if least is not None and most is not None:
        words.append(f"{least} to {most}")
    elif least is not None or most is not None:
        words.append(f"at least {least}" if most is None else f"at most {most}")
    if "x-accepts" in schema:
        words.append(str(schema["x-accepts"]))
    if "maxLength" in schema:
        words.append(f"at most {schema['maxLength']} characters")
    return ", ".join(words)


def _default(schema: Mapping[str, Any]) -> str:
    match schema.get("default"):
        case None | []:
            return ""
        case bool(value):
            return "true" if value else "false"
        case str(value):
            return value if value.isalpha() else f'"{value}"'
        case value:
            return str(value)
