"""Secrets that cannot be had are told before the question, all at once, each with the line that states it.

One that a machine alone lacks is the trouble of that machine.
"""

from pathlib import Path

import pytest

from deskprov.errors import SecretUnavailable
from deskprov.model.inventory import Connection, Host
from deskprov.model.problem import SecretsMissing
from deskprov.model.result import Outcome
from deskprov.model.secret import SecretRef
from deskprov.model.settings import SecretProvider, Settings
from deskprov.testing import FixedSecrets, MemoryInventory
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


class OwnLacking(FixedSecrets):
    """What is kept of machines' own, and not of all of them."""

    def __init__(self, *lacking: str, **values: str) -> None:
        super().__init__(values)
        self.lacking = lacking

    def lack(self, secret: SecretRef) -> SecretUnavailable | None:
        if secret.owner and secret.host in self.lacking:
            return SecretUnavailable(f"No value is kept for {secret.host}/{secret.owner}.", hint="Import it.")
        return None if secret.owner else super().lack(secret)


def test_a_machine_that_lacks_its_own_is_left_out_before_the_question(desk: Desk) -> None:
    desk.site.secrets = OwnLacking("pc-2", known="x", first="y", second="z")
    desk.answer_yes = False
    first, second = desk.run("pc-1", "pc-2")
    assert [plan.host for plan in desk.approved] == ["pc-1"]
    assert (first.outcome, second.outcome) == (Outcome.WAITING, Outcome.REFUSED)
    said = "profiles/note.yml:8:26: No value is kept for pc-2/users/no-such-four. Import it."
    assert [str(problem) for problem in second.problems] == [said]
    [kept] = desk.site.history.of_host("pc-2", 9)
    assert kept.message == f"A secret of its own is missing, and it is left out. {said}"
    assert desk.site.escrow.kept() == []


@pytest.mark.parametrize("lacking", [OwnLacking("pc-1", "pc-2", known="x", first="y", second="z"), OwnLacking("pc-2")])
def test_when_each_lacks_one_or_the_site_does_all_is_over(desk: Desk, lacking: OwnLacking) -> None:
    desk.site.secrets = lacking
    with pytest.raises(SecretsMissing) as told:
        desk.run("pc-1", "pc-2")
    assert "No value is kept for pc-2/users/no-such-four" in {problem.message for problem in told.value.problems}
    assert desk.approved == []
    outcomes = {name: desk.site.history.of_host(name, 1)[0].outcome for name in ("pc-1", "pc-2")}
    assert set(outcomes.values()) == {Outcome.REFUSED}


def test_a_secret_of_the_site_stops_also_those_that_do_not_use_it(desk: Desk) -> None:
    desk.site.files.files["profiles/free.yml"] = PROFILE.split("users:")[0].replace("note", "free").encode() + (
        b"folders: [{path: /srv/deskprov-test-free}]\n"
    )
    way = Connection("192.0.2.1", user="root")
    desk.site.inventory = MemoryInventory(Host("pc-1", way, profile="free"), Host("pc-2", way, profile="note"))
    with pytest.raises(SecretsMissing):
        desk.run("pc-1", "pc-2")
    assert desk.approved == []
