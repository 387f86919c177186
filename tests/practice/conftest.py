"""Real practice machines for the tests of this folder: two on the controller's network and one isolated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskprov.practice import LinuxPracticeMachines
from tests.practice.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with practice-1 and practice-2 (shared network) and practice-3 (isolated); tests leave them running."""
    yield from _site(tmp_path_factory.mktemp("site"), shared=2, isolated=1)


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[Site]:
    """A site without machines; what a test starts there is stopped after it."""
    yield from _site(tmp_path / "site", shared=0, isolated=0)


def _site(folder: Path, *, shared: int, isolated: int) -> Iterator[Site]:
    site = Site(LinuxPracticeMachines(folder / ".deskprov/practice"), folder)
    try:
        if shared:
            site.start(shared)
        if isolated:
            site.start(isolated, isolated=True)
        yield site
    finally:
        site.machines.stop()
