"""Writes a new site into a folder, and never over anything."""

from collections.abc import Mapping
from pathlib import Path

from deskprov.adapters.login_key import write_private
from deskprov.errors import WrongUsage
from deskprov.formats.file_refusals import not_writable

MAY_BE_THERE = frozenset({".git"})


class NewSiteFolder:
    """The port `NewSite` over a folder, which is made when there is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self) -> None:
        """Raises `WrongUsage` when there is something already."""
        try:
            self._refuse_occupied()
        except OSError as error:
            raise not_writable(Path(error.filename or self._folder), error) from error

    def write(self, files: Mapping[str, str], private: Mapping[str, str]) -> None:
        """Writes every file. Raises `WrongUsage` when there is something already, and `SiteNotWritable`."""
        try:
            self._refuse_occupied()
            for path, text in private.items():
                write_private(self._folder / path, text)
            for path, text in files.items():
                file = self._folder / path
                file.parent.mkdir(parents=True, exist_ok=True)
                with file.open("x", encoding="utf-8", newline="") as new:
                    new.write(text)
        except OSError as error:
            raise not_writable(Path(error.filename or self._folder), error) from error

    def _refuse_occupied(self) -> None:
        if not self._folder.exists():
            return
        if not self._folder.is_dir():
            raise WrongUsage(f"{self._folder} is no folder.", hint="Name a new folder: deskprov init my-site")
        if (self._folder / "deskprov.yml").exists():
            raise WrongUsage(f"{self._folder} is a site already.", hint="deskprov validate checks it.")
        there = sorted(entry.name for entry in self._folder.iterdir() if entry.name not in MAY_BE_THERE)
        if there:
            raise WrongUsage(
                f"{self._folder} is not empty: {', '.join(there[:3])}{' …' if len(there) > 3 else ''}.",
                hint="Name a new folder: deskprov init my-site",
            )
