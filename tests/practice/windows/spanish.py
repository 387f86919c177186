"""A practice PC with a Spanish Windows that has been used: the account of one of its administrators is gone."""

import json
from pathlib import Path
from typing import Any

ORPHAN = "S-1-5-21-9-9-9-1099"

_NAMES = {
    "administrators": ("Administradores", "S-1-5-32-544", ["{sid}-500", ORPHAN]),
    "users": ("Usuarios", "S-1-5-32-545", ["S-1-5-4", "S-1-5-11"]),
    "guests": ("Invitados", "S-1-5-32-546", ["{sid}-501"]),
    "remote desktop users": ("Usuarios de escritorio remoto", "S-1-5-32-555", []),
    "remote management users": ("Usuarios de administración remota", "S-1-5-32-580", []),
}

_ACCOUNTS = {"administrator": ("Administrador", "{sid}-500"), "guest": ("Invitado", "{sid}-501")}


def make_new_ones_spanish(state_dir: Path, more: dict[str, Any] | None = None) -> None:
    """Practice PCs that are started in this folder from now on are such, with more tables of their state."""
    groups = {
        name.lower(): {"name": name, "description": "", "sid": sid, "members": members}
        for name, sid, members in _NAMES.values()
    }
    users = {
        name.lower(): {
            "name": name,
            "fullname": "",
            "description": "",
            "sid": sid,
            "account_disabled": name == "Invitado",
            "nt_hash": "",
        }
        for name, sid in _ACCOUNTS.values()
    }
    gone, renamed = dict.fromkeys(_NAMES), dict.fromkeys(_ACCOUNTS)
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    (state_dir / "otherwise.json").write_text(
        json.dumps({"groups": {**gone, **groups}, "users": {**renamed, **users}, **(more or {})}), "utf-8"
    )
