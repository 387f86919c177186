"""Practice PCs for the tests of this folder, and real Ansible that talks to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice.windows.desk import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One practice PC, which the tests of a file share."""
    yield from _desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def fresh_desk(tmp_path: Path) -> Iterator[Desk]:
    """One practice PC that nobody has changed."""
    yield from _desk(tmp_path)


def _desk(folder: Path) -> Iterator[Desk]:
    desk = Desk(folder)
    try:
        desk.start()
        yield desk
    finally:
        desk.machines.stop()
