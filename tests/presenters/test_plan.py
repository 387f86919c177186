"""A plan as people read it and as programs do."""

import json

from msgspec.structs import replace

from deskprov.model.facts import Facts
from deskprov.model.plan import Action, Change, Difference, HostPlan, Segment
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.result import HostResult, Outcome
from deskprov.model.source import Source
from deskprov.presenters.plan import plan_view, plans_json, plans_summary
from deskprov.presenters.safe_console import SafeConsole


def change(name: str, action: Action, *differences: Difference, preview: str = "", left_over: bool = False) -> Change:
    source = Source("profiles/front-office.yml", 12, 5)
    resource = Resource("files", name, ResourceOptions(), source)
    return Change(resource, action, differences, preview=preview, left_over=left_over)


def plan(*changes: Change, left_over: tuple[Change, ...] = ()) -> HostPlan:
    made = [Segment([c for c in changes if c.pending or c.action is Action.ENSURE])]
    return HostPlan("pc-1", "front-office", "linux", Facts(), changes, left_over=left_over, seconds=42, segments=made)


def text(renderable: object, width: int = 110) -> str:
    console = SafeConsole(width=width, no_color=True)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def test_before_after_file_and_line_stand_on_the_screen() -> None:
    line = Source("profiles/front-office.yml", 13, 5)
    shown = text(plan_view(plan(change("/etc/motd", Action.UPDATE, Difference("mode", "0600", "0644", line)))))
    assert "~" in shown
    assert "files//etc/motd" in shown
    assert "mode: 0600 → 0644" in shown
    assert "profiles/front-office.yml:12" in shown


def test_what_is_in_the_way_is_told_before_and_not_only_counted_as_a_change() -> None:
    in_the_way = Difference("kind", "folder", "file", None)
    blocked = plan(change("/etc/motd", Action.UPDATE, in_the_way), change("/srv/x", Action.CREATE))
    assert text(plan_view(blocked)).count("will FAIL: something else is there") == 1
    assert "1 of them will FAIL, for the reason given there" in text(plans_summary([blocked]))
    replaced = plan(change("/etc/motd", Action.UPDATE, Difference("kind", "link", "file", None)))
    assert "FAIL" not in text(plan_view(replaced)) + text(plans_summary([replaced]))


def test_what_will_fail_and_why_nothing_would_be_changed_now_stand_in_the_plan() -> None:
    doomed = change("/etc/motd", Action.CREATE)
    made = replace(plan(replace(doomed, obstacle="there is no folder C:\\\x1b[1m")), hindered="apply waits: plug it in")
    shown = text(plan_view(made)) + text(plans_summary([made]))
    assert "will FAIL: there is no folder C:\\\\x1b[1m" in shown
    assert "1 of them will FAIL, for the reason given there" in shown
    assert "! apply waits: plug it in" in shown
    [said] = plans_json([made], [])["hosts"]
    assert said["changes"][0]["obstacle"].startswith("there is no folder")
    assert said["hindered"] == "apply waits: plug it in"


def test_removals_are_loud_and_left_over_things_are_named() -> None:
    old = change("/old", Action.DELETE, left_over=True)
    shown = text(plan_view(plan(change("/gone", Action.DELETE), left_over=(old,))))
    assert "REMOVE" in shown
    assert "files//old" in shown
    assert "--clean" in shown


def test_what_a_machine_says_cannot_paint_the_screen() -> None:
    evil = Difference("mode", "\x1b[2Jgone\u202e", "0644", None)
    shown = text(plan_view(plan(change("/x", Action.UPDATE, evil, preview="--- \x1b]0;x\x07"))))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\x07" not in shown


def test_a_diff_stands_instead_of_hashes() -> None:
    hashes = Difference("sha256", "aa", "bb", None)
    shown = text(plan_view(plan(change("/x", Action.UPDATE, hashes, preview="-old\n+new\n"))))
    assert "-old" in shown
    assert "+new" in shown
    assert "sha256" not in shown


def test_right_things_are_counted_and_shown_only_on_request() -> None:
    quiet = plan(change("/x", Action.NONE))
    assert "files//x" not in text(plan_view(quiet))
    assert "1 right already" in text(plan_view(quiet))
    assert "files//x" in text(plan_view(quiet, everything=True))


def test_what_was_left_alone_is_always_shown() -> None:
    for action in (Action.NONE, Action.UPDATE):
        noted = plan(replace(change("/x", action), note="Left alone: the \x1b[31mattic." + " A long story." * 20))
        shown = text(plan_view(noted), 80)
        assert "files//x" in shown
        assert "Left alone: the \\x1b[31mattic." + " A long story." * 20 in " ".join(shown.split())
        [host] = plans_json([noted], [])["hosts"]
        assert [each["resource"] for each in host["noted"]] == ["files//x"]


def test_the_summary_counts_and_guesses() -> None:
    busy = plan(change("/x", Action.CREATE), change("/y", Action.DELETE))
    assert text(plans_summary([busy])).strip() == "Plan: 2 changes on 1 machine, 1 of them REMOVED, about 40 s."
    assert text(plans_summary([plan(), plan()])).strip() == "Nothing to do on 2 machines."


def test_json_is_stable_and_complete() -> None:
    line = Source("profiles/front-office.yml", 13, 5)
    difference = Difference("mode", "0600", "0644", line)
    unseen = HostResult(
        "pc-2", Outcome.UNREACHABLE, verified=False, seconds=1.0, message="no answer", hint="switch it on"
    )
    data = json.loads(json.dumps(plans_json([plan(change("/x", Action.UPDATE, difference))], [unseen])))
    [first, second] = data["hosts"]
    assert first["changes"] == [
        {
            "resource": "files//x",
            "action": "update",
            "before": {"mode": "0600"},
            "after": {"mode": "0644"},
            "writes": [],
            "preview": "",
            "left_over": False,
            "reason": "",
            "obstacle": "",
            "transfer": "",
            "source": {"file": "profiles/front-office.yml", "line": 12},
        }
    ]
    assert (first["host"], first["profile"], first["platform"], first["outcome"]) == (
        "pc-1",
        "front-office",
        "linux",
        "drift",
    )
    assert first["counts"]["update"] == 1
    assert (second["host"], second["outcome"], second["message"]) == ("pc-2", "unreachable", "no answer")


def test_a_long_line_of_a_diff_goes_on_below_with_a_mark() -> None:
    long = "+" + "word " * 30
    shown = text(plan_view(plan(change("/x", Action.UPDATE, preview=f" same\n{long}"))), 80).splitlines()
    at = next(number for number, line in enumerate(shown) if line.startswith("      +word"))
    assert shown[at - 1].startswith("       same")
    assert [line[:7] for line in shown[at + 1 :]] == ["     ↳ "] * 2
    assert max(map(len, shown)) <= 80


def test_what_cannot_be_predicted_is_not_called_nothing() -> None:
    told = text(plans_summary([plan(change("/etc/motd", Action.ENSURE))]))
    assert "Plan: 0 changes on 1 machine, and 1 that cannot be predicted" in told
