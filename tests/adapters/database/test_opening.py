"""Where the record is, how its tables come to be, and whose release they belong to."""

import multiprocessing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from deskprov.adapters.database import migrations, upgrade
from deskprov.adapters.database.database import Database
from deskprov.adapters.database.engine import database_url
from deskprov.adapters.database.schema import metadata
from deskprov.errors import RecordError
from deskprov.model.asset import FIELDS
from tests.adapters.database.conftest import CONTROLLER
from tests.adapters.database.samples import intent
from tests.adapters.database.writers import open_and_begin

TOGETHER = 6


def test_the_known_migrations_are_those_in_the_folder() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_current_head() == upgrade.HEAD
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == upgrade.KNOWN


def test_migrations_make_the_tables_that_the_code_knows_in_sqlite(sqlite: Database) -> None:
    with sqlite.transactions.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.postgresql
def test_migrations_make_the_tables_that_the_code_knows_in_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    database = Database(postgresql_url, tmp_path, CONTROLLER)
    with database.transactions.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    database.close()


def test_every_field_of_an_asset_has_a_column() -> None:
    assert FIELDS.keys() <= set(metadata.tables["assets"].columns.keys())


def test_the_tables_of_a_newer_release_are_left_alone(sqlite: Database, tmp_path: Path) -> None:
    with sqlite.transactions.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    sqlite.close()
    with pytest.raises(RecordError, match=r"newer deskprov .*0999") as told:
        sqlite.record.begin(intent())
    assert "pip install --upgrade deskprov" in told.value.hint


def test_an_upgrade_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    database = Database(None, tmp_path, CONTROLLER)
    (tmp_path / ".deskprov").mkdir()
    engine = create_engine(f"sqlite:///{tmp_path}/.deskprov/deskprov.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE escrow (in_the_way INTEGER)"))
    with pytest.raises(RecordError):
        database.record.begin(intent())
    with engine.begin() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        assert names == ["escrow"]
        connection.execute(text("DROP TABLE escrow"))
    engine.dispose()
    database.record.begin(intent())
    database.close()


def test_a_site_folder_with_odd_characters(tmp_path: Path) -> None:
    folder = tmp_path / "100% späßig #1?"
    folder.mkdir()
    database = Database(None, folder, CONTROLLER)
    database.record.begin(intent())
    database.close()
    assert (folder / ".deskprov/deskprov.db").is_file()


def test_a_path_in_the_settings_is_relative_to_the_site(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    database = Database("sqlite:///state/record.db", tmp_path, CONTROLLER)
    database.record.begin(intent())
    database.close()
    assert (tmp_path / "state/record.db").is_file()


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "sqlite:///:memory:"])
def test_addresses_that_make_no_sense(tmp_path: Path, url: str) -> None:
    with pytest.raises(RecordError) as told:
        Database(url, tmp_path, CONTROLLER).record.begin(intent())
    assert "deskprov.yml" in told.value.message + told.value.hint


def test_postgresql_means_the_driver_that_we_bring(tmp_path: Path) -> None:
    assert database_url("postgresql://u@db.example.org/x", tmp_path).drivername == "postgresql+psycopg"


def _open_together(url: str | None, root: Path) -> Database:
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.adapters.database.writers"])
    together = forks.Barrier(TOGETHER)
    openers = [forks.Process(target=open_and_begin, args=(url, root, f"r{n}", together)) for n in range(TOGETHER)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert [opener.exitcode for opener in openers] == [0] * TOGETHER
    return Database(url, root, CONTROLLER)


@pytest.mark.parametrize("_round", range(4))
def test_first_opens_at_the_same_moment_end_in_one_sqlite_record(tmp_path: Path, _round: int) -> None:
    database = _open_together(None, tmp_path)
    assert {summary.run for summary in database.history.runs(100)} == {f"r{n}" for n in range(TOGETHER)}
    assert len(database.assets.all()) == TOGETHER
    database.close()


@pytest.mark.postgresql
def test_first_opens_at_the_same_moment_end_in_one_postgresql_record(postgresql_url: str, tmp_path: Path) -> None:
    database = _open_together(postgresql_url, tmp_path)
    assert {summary.run for summary in database.history.runs(100)} == {f"r{n}" for n in range(TOGETHER)}
    database.close()
