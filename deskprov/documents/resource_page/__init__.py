"""The reference page of one resource type, made from its options and its cases."""

from importlib import resources
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

from deskprov.formats.cases import Cases, Example, TypeTexts
from deskprov.formats.option_docs import option_docs
from deskprov.model.resource_type import ONLY_ONE, ResourceType


def resource_page(resource_type: ResourceType, cases: Cases, texts: TypeTexts) -> str:
    """The page as Markdown: what the type is for, its options, its examples, and how far it is proved."""
    template = resources.files(__package__).joinpath("page.md.j2").read_text("utf-8")
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 - Markdown, from our own data
    return environment.from_string(template).render(
        name=resource_type.NAME,
        key=resource_type.KEY,
        texts=texts,
        options=option_docs(resource_type.Options, resource_type.KEY),
        examples=[(_about(example), _as_yaml(resource_type, example.spec)) for example in cases.examples],
        proof=[(platform.value, proof.level, proof.how) for platform, proof in sorted(cases.proof.items())],
    )


def _about(example: Example) -> str:
    return f"{example.about} (On {example.platform.value}.)" if example.platform else example.about


def _as_yaml(resource_type: ResourceType, spec: str | dict[str, Any]) -> str:
    stated = spec if resource_type.KEY == ONLY_ONE else [spec]
    return str(yaml.safe_dump({resource_type.NAME: stated}, sort_keys=False, allow_unicode=True, width=100)).strip()
