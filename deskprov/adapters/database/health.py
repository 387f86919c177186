"""Whether the record is sound and of this release, without making, upgrading or writing anything."""

from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, select, text

from deskprov.adapters.database.engine import database_url
from deskprov.adapters.database.failures import in_words
from deskprov.adapters.database.read_only import read_only_url
from deskprov.adapters.database.schema import runs
from deskprov.adapters.database.upgrade import HEAD, version_of
from deskprov.model.workplace import RecordHealth


def record_health(url: str | None, root: Path) -> RecordHealth | None:
    """The state of the record; None when its file is not there yet. Raises `RecordError`."""
    address = database_url(url, root)
    sqlite = address.get_backend_name() == "sqlite"
    where = str(address.database) if sqlite else address.render_as_string(hide_password=True)
    if sqlite and not Path(where).exists():
        return None
    with in_words(where):
        engine = create_engine(read_only_url(Path(where)) if sqlite else address)
        try:
            with engine.connect() as connection:
                return _health(connection, where, sqlite)
        finally:
            engine.dispose()


def _health(connection: Connection, where: str, sqlite: bool) -> RecordHealth:
    version = version_of(connection)
    schema = "current" if version == HEAD else "none" if version is None else "old"
    damage = ""
    if sqlite:
        # https://www.sqlite.org/pragma.html#pragma_quick_check
        found = [str(row[0]) for row in connection.execute(text("PRAGMA quick_check(5)"))]
        damage = "" if found == ["ok"] else "; ".join(found)
    controllers: list[str] = []
    if inspect(connection).has_table(runs.name):
        controllers = sorted(connection.execute(select(runs.c.controller).distinct()).scalars())
    return RecordHealth(where, schema, damage, controllers)
