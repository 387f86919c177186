"""A machine whose values do not fit its profile is left out by name, and holds up nobody; a mistake in a profile does.

What is wrong on one machine of many says whose it is; what is wrong with a profile is told once, without names.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.api.applying import apply
from deskprov.api.plan_files import plan_and_write, request_of
from deskprov.api.resuming import continuation
from deskprov.api.running import Request
from deskprov.api.verifying import plan, verify
from deskprov.cli.exit_status import exit_status
from deskprov.errors import Interrupted
from deskprov.model.asset import Asset
from deskprov.model.inventory import Connection, Host
from deskprov.model.ports.assets import AssetChange
from deskprov.model.problem import InvalidInput
from deskprov.model.result import HostResult, Outcome
from deskprov.model.source import Source
from deskprov.testing import MemoryInventory
from tests.api.test_applying import Desk

PROFILE = """\
profile: note
platform: linux
files:
  - path: {folder}/note.txt
    content: hello
    mode: "{mode}"
"""
ALL = ("pc-1", "pc-2", "pc-3")
EMPTY = "profiles/note.yml:6:11: {}`${{asset.serial}}` has no value for this machine; "
LACKS = f"{EMPTY.format('')}deskprov asset edit pc-2 serial=… gives it one"
LEFT_OUT = "It does not fit the profile note, and is left out."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, *ALL)
    states(made, "${asset.serial}")
    return made


def states(desk: Desk, mode: str, name: str = "note") -> None:
    text = PROFILE.format(folder=desk.folder, mode=mode).replace("profile: note", f"profile: {name}")
    desk.site.files.files[f"profiles/{name}.yml"] = text.encode()


def has_serial(desk: Desk, host: str, serial: str) -> None:
    before = desk.site.assets.find(host)
    after = replace(before, serial=serial) if before else Asset(host=host, serial=serial)
    desk.site.assets.save([AssetChange(before, after)], desk.site.clock.now(), "kim")


def all_but_one(desk: Desk) -> None:
    has_serial(desk, "pc-1", "0644")
    has_serial(desk, "pc-3", "0644")


def has_hosts(desk: Desk, *hosts: Host) -> None:
    desk.site.inventory = MemoryInventory(*hosts)


def told(desk: Desk, *targets: str) -> list[str]:
    with pytest.raises(InvalidInput) as error:
        desk.run(*(targets or ALL))
    assert (desk.approved, desk.site.transport.asked, desk.site.history.runs(9)) == ([], [], [])
    return [str(problem) for problem in error.value.problems]


def outcomes(results: Sequence[HostResult]) -> dict[str, Outcome]:
    return {result.host: result.outcome for result in results}


ONE_OUT = {"pc-1": Outcome.OK, "pc-2": Outcome.FAILED, "pc-3": Outcome.OK}


def test_one_without_a_serial_number_is_left_out_by_name_and_the_others_are_set_up(desk: Desk) -> None:
    all_but_one(desk)
    run = desk.apply(*ALL)
    assert outcomes(run.hosts) == ONE_OUT
    assert exit_status(host.outcome for host in run.hosts) == 1
    left = run.hosts[1]
    assert (left.verified, left.message, [str(each) for each in left.problems]) == (False, LEFT_OUT, [LACKS])
    assert [each.host for each in desk.approved] == ["pc-1", "pc-3"]
    assert sorted(desk.site.transport.asked) == ["pc-1"] * 2 + ["pc-3"] * 2, "it is not even asked"
    assert [name for name, _, _ in desk.watcher.expected] == [*ALL]
    assert desk.watcher.told.index("pc-2 failed") < desk.watcher.told.index("pc-1 looking"), "before the question"
    assert desk.site.locks.held == set()


def test_the_record_and_the_log_have_it_with_its_reason_and_the_profile_that_was_asked_for(desk: Desk) -> None:
    all_but_one(desk)
    run = desk.apply(*ALL)
    [kept] = desk.site.history.of_host("pc-2", 9)
    assert (kept.outcome, kept.profile, kept.profile_hash) == (Outcome.FAILED, "note", "")
    assert kept.message == f"{LEFT_OUT} {LACKS}."
    assert (kept.summary.run, list(kept.summary.hosts), kept.summary.outcome) == (run.run, [*ALL], Outcome.FAILED)
    assert desk.site.record.owned("pc-2") == []
    [lines] = desk.site.run_logs.lines.values()
    assert [line for line in lines if "pc-2: through" in line and LACKS in line]


def test_once_it_is_mended_the_same_run_goes_on_with_it_alone(desk: Desk) -> None:
    all_but_one(desk)
    run = desk.apply(*ALL)
    has_serial(desk, "pc-2", "0644")
    going_on = continuation(desk.site, run.run)
    assert (list(going_on.request.targets), list(going_on.changed)) == (["pc-2"], [])
    again = apply(desk.site, going_on.request, desk.watcher, desk.approve, verb="setup")
    assert outcomes(again.hosts) == {"pc-2": Outcome.OK}


def test_a_look_names_it_and_tells_of_the_others(desk: Desk) -> None:
    all_but_one(desk)
    plans, failed = plan(desk.site, Request(ALL), desk.watcher)
    assert [each.host for each in plans] == ["pc-1", "pc-3"]
    assert [(each.host, each.outcome, list(map(str, each.problems))) for each in failed] == [
        ("pc-2", Outcome.FAILED, [LACKS])
    ]
    seen = verify(desk.site, Request(ALL), desk.watcher)
    assert outcomes(seen.hosts) == {"pc-1": Outcome.DRIFT, "pc-2": Outcome.FAILED, "pc-3": Outcome.DRIFT}
    [kept] = desk.site.history.of_host("pc-2", 9)
    assert (kept.outcome, kept.summary.verb) == (Outcome.FAILED, "verify")


def test_a_plan_file_is_over_the_others_and_one_that_fits_no_more_is_left_out_of_it(desk: Desk) -> None:
    all_but_one(desk)
    _, failed, text = plan_and_write(desk.site, Request(ALL), desk.watcher)
    assert outcomes(failed) == {"pc-2": Outcome.FAILED}
    has_serial(desk, "pc-2", "0644")
    request = request_of(desk.site, text.encode(), "gym.plan.json")
    assert list(request.targets) == ["pc-1", "pc-3"], "what nobody approved is not done"
    has_serial(desk, "pc-3", "")
    done = apply(desk.site, request, desk.watcher, desk.approve, verb="apply")
    assert outcomes(done.hosts) == {"pc-1": Outcome.OK, "pc-3": Outcome.FAILED}
    assert [str(problem) for problem in done.hosts[1].problems] == [LACKS.replace("pc-2", "pc-3")]


def test_when_the_look_is_broken_off_it_is_not_called_interrupted(desk: Desk) -> None:
    def pressed(host: Host, program: bytes) -> bytes:
        raise KeyboardInterrupt

    all_but_one(desk)
    desk.answer = pressed
    with pytest.raises(Interrupted):
        desk.run(*ALL)
    kept = {name: desk.site.history.of_host(name, 1)[0].outcome for name in ALL}
    assert kept == {"pc-1": Outcome.INTERRUPTED, "pc-2": Outcome.FAILED, "pc-3": Outcome.INTERRUPTED}


def test_when_the_others_are_busy_both_reasons_are_told(desk: Desk) -> None:
    all_but_one(desk)
    with desk.site.locks.hold("pc-1", "setup"), desk.site.locks.hold("pc-3", "setup"):
        run = desk.apply(*ALL)
    assert outcomes(run.hosts) == {"pc-1": Outcome.BUSY, "pc-2": Outcome.FAILED, "pc-3": Outcome.BUSY}
    assert {each.host: each.outcome for name in ALL for each in desk.site.history.of_host(name, 1)} == outcomes(
        run.hosts
    )


def test_a_value_that_is_bad_on_one_machine_leaves_it_out(desk: Desk) -> None:
    for host, mode in (("pc-1", "0644"), ("pc-2", "V-2"), ("pc-3", "0644")):
        has_serial(desk, host, mode)
    [_, left, _] = desk.run(*ALL)
    assert left.words == f'{LEFT_OUT} profiles/note.yml:6:11: `mode` must be an octal mode in quotes, such as "0644".'


def test_one_that_the_inventory_gives_no_profile_is_left_out(desk: Desk) -> None:
    way = Connection("192.0.2.1", user="root")
    states(desk, "0644")
    odd = Host("pc-2", way, profile="notes", source=Source("inventory_hosts/hosts.yml", 7))
    has_hosts(desk, Host("pc-1", way, profile="note"), odd, Host("pc-3", way))
    first, second, third = desk.run(*ALL)
    assert first.outcome is Outcome.OK
    assert second.message == "It does not fit the profile notes, and is left out."
    assert second.words.endswith("inventory_hosts/hosts.yml:7:1: there is no profile notes; did you mean note?.")
    assert third.message == "It has no profile, and is left out."


def test_when_none_is_left_all_is_as_with_one(desk: Desk) -> None:
    assert told(desk) == [EMPTY.format("pc-1, pc-2, pc-3: ") + "deskprov asset edit HOST serial=… gives it one"]
    assert told(desk, "pc-2") == [EMPTY.format("pc-2: ") + "deskprov asset edit pc-2 serial=… gives it one"]


def test_what_is_wrong_with_the_profile_itself_stops_all_and_names_no_machine(desk: Desk) -> None:
    states(desk, "a b")
    [problem] = told(desk)
    assert problem.startswith("profiles/note.yml:6:11: `mode` ")


def test_a_mistake_in_one_of_two_profiles_stops_the_machines_of_both(desk: Desk) -> None:
    states(desk, "0644")
    states(desk, "a b", "wrong")
    way = Connection("192.0.2.1", user="root")
    has_hosts(desk, *(Host(name, way, profile="wrong" if name == "pc-3" else "note") for name in ALL))
    [problem] = told(desk)
    assert problem.startswith("profiles/wrong.yml:6:11: `mode` ")


def test_a_profile_that_would_take_away_the_way_in_of_one_stops_all(desk: Desk) -> None:
    desk.site.files.files["profiles/note.yml"] = b"profile: note\nplatform: linux\nusers: [{name: tech, state: absent}]"
    has_hosts(
        desk, *(Host(n, Connection("192.0.2.1", user="tech" if n == "pc-2" else "x"), profile="note") for n in ALL)
    )
    [problem] = told(desk)
    assert "tech" in problem
