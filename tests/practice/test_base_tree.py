"""The base tree is built once and used only when it is whole."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deskprov.errors import PracticeError
from deskprov.practice.apt_settings import AptSettings, read_apt_settings
from deskprov.practice.base_tree import Recipe, ensure_base_tree

pytestmark = pytest.mark.practice

SMALL = Recipe("bookworm", packages=("passwd", "sudo"))


@pytest.mark.soak
def test_two_starts_at_once_build_once_and_what_a_killed_build_left_is_not_used(tmp_path: Path) -> None:
    killed = tmp_path / f"{SMALL.name}.unfinished"
    killed.mkdir()
    (killed / "half").touch()
    said: list[str] = []
    with ThreadPoolExecutor() as pool:
        builds = [
            pool.submit(ensure_base_tree, tmp_path, SMALL, read_apt_settings("bookworm"), said.append) for _ in range(2)
        ]
        trees = {build.result() for build in builds}
    (tree,) = trees
    assert sorted(line.split()[0] for line in said) == ["building", "waiting"]
    assert (tree / "usr/bin/sudo").exists()
    assert not (tree / "half").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([tree.name, "lock"])


def test_a_tree_that_cannot_be_built_is_an_error_and_leaves_no_tree(tmp_path: Path) -> None:
    nowhere = AptSettings(
        sources="Types: deb\nURIs: http://127.0.0.1:9/\nSuites: bookworm\nComponents: main\n", options="", copies=()
    )
    with pytest.raises(PracticeError, match="base tree of Debian 12 could not be built") as caught:
        ensure_base_tree(tmp_path, SMALL, nowhere, lambda line: None)
    assert "Failed to fetch http://127.0.0.1:9/" in caught.value.message
    assert "apt-get update" in caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
