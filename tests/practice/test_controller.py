"""What `unavailable` says, in plain words, and that it says nothing where machines can run."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.errors import PracticeError
from deskprov.practice import LinuxPracticeMachines
from deskprov.practice.controller import Controller

ABLE = Controller(
    uid=0, system="Linux", which=lambda program: f"/usr/bin/{program}", has_debian_keys=True, can_make_cgroups=True
)


def without(*missing: str) -> Controller:
    return replace(ABLE, which=lambda program: None if program in missing else f"/usr/bin/{program}")


def machines(controller: Controller) -> LinuxPracticeMachines:
    return LinuxPracticeMachines(Path("/nonexistent/site"), controller=controller)


@pytest.mark.parametrize(
    ("controller", "words"),
    [
        (replace(ABLE, system="Darwin"), ["need Linux", "WSL2"]),
        (replace(ABLE, uid=1000), ["need root", "sudo"]),
        (replace(ABLE, can_make_cgroups=False), ["control groups", "Inside a container"]),
        (
            without("mmdebstrap", "systemd-nspawn", "ssh-keygen"),
            ["not installed", "apt-get install --yes mmdebstrap openssh-client systemd-container"],
        ),
        (replace(ABLE, has_debian_keys=False), ["apt-get install --yes debian-archive-keyring"]),
        (replace(without("ip"), uid=1000), ["sudo apt-get install --yes iproute2"]),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_started(controller: Controller, words: list[str]) -> None:
    reason = machines(controller).unavailable()
    assert reason is not None
    assert all(word in reason for word in words), reason
    with pytest.raises(PracticeError) as caught:
        machines(controller).start(1, isolated=False, report=lambda line: None)
    assert caught.value.hint
    assert not Path("/nonexistent").exists()


def test_nothing_is_said_where_machines_can_run() -> None:
    assert machines(ABLE).unavailable() is None


def test_an_unknown_suite_is_refused_with_the_known_ones() -> None:
    unknown = LinuxPracticeMachines(Path("/nonexistent/site"), suite="sid", controller=ABLE)
    with pytest.raises(PracticeError, match="“sid”") as caught:
        unknown.start(1, isolated=False, report=lambda line: None)
    assert "bookworm, trixie" in caught.value.hint
