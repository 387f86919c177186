"""The reference page of one resource type, made from its options and its cases."""

from importlib import resources
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

from deskprov.formats.cases import Cases, TypeTexts
from deskprov.model.resource_type import ResourceType


def resource_page(resource_type: ResourceType, cases: Cases, texts: TypeTexts) -> str:
    """The page as Markdown: what the type is for, its options, its examples, and how far it is proved."""
    template = resources.files(__package__).joinpath("page.md.j2").read_text("utf-8")
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 - Markdown, from our own data
    return environment.from_string(template).render(
        name=resource_type.NAME,
        key=resource_type.KEY,
        texts=texts,
        options=_options(resource_type),
        examples=[(example.about, _as_yaml(resource_type.NAME, example.spec)) for example in cases.examples],
        proof=[(platform.value, proof.level, proof.how) for platform, proof in sorted(cases.proof.items())],
    )


def _options(resource_type: ResourceType) -> list[dict[str, str]]:
    schema = resource_type.Options.model_json_schema()
    required = set(schema.get("required", ()))
    return [
        {
            "name": name,
            "type": _kind(entry),
            "default": "required" if name in required else _default(entry.get("default")),
            "about": entry.get("description", "").replace("|", "\\|"),
        }
        for name, entry in schema["properties"].items()
        if not entry.get("x-internal")
    ]


def _kind(entry: dict[str, Any]) -> str:
    if "x-secret" in entry:
        return "name of a secret"
    if "x-site-path" in entry:
        return "file of the site"
    if "anyOf" in entry:
        kinds = [_kind(part) for part in entry["anyOf"] if part.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in entry:
        return ", ".join(f"`{word}`" for word in entry["enum"])
    if "const" in entry:
        return f"`{entry['const']}`"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    if entry.get("type") == "array":
        return f"list of {_kind(entry['items'])}"
    return words.get(entry.get("type", ""), "text")


def _default(value: Any) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    return f"`{value}`"


def _as_yaml(name: str, spec: str | dict[str, Any]) -> str:
    return str(yaml.safe_dump({name: [spec]}, sort_keys=False, allow_unicode=True, width=100)).strip()
