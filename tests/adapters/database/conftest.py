"""The record in memory, in an SQLite file and in a real PostgreSQL: the same promises for all three."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
import pytest

from deskprov.adapters.database.database import Database
from deskprov.model.ports.assets import AssetStore, RunHistory
from deskprov.model.ports.record import RunRecord
from deskprov.testing import MemoryRecord

CONTROLLER = "controller-1"


class Whole(Protocol):
    """All three ports of a record."""

    @property
    def record(self) -> RunRecord: ...
    @property
    def assets(self) -> AssetStore: ...
    @property
    def history(self) -> RunHistory: ...


@dataclass(frozen=True)
class InMemory:
    """The fake behind the three ports."""

    record: MemoryRecord
    assets: MemoryRecord
    history: MemoryRecord


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a fresh PostgreSQL, with NAME for a database; it answers on a socket in its own folder only."""
    with tempfile.TemporaryDirectory(prefix="deskprov-pg-") as name:
        folder = Path(name)
        as_server = _as_server_user(folder)
        data = str(folder / "data")
        _run([*as_server, _tool("initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"])
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        control = [*as_server, _tool("pg_ctl"), "-D", data, "-w"]
        _run([*control, "-o", options, "-l", str(folder / "log"), "start"])
        yield f"postgresql://postgres@/NAME?host={folder}"
        _run([*control, "-m", "immediate", "stop"])


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """A database of its own for one test."""
    with psycopg.connect(postgresql_server.replace("NAME", "postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE record")
        yield postgresql_server.replace("NAME", "record")
        connection.execute("DROP DATABASE record WITH (FORCE)")


@contextmanager
def _memory(_request: pytest.FixtureRequest) -> Iterator[Whole]:
    fake = MemoryRecord()
    yield InMemory(fake, fake, fake)


@contextmanager
def _sqlite(request: pytest.FixtureRequest) -> Iterator[Whole]:
    database = Database(None, request.getfixturevalue("tmp_path"), CONTROLLER)
    yield database
    _vouched_for(database)
    database.close()


@contextmanager
def _postgresql(request: pytest.FixtureRequest) -> Iterator[Whole]:
    url = request.getfixturevalue("postgresql_url")
    database = Database(url, request.getfixturevalue("tmp_path"), CONTROLLER)
    yield database
    _vouched_for(database)
    database.close()


@pytest.fixture(
    params=[
        pytest.param(_memory, id="memory"),
        pytest.param(_sqlite, id="sqlite"),
        pytest.param(_postgresql, id="postgresql", marks=pytest.mark.postgresql),
    ]
)
def whole(request: pytest.FixtureRequest) -> Iterator[Whole]:
    """An empty record."""
    make: Callable[[pytest.FixtureRequest], AbstractContextManager[Whole]] = request.param
    with make(request) as made:
        yield made


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """An empty record in an SQLite file."""
    database = Database(None, tmp_path, CONTROLLER)
    yield database
    database.close()


def _vouched_for(database: Database) -> None:
    """Whatever a test did through the ports, the log tells of it."""
    assert database.log.check(None).flaws == ()


def _tool(name: str) -> str:
    if found := shutil.which(name):
        return found
    [*_, newest] = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(newest)


def _as_server_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root, so that root lends it the folder and runs it as its own user."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd="/")
