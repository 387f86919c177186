"""What a file of a pack leaves behind when its disk is full; how packs go on real machines: tests/end_to_end."""

import errno
import os
from pathlib import Path
from typing import Any, cast

import pytest

from deskprov.ansible_collections.deskprov.desktop.plugins.modules.pack import ItemFailed, PackModule, file


class Moves:
    """The two parts of a module that write: to a folder of its own, and from there to a disk that may be full."""

    def __init__(self, tmpdir: Path, *, full: bool) -> None:
        self.tmpdir = str(tmpdir)
        self._full = full

    def atomic_move(self, new: str, path: str) -> None:
        if self._full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        Path(new).rename(path)

    def load_file_common_arguments(self, item: dict[str, Any], path: str) -> dict[str, Any]:
        return {}

    def set_fs_attributes_if_different(self, rights: dict[str, Any], changed: bool, expand: bool) -> bool:
        return changed


def write(path: Path, folder: Path, *, full: bool) -> bool:
    module = cast("PackModule", Moves(folder, full=full))
    return file(module, {"path": str(path), "content": "new"})


def test_a_link_stays_until_the_file_in_its_place_is_written(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    place = tmp_path / "place"
    place.mkdir()
    link = place / "link"
    link.symlink_to(tmp_path / "target")
    with pytest.raises(ItemFailed, match="No space left"):
        write(link, tmp_path, full=True)
    assert link.readlink() == tmp_path / "target"

    assert write(link, tmp_path, full=False)
    assert not link.is_symlink()
    assert (link.read_text(), (tmp_path / "target").read_text()) == ("new", "old")
    assert list(place.iterdir()) == [link]
