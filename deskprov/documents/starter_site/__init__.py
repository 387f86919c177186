"""The site that `deskprov init` writes: small, working, and meant to be changed."""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

NAME_MARK = "@NAME@"

FILES: Mapping[str, str] = {
    "README.md": "README.md",
    "deskprov.yml": "deskprov.yml",
    "inventory_hosts/hosts.yml": "hosts.yml",
    "profiles/base/linux.yml": "base-linux.yml",
    "profiles/office-desktop.yml": "office-desktop.yml",
    "profiles/files/welcome.txt": "welcome.txt",
    "playbooks/README.md": "playbooks.md",
    ".gitignore": "gitignore",
    ".github/workflows/deskprov.yml": "workflow.yml",
}
"""Files of a new site, and the names under which they are kept here."""


def starter_site(name: str, schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The text of every file by its path in the site; `schemas` are JSON Schemas for editors by their path."""
    kept = resources.files(__package__).joinpath("site")
    texts = {path: kept.joinpath(file).read_text("utf-8") for path, file in FILES.items()}
    texts["deskprov.yml"] = texts["deskprov.yml"].replace(NAME_MARK, json.dumps(name, ensure_ascii=False))
    texts["README.md"] = texts["README.md"].replace(NAME_MARK, name)
    return texts | {path: json.dumps(schema, indent=1, ensure_ascii=False) + "\n" for path, schema in schemas.items()}
