"""What a plan says will fail, and what it does not, because the same run makes first what is missing."""

import pytest

from deskprov.model.plan import Action, Change, Obstacle
from deskprov.model.platform import Platform
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.source import Source
from deskprov.stages.foresight import foreseen

LINE = Source("profiles/a.yml", 7)
FOLDER = Obstacle("there is no folder C:\\Example", unless=("folders/C:\\Example",))
GROUP = Obstacle("there is no group staff", unless=("groups/staff",))
SERVICE = Obstacle("there is no service agent", unless=("software", "features"))


def change(key: str, action: Action = Action.CREATE, needs: tuple[str, ...] = ()) -> Change:
    kind, _, name = key.partition("/")
    state = "absent" if action is Action.DELETE else "present"
    return Change(Resource(kind, name, ResourceOptions(state=state, needs=list(needs)), LINE), action)


def told(obstacle: Obstacle, *others: Change, of: Change | None = None) -> str:
    """What is said of the change that meets the obstacle, with the others in one plan."""
    own = of or change("files/C:\\Example\\a.txt")
    [first, *_] = foreseen([own, *others], {own.resource.key: [obstacle]}, Platform.WINDOWS)
    return first.obstacle


@pytest.mark.parametrize("obstacle", [FOLDER, GROUP, SERVICE])
@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.ENSURE, Action.DELETE])
def test_what_nothing_takes_away_is_said(obstacle: Obstacle, action: Action) -> None:
    assert told(obstacle, change("folders/C:\\Ex"), of=change("users/ana", action)) == obstacle.words


@pytest.mark.parametrize(
    ("obstacle", "key"),
    [
        (FOLDER, "folders/c:\\example"),
        (FOLDER, "folders/C:\\Example\\Below"),
        (GROUP, "groups/Staff"),
        (SERVICE, "software/agent"),
        (SERVICE, "features/TelnetServer"),
    ],
)
def test_what_the_same_run_makes_first_is_no_obstacle(obstacle: Obstacle, key: str) -> None:
    assert told(obstacle, change(key)) == ""
    for action in (Action.NONE, Action.DELETE, Action.UNKNOWN):
        assert told(obstacle, change(key, action)) == obstacle.words, "which makes nothing"


def test_who_says_what_comes_first_knows_better() -> None:
    late = change("files/C:\\Example\\a.txt", needs=("software/agent",))
    assert told(FOLDER, change("software/agent"), of=late) == ""
    assert told(FOLDER, change("software/agent", Action.NONE), of=late) == FOLDER.words


@pytest.mark.parametrize("action", [Action.NONE, Action.UNKNOWN])
def test_what_is_not_made_meets_no_obstacle(action: Action) -> None:
    assert told(GROUP, of=change("users/ana", action)) == ""


def test_the_first_that_is_left_is_said() -> None:
    own = change("users/ana")
    obstacles = {own.resource.key: [GROUP, FOLDER]}
    [said, _] = foreseen([own, change("groups/staff")], obstacles, Platform.WINDOWS)
    assert said.obstacle == FOLDER.words


def test_what_fails_itself_takes_nothing_away() -> None:
    agent, feature = change("services/agent"), change("features/Telnt")
    obstacles = {agent.resource.key: [SERVICE], feature.resource.key: [Obstacle("no feature Telnt")]}
    said = foreseen([agent, feature], obstacles, Platform.WINDOWS)
    assert [each.obstacle for each in said] == [SERVICE.words, "no feature Telnt"]
