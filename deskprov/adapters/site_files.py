"""The files of a site, read from its folder and from nowhere else."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath


class FolderFiles:
    """The port `SiteFiles` over a folder. Links inside are followed only while they stay inside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def read_bytes(self, path: str) -> bytes:
        """The content. Raises `OSError` as open() does, and `ValueError` for a path that leaves the site."""
        return self._inside(path).read_bytes()

    def exists(self, path: str) -> bool:
        """True for a file inside the site."""
        try:
            return self._inside(path).is_file()
        except ValueError:
            return False

    def list_yaml(self, folder: str) -> Sequence[str]:
        """Paths of all YAML files below a folder, sorted; none when there is no such folder."""
        base = self._inside(folder)
        files = (file for ending in ("*.yml", "*.yaml") for file in base.rglob(ending) if file.is_file())
        return sorted(str(PurePosixPath(file.relative_to(self._folder))) for file in files)

    def _inside(self, path: str) -> Path:
        if not path or path.startswith("/") or "\0" in path:
            raise ValueError(f"{path!r} is no path inside the site")
        found = (self._folder / path).resolve()
        if not found.is_relative_to(self._folder):
            raise ValueError(f"{path!r} leads out of the site")
        return found
