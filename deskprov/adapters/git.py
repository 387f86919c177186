"""What git says about the site's folder; a site without git, or a controller without it, has no revision."""

import subprocess
from pathlib import Path

from deskprov.model.ports.site import Revision

SECONDS = 20.0

_STATUS = ("status", "--porcelain=v2", "--branch", "--", ".")
"""One start of git for both questions. https://git-scm.com/docs/git-status: headers begin with `#`, changes do not."""

_COMMIT = "# branch.oid "
_NONE_YET = "(initial)"


class GitRepository:
    """The port `VersionControl` by the git program."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def revision(self) -> Revision:
        """The commit that is checked out, and whether files of the site differ from it; empty without git."""
        said = self._status()
        commit = next((line.removeprefix(_COMMIT) for line in said if line.startswith(_COMMIT)), _NONE_YET)
        if commit == _NONE_YET:
            return Revision(commit="", dirty=False)
        return Revision(commit, dirty=any(not line.startswith("#") for line in said))

    def _status(self) -> list[str]:
        command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *_STATUS]
        try:
            done = subprocess.run(
                command, cwd=self._folder, capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL
            )
        except (FileNotFoundError, subprocess.TimeoutExpired):
            return []
        return done.stdout.decode("utf-8", "replace").splitlines() if done.returncode == 0 else []
