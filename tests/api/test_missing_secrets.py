"""Secrets that cannot be had are told before the question, all at once, each with the line that states it."""

from pathlib import Path

import pytest

from deskprov.model.problem import SecretsMissing
from deskprov.model.result import Outcome
from deskprov.model.settings import SecretProvider, Settings
from deskprov.testing import FixedSecrets
from tests.api.test_applying import Desk

PROFILE = """\
profile: note
platform: linux
users:
  - {name: no-such-one, password: first}
  - name: no-such-two
    password: second
  - {name: no-such-three, password: known}
  - {name: no-such-four, password: per-device}
  - {name: no-such-five, password: first}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, "pc-1", "pc-2")
    made.site.files.files["profiles/note.yml"] = PROFILE.encode()
    provided = {name: SecretProvider(env=name.upper()) for name in ("first", "second", "known")}
    made.site.settings = Settings(format=1, name="X", secrets=provided, escrow_keys=["age1" + "q" * 58])
    made.site.secrets = FixedSecrets({"known": "x"})
    return made


def test_all_are_told_before_anybody_is_asked(desk: Desk) -> None:
    with pytest.raises(SecretsMissing) as told:
        desk.run("pc-1", "pc-2")
    assert told.value.exit_status == 6
    assert told.value.message == "2 secrets are missing, and nothing was changed on any machine"
    assert [str(problem) for problem in told.value.problems] == [
        "profiles/note.yml:4:25: No value is kept for first; deskprov secret set first",
        "profiles/note.yml:6:5: No value is kept for second; deskprov secret set second",
        "profiles/note.yml:9:26: No value is kept for first; deskprov secret set first",
    ]
    assert desk.approved == []
    assert desk.site.runner.jobs == []
    assert desk.site.escrow.kept() == [], "none was made for nothing"
    [machine] = desk.site.history.of_host("pc-1", 1)
    assert machine.outcome is Outcome.REFUSED
    assert machine.message == told.value.message


def test_when_all_can_be_had_somebody_is_asked(desk: Desk) -> None:
    desk.site.secrets = FixedSecrets({"known": "x", "first": "y", "second": "z"})
    desk.answer_yes = False
    assert [result.outcome for result in desk.run("pc-1")] == [Outcome.WAITING]
    assert [plan.host for plan in desk.approved] == ["pc-1"]
    assert desk.site.escrow.kept() == []
