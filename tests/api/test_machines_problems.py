"""What is wrong on one machine of many says whose it is; what is wrong with a profile is told once, without names."""

from pathlib import Path

import pytest

from deskprov.model.asset import Asset
from deskprov.model.ports.assets import AssetChange
from deskprov.model.problem import InvalidInput
from tests.api.test_applying import Desk

PROFILE = """\
profile: note
platform: linux
files:
  - path: /srv/deskprov-test
    content: hello
    mode: "{mode}"
"""
EMPTY = "profiles/note.yml:6:11: {}: `${{asset.tag}}` has no value for this machine; "


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, "pc-1", "pc-2", "pc-3")
    made.site.files.files["profiles/note.yml"] = PROFILE.replace("{mode}", "${asset.tag}").encode()
    return made


def tag(desk: Desk, host: str, tag: str) -> None:
    desk.site.assets.save([AssetChange(None, Asset(host=host, tag=tag))], desk.site.clock.now(), "kim")


def told(desk: Desk) -> list[str]:
    with pytest.raises(InvalidInput) as error:
        desk.run("pc-1", "pc-2", "pc-3")
    assert desk.approved == []
    return [str(problem) for problem in error.value.problems]


def test_a_machine_without_a_value_is_named_with_the_command_for_it(desk: Desk) -> None:
    tag(desk, "pc-1", "0644")
    tag(desk, "pc-3", "0600")
    assert told(desk) == [EMPTY.format("pc-2") + "deskprov asset edit pc-2 tag=… gives it one"]


def test_the_same_of_many_machines_is_said_once_with_all_names(desk: Desk) -> None:
    tag(desk, "pc-2", "0644")
    assert told(desk) == [EMPTY.format("pc-1, pc-3") + "deskprov asset edit HOST tag=… gives it one"]


def test_a_value_that_is_bad_on_one_machine_names_it(desk: Desk) -> None:
    for host, mode in (("pc-1", "0644"), ("pc-2", "V-2"), ("pc-3", "0600")):
        tag(desk, host, mode)
    [problem] = told(desk)
    assert problem.startswith("profiles/note.yml:6:11: pc-2: `mode` ")


def test_what_is_wrong_with_the_profile_itself_names_no_machine(desk: Desk) -> None:
    desk.site.files.files["profiles/note.yml"] = PROFILE.replace("{mode}", "a b").encode()
    [problem] = told(desk)
    assert problem.startswith("profiles/note.yml:6:11: `mode` ")
