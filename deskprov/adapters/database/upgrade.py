"""Brings the tables to the shape that this release knows, and refuses one that a newer release made."""

from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table, text

from deskprov.adapters.database.chain import adopt
from deskprov.adapters.fault_points import FaultPoint, reach
from deskprov.errors import RecordError

HEAD = "0005"
"""The newest migration. A test holds it against the folder; reading the folder costs half a second."""

KNOWN = ("0001", "0002", "0003", "0004", "0005")
_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = table("alembic_version", column("version_num"))
_POSTGRESQL_LOCK = 0x6465736B  # "desk"; any number that other programs do not use


def is_current(engine: Engine) -> bool:
    """True when nothing is to be done. Raises `RecordError` for the tables of a newer deskprov."""
    with engine.connect() as connection:
        return version_of(connection) == HEAD


def bring_up_to_date(engine: Engine) -> None:
    """Makes or upgrades the tables in one transaction. Two that do it at once end with one result."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK})
        if version_of(connection) != HEAD:
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)
            adopt(connection)
            reach(FaultPoint.TABLES_READY)
    reach(FaultPoint.TABLES_COMMITTED)


def version_of(connection: Connection) -> str | None:
    """The newest migration that was made there; None when there are no tables. Raises `RecordError` for a newer one."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    version: str | None = connection.execute(select(_VERSION.c.version_num)).scalar()
    if version is not None and version not in KNOWN:
        raise RecordError(
            f"The record was written by a newer deskprov (its tables are at {version}, this one knows {HEAD}).",
            hint="Upgrade deskprov on this computer: pip install --upgrade deskprov",
        )
    return version
