"""What would fail on a machine as it is: said in the plan, so that nobody learns it from a run.

An obstacle is none where the same run makes first what takes it away, nor where the profile says by `needs` that
something comes first: its author knows what the machine does not show yet. What fails itself takes nothing away.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from deskprov.model.plan import Action, Change, Obstacle
from deskprov.model.platform import Platform, told_apart

_MADE = frozenset({Action.CREATE, Action.UPDATE, Action.ENSURE})


def foreseen(
    changes: Sequence[Change], obstacles: Mapping[str, Sequence[Obstacle]], platform: Platform
) -> list[Change]:
    """The changes of one machine, those that will fail with the reason; `obstacles` are by the key of the resource."""
    to_do = [change for change in changes if change.to_do]
    doomed: dict[str, str] = {}
    while True:
        made = {
            told_apart(c.resource.key, platform) for c in to_do if c.action in _MADE and c.resource.key not in doomed
        }
        found = {c.resource.key: _first(c, obstacles.get(c.resource.key, ()), made, platform) for c in to_do}
        left = {key: words for key, words in found.items() if words}
        if left.keys() == doomed.keys():
            return [replace(c, obstacle=doomed[c.resource.key]) if c.resource.key in doomed else c for c in changes]
        doomed = left


def _first(change: Change, obstacles: Sequence[Obstacle], made: set[str], platform: Platform) -> str:
    if any(told_apart(key, platform) in made for key in change.resource.options.needs):
        return ""
    return next((each.words for each in obstacles if not _is_taken_away(each, made, platform)), "")


def _is_taken_away(obstacle: Obstacle, made: set[str], platform: Platform) -> bool:
    helps = tuple(told_apart(name, platform) for name in obstacle.unless)
    below = tuple(f"{name}{sign}" for name in helps for sign in "/\\")
    return any(key in helps or key.startswith(below) for key in made)
