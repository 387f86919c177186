"""Benches with running practice machines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.bench import Bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A site with one practice machine, practice-1, for all tests of a module."""
    yield from _bench(tmp_path_factory.mktemp("site"), 1)


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A site with twenty practice machines."""
    yield from _bench(tmp_path_factory.mktemp("site"), 20)


def _bench(root: Path, count: int) -> Iterator[Bench]:
    bench = Bench(root)
    bench.run("practice", "start", "linux", "--count", str(count))
    try:
        yield bench
    finally:
        bench.run("practice", "stop")
