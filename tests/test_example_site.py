"""The example site of this repository is in order, and is what the demonstration expects."""

import json
from pathlib import Path

import pytest

from deskprov.api.profiles import ProfileFiles, explain
from deskprov.api.validating import validate
from deskprov.wiring import open_site

ROOT = Path(__file__).parent.parent


def test_the_example_site_is_in_order() -> None:
    found = validate(open_site(str(ROOT)))
    assert [str(problem) for problem in found.problems] == []
    assert len(found.files) >= 6


@pytest.mark.parametrize("host", ["cedar-office-1", "river-office-1", "cedar-library-1"])
def test_each_machine_has_its_profile(host: str) -> None:
    profile = explain(open_site(str(ROOT)), host)
    content = next(r.options.content for r in profile.resources if r.key == "files//etc/motd")
    assert host in content


def test_the_demonstration_stays_short() -> None:
    profile = ProfileFiles(open_site(str(ROOT))).alone("front-office")
    assert 8 <= len(profile.resources) <= 16
    assert {"files//etc/motd", "users/tech", "groups/staff-share"} <= {r.key for r in profile.resources}


def test_nothing_in_it_is_real() -> None:
    hosts = open_site(str(ROOT)).inventory.read().hosts.values()
    assert all(host.connection.address.startswith("192.0.2.") for host in hosts if not host.practice)
    text = json.dumps([file.read_text("utf-8") for file in ROOT.glob("profiles/**/*") if file.is_file()])
    assert "@" not in text.replace("@example.org", "")
