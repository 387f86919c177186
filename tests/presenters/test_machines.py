"""Plans of many machines on the screen."""

from collections.abc import Sequence

from msgspec.structs import replace

from deskprov.model.facts import Facts
from deskprov.model.plan import Action, Difference, HostPlan
from deskprov.presenters.machines import show_plans
from deskprov.presenters.safe_console import SafeConsole
from tests.presenters.test_plan import change, plan


def shown(plans: Sequence[HostPlan], *, everything: bool = False) -> str:
    console = SafeConsole(width=100, no_color=True)
    with console.capture() as capture:
        show_plans(console, console, plans, [], everything=everything, as_json=False)
    return capture.get()


def of(host: str, mode: str = "0644") -> HostPlan:
    one = plan(change("/etc/motd", Action.UPDATE, Difference("mode", "0600", mode, None)))
    return replace(one, host=host, facts=Facts(hostname=host), seconds=len(host))


def test_machines_with_the_same_plan_are_told_once_and_all_by_name() -> None:
    told = shown([of("pc-1"), of("pc-2", "0755"), of("pc-10")])
    assert told.count("files//etc/motd") == 2
    assert "pc-1, pc-10  front-office  each of these 2:" in told
    assert told.index("pc-10") < told.index("0600 → 0644") < told.index("pc-2") < told.index("0600 → 0755")
    assert "Plan: 3 changes on 3 machines" in told


def test_what_only_one_of_them_is_told_keeps_them_apart() -> None:
    """A note, a hindrance, and where what is right already has nothing to do."""
    for other in (
        replace(of("pc-2"), hindered="plug it in"),
        replace(of("pc-2"), practice=True),
        replace(of("pc-2"), profile="library"),
        replace(of("pc-2"), unconfirmed=True),
    ):
        assert "each of these" not in shown([of("pc-1"), other])
    quiet = [replace(plan(change(path, Action.NONE)), host=path[1:]) for path in ("/a", "/b")]
    assert "each of these" not in shown(quiet, everything=True)
