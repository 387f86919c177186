"""What git says about the site's folder; a site without git, or a controller without it, has no revision."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deskprov.model.ports.site import Revision

SECONDS = 20.0

_STATUS = ("status", "--porcelain=v2", "--branch", "--no-ahead-behind", "--", ".")
"""One start of git for both questions. https://git-scm.com/docs/git-status: headers begin with `#`, changes do not."""

_HEAD = ("rev-parse", "--verify", "--quiet", "HEAD")
_COMMIT = "# branch.oid "
_NONE_YET = "(initial)"
_NO_REPOSITORY = b"not a git repository"


class GitRepository:
    """The port `VersionControl` by the git program."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def revision(self) -> Revision:
        """The commit that is checked out, and whether files of the site differ from it; empty without git.

        Where git knows the commit and cannot compare the files with it, they are taken for different.
        """
        try:
            said = self._ask(_STATUS)
        except _NoAnswer:
            return self._without_comparison()
        commit = next((line.removeprefix(_COMMIT) for line in said if line.startswith(_COMMIT)), _NONE_YET)
        if commit == _NONE_YET:
            return Revision(commit="", dirty=False)
        return Revision(commit, dirty=any(not line.startswith("#") for line in said))

    def _without_comparison(self) -> Revision:
        try:
            [commit] = self._ask(_HEAD)
        except (_NoAnswer, ValueError):
            return Revision(commit="", dirty=False)
        return Revision(commit, dirty=True)

    def _ask(self, arguments: Sequence[str]) -> list[str]:
        """Lines; none outside of a repository, and where there is no git. Raises `_NoAnswer`."""
        command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *arguments]
        try:
            done = subprocess.run(
                command,
                cwd=self._folder,
                env={**os.environ, "LC_ALL": "C"},
                capture_output=True,
                timeout=SECONDS,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except FileNotFoundError:
            return []
        except subprocess.TimeoutExpired as error:
            raise _NoAnswer from error
        if done.returncode and _NO_REPOSITORY not in done.stderr:
            raise _NoAnswer
        return done.stdout.decode("utf-8", "replace").splitlines() if not done.returncode else []


class _NoAnswer(Exception):
    """git failed, or took too long."""
