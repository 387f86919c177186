"""The site that `deskprov init` writes: small, working, and meant to be changed."""

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

NAME_MARK = "@NAME@"
LOGIN_KEY_MARK = "@LOGIN_KEY@"
KEYS_MARK = "@ESCROW@\n"

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


def escrow_settings(keys: Sequence[str], key_file: str) -> str:
    """The lines of `deskprov.yml` that name the site's public keys, and where a private one is."""
    listed = "".join(f"  - {key}\n" for key in keys)
    place = json.dumps(key_file, ensure_ascii=False)
    return f"escrow_keys:                       # what deskprov keeps is sealed to these\n{listed}" + (
        f"escrow_identity: {{file: {place}}}    # opens it; never in git\n"
    )


def starter_site(name: str, login_key: str, escrow: str, schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The text of every file by its path in the site.

    `login_key` is the public key that it logs in with, `escrow` are the settings of its keys, and `schemas` are JSON
    Schemas for editors by their path.
    """
    kept = resources.files(__package__).joinpath("site")
    texts = {path: kept.joinpath(file).read_text("utf-8") for path, file in FILES.items()}
    texts["deskprov.yml"] = texts["deskprov.yml"].replace(NAME_MARK, json.dumps(name, ensure_ascii=False))
    texts["deskprov.yml"] = texts["deskprov.yml"].replace(KEYS_MARK, escrow)
    texts["deskprov.yml"] = texts["deskprov.yml"].replace(LOGIN_KEY_MARK, json.dumps(login_key))
    texts["README.md"] = texts["README.md"].replace(NAME_MARK, name)
    return texts | {path: json.dumps(schema, indent=1, ensure_ascii=False) + "\n" for path, schema in schemas.items()}
