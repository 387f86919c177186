"""What the tests of this folder share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.adapters.ssh import Limits, SshTransport
from deskprov.testing import FixedSecrets

LIMITS = Limits(resolve=20, connect=20, greeting=20, login=20, start=20, answer=20, farewell=1)


@pytest.fixture
def secrets() -> FixedSecrets:
    """Secrets by name, as a site might declare them."""
    return FixedSecrets({"login": "pass-word", "wrong": "no-such-word", "sudo": "sudo-word", "two-lines": "a\nb"})


@pytest.fixture
def ssh(tmp_path: Path, secrets: FixedSecrets, monkeypatch: pytest.MonkeyPatch) -> SshTransport:
    """A transport for a site in `tmp_path`, an empty home and no ssh-agent."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    (tmp_path / "home").mkdir()
    return SshTransport(secrets, tmp_path, home=tmp_path / "home", limits=LIMITS)


Limited = Callable[..., SshTransport]


@pytest.fixture
def limited(ssh: SshTransport, tmp_path: Path, secrets: FixedSecrets) -> Limited:
    """Makes such a transport with other limits, for machines that never come to an end."""

    def make(**limits: float) -> SshTransport:
        return SshTransport(secrets, tmp_path, home=tmp_path / "home", limits=replace(LIMITS, **limits))

    return make
