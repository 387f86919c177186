"""The page that says for each resource type and platform how far it is proved, and by what."""

from collections.abc import Mapping
from importlib import resources

from jinja2 import Environment, StrictUndefined

from deskprov.formats.cases import Cases


def proof_page(cases: Mapping[str, Cases]) -> str:
    """The page as Markdown; `cases` by the name of the type, in the order of the type table."""
    template = resources.files(__package__).joinpath("page.md.j2").read_text("utf-8")
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 - Markdown, from our own data
    rows = [
        (name, platform.value, proof.level, proof.how)
        for name, case in cases.items()
        for platform, proof in sorted(case.proof.items())
    ]
    return environment.from_string(template).render(rows=rows)
