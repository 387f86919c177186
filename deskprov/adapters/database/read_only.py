"""How an SQLite file is named to whoever only reads it, so that nothing is written and no file is made.

On a disk that nobody can write to, SQLite can keep no notes about readers either, and must be told that it needs none
(`immutable`, https://www.sqlite.org/uri.html). That is safe while no write-ahead log waits to be read.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL


def read_only_url(path: Path) -> URL:
    """The file for SQLAlchemy."""
    return URL.create("sqlite", database=path.absolute().as_uri(), query={**_query(path), "uri": "true"})


def read_only_uri(path: Path) -> str:
    """The file for `sqlite3.connect(…, uri=True)`."""
    return f"{path.absolute().as_uri()}?{'&'.join(f'{key}={value}' for key, value in _query(path).items())}"


def _query(path: Path) -> Mapping[str, str]:
    frozen = path.exists() and os.statvfs(path).f_flag & os.ST_RDONLY
    if frozen and not path.with_name(f"{path.name}-wal").exists():
        return {"mode": "ro", "immutable": "1"}
    return {"mode": "ro"}
