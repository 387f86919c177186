"""Folders, files, links and groups of Linux as items of our own module, which makes many in one run."""

from typing import Any

from deskprov.model.packing import Item, Packer

_PACKER = Packer("Set up files and groups", "deskprov.desktop.pack")


def item(kind: str, **options: Any) -> Item:
    """An item of that kind; its options are those that `deskprov.desktop.pack` documents."""
    return Item(_PACKER, {"kind": kind, **options})
