"""The registry of the controller gives each place once, however many ask at the same moment."""

from concurrent.futures import ProcessPoolExecutor

import pytest

from deskprov.practice.registry import RUN_DIR, Registry

pytestmark = pytest.mark.practice

ROUNDS = 150


def _take_and_give_back(site: str) -> bool:
    """True when every place taken was held by nobody else; the registry is made and removed many times meanwhile."""
    registry = Registry()
    alone = True
    for _ in range(ROUNDS):
        with registry.locked():
            before = {slot.number for slot in registry.slots()}
            slot = registry.reserve(site=site, suite="bookworm", tree="/", key_file="", host_key="", isolated=True)
            alone = alone and slot.number not in before and slot in registry.slots()
            registry.release(slot)
    return alone


def test_many_at_once_never_get_the_same_place() -> None:
    with ProcessPoolExecutor(4) as pool:
        assert all(pool.map(_take_and_give_back, [f"/nonexistent/{n}" for n in range(4)]))


def test_names_are_counted_by_site_and_numbers_by_controller() -> None:
    registry = Registry()
    sites = ("/nonexistent/a", "/nonexistent/b", "/nonexistent/a")
    with registry.locked():
        taken = [
            registry.reserve(site=site, suite="bookworm", tree="/", key_file="", host_key="", isolated=False)
            for site in sites
        ]
        assert [slot.name for slot in taken] == ["practice-1", "practice-1", "practice-2"]
        assert len({slot.number for slot in taken}) == len({slot.address for slot in taken}) == 3
        assert RUN_DIR.stat().st_mode & 0o777 == 0o700
        for slot in taken:
            registry.release(slot)
