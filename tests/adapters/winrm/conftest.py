"""A practice PC, and the port that reaches it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice.windows.desk import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One practice PC, which the tests of a file share."""
    found = Desk(tmp_path_factory.mktemp("desk"))
    try:
        found.start()
        yield found
    finally:
        found.machines.stop()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder for what is no practice PC."""
    return tmp_path
