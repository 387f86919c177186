"""What git says about the site's folder; a site without git, or a controller without it, has no revision."""

import subprocess
from pathlib import Path

from deskprov.model.ports.site import Revision

SECONDS = 20.0


class GitRepository:
    """The port `VersionControl` by the git program."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def revision(self) -> Revision:
        """The commit that is checked out, and whether files of the site differ from it; empty without git."""
        commit = self._ask("rev-parse", "--verify", "--quiet", "HEAD")
        if commit is None:
            return Revision(commit="", dirty=False)
        changed = self._ask("status", "--porcelain", "--", ".")
        return Revision(commit=commit, dirty=changed != "")

    def _ask(self, *arguments: str) -> str | None:
        command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *arguments]
        try:
            done = subprocess.run(
                command, cwd=self._folder, capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL
            )
        except (FileNotFoundError, subprocess.TimeoutExpired):
            return None
        return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None
