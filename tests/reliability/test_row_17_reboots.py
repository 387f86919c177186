"""A reboot in the middle of a plan: the machine comes back, late, never, or without having rebooted."""

from collections.abc import Iterator
from typing import Any

import pytest

from deskprov.errors import SecretUnavailable
from deskprov.model.history import RunDetail
from deskprov.model.result import HostResult, Outcome, Status
from tests.end_to_end.bench import SETTINGS, Bench
from tests.reliability.rebooting import FOR_EVER, Room

KERNEL = """\
files:
  - path: /etc/kernel-setting
    content: a
    reboot: true
  - path: /srv/needs-it
    content: a
    needs: [files//etc/kernel-setting]
  - path: /srv/other
    content: a
"""
KEYS = ["files//etc/kernel-setting", "files//srv/needs-it", "files//srv/other"]


def statuses(result: HostResult) -> dict[str, Status]:
    return {each.resource: each.status for each in result.results}


def recorded(room: Room) -> RunDetail:
    [newest, *_] = room.site.history.runs(1)
    detail = room.site.history.run(newest.run)
    assert detail is not None
    return detail


@pytest.mark.parametrize("seconds", [20.0, 600.0])
def test_a_machine_that_comes_back_goes_on_where_it_stopped(seconds: float) -> None:
    room = Room(KERNEL, "pc-1", away=(seconds,))
    [result] = room.setup().hosts
    assert statuses(result) == dict.fromkeys([*KEYS, "reboot/1"], Status.CHANGED)
    assert (result.outcome, result.verified) == (Outcome.OK, True)
    assert room.machines["pc-1"].stories == [
        "/etc/kernel-setting in life 0",
        "/srv/other in life 0",
        "/srv/needs-it in life 1",
    ]
    [steps] = [machine.steps for machine in recorded(room).hosts]
    [step] = [step for step in steps if step.resource == "reboot/1"]
    assert "It rebooted for files//etc/kernel-setting and was back after" in step.message


def test_one_that_never_comes_back_is_unreachable_at_the_limit() -> None:
    room = Room(KERNEL, "pc-1", away=(FOR_EVER,))
    result = room.setup()
    [host] = result.hosts
    assert host.outcome is Outcome.UNREACHABLE
    assert "has not come back within 15 minutes" in host.message
    assert "Look at its screen" in host.hint
    assert statuses(host)["files//srv/needs-it"] is Status.SKIPPED
    assert 15 * 60 <= host.seconds < 16 * 60


def test_one_that_answers_out_of_the_same_life_has_failed() -> None:
    room = Room(KERNEL, "pc-1", new_boot=False)
    [result] = room.setup().hosts
    [reboot] = [each for each in result.results if each.resource == "reboot/1"]
    assert (reboot.status, reboot.reason) == (Status.FAILED, "reboot-failed")
    assert "has not rebooted" in reboot.message
    assert result.outcome is Outcome.FAILED
    assert statuses(result)["files//srv/needs-it"] is Status.WAITING
    assert statuses(result)["files//srv/other"] is Status.CHANGED


def test_one_that_is_still_shutting_down_is_not_taken_for_one_that_is_back() -> None:
    room = Room(KERNEL, "pc-1", going_down=120.0)
    [result] = room.setup().hosts
    assert result.outcome is Outcome.OK


def test_one_answer_is_not_enough() -> None:
    """It shows a new life, then is away again, as when a machine boots twice."""
    room = Room(KERNEL, "pc-1")
    machine = room.machines["pc-1"]
    ask, answers = machine.ask, 0

    def once(program: bytes) -> bytes:
        nonlocal answers
        said = ask(program)
        if machine.reboots == 1:
            answers += 1
            if answers == 1:
                machine._since = room.clock.monotonic() - machine.going_down
        return said

    machine.ask = once  # type: ignore[method-assign]
    [result] = room.setup().hosts
    assert machine.reboots == 2
    assert machine.stories[-1] == "/srv/needs-it in life 2"
    assert result.outcome is Outcome.OK


def test_one_that_starts_again_and_again_is_left_in_words() -> None:
    room = Room(KERNEL, "pc-1")
    machine = room.machines["pc-1"]
    ask = machine.ask

    def restless(program: bytes) -> bytes:
        said = ask(program)
        machine.reboots += 1 if machine.reboots else 0
        return said

    machine.ask = restless  # type: ignore[method-assign]
    [result] = room.setup().hosts
    [reboot] = [each for each in result.results if each.resource == "reboot/1"]
    assert (result.outcome, reboot.reason) == (Outcome.UNREACHABLE, "not-returned")
    assert "has started again 3 times since, by itself" in result.message
    assert "safe mode" in result.hint


def test_the_lock_is_held_and_others_are_unaffected_while_one_is_away() -> None:
    room = Room(KERNEL, "pc-1", "pc-2", "pc-3")
    held: set[frozenset[str]] = set()
    room.machines["pc-2"].away = (FOR_EVER,)
    room.machines["pc-2"].while_away = lambda: held.add(frozenset(room.site.locks.held))
    room.machines["pc-3"].new_boot = False
    outcomes = {result.host: result.outcome for result in room.setup().hosts}
    assert outcomes == {"pc-1": Outcome.OK, "pc-2": Outcome.UNREACHABLE, "pc-3": Outcome.FAILED}
    assert all("pc-2" in locks for locks in held)
    assert room.site.locks.held == set()


CHAIN = "files:\n" + "".join(
    f"  - path: /srv/{number}\n    content: a\n    reboot: true\n    needs: [files//srv/{number - 1}]\n"
    if number
    else "  - path: /srv/0\n    content: a\n    reboot: true\n"
    for number in range(5)
)


def test_three_reboots_in_a_run_and_no_more() -> None:
    room = Room(CHAIN, "pc-1")
    [result] = room.setup().hosts
    assert room.machines["pc-1"].reboots == 3
    assert statuses(result)["files//srv/3"] is Status.CHANGED
    assert statuses(result)["files//srv/4"] is Status.WAITING
    assert statuses(result)["reboot/4"] is Status.WAITING
    assert result.outcome is Outcome.WAITING
    [after] = room.setup().hosts
    assert (after.outcome, room.machines["pc-1"].reboots) == (Outcome.OK, 5)


def test_without_leave_to_reboot_only_what_needs_it_waits() -> None:
    room = Room(KERNEL, "pc-1")
    [result] = room.setup(reboots=False).hosts
    assert statuses(result) == {
        "files//etc/kernel-setting": Status.CHANGED,
        "files//srv/other": Status.CHANGED,
        "files//srv/needs-it": Status.WAITING,
        "reboot/1": Status.WAITING,
    }
    assert (result.outcome, room.machines["pc-1"].reboots) == (Outcome.WAITING, 0)
    [again] = room.setup(reboots=False).hosts
    assert again.outcome is Outcome.WAITING, "it must not be forgotten that the machine has to reboot"
    [after] = room.setup().hosts
    assert (after.outcome, room.machines["pc-1"].reboots) == (Outcome.OK, 1)
    assert room.machines["pc-1"].stories[-1] == "/srv/needs-it in life 1"


def test_a_run_that_dies_before_the_reboot_leaves_it_to_the_next() -> None:
    room = Room(KERNEL, "pc-1")
    machine = room.machines["pc-1"]
    machine.files = {"/etc/kernel-setting", "/srv/other"}
    machine.note = ["files//etc/kernel-setting"]
    [result] = room.setup().hosts
    assert (result.outcome, machine.reboots) == (Outcome.OK, 1)
    assert machine.stories == ["/srv/needs-it in life 1"]


OTHER = "files:\n  - path: /srv/other\n    content: a\n"


def with_profile(room: Room, body: str) -> None:
    room.site.files.files["profiles/lab.yml"] = f"profile: lab\nplatform: linux\n{body}".encode()


@pytest.mark.parametrize(
    ("how", "outcome"),
    [({"refuses": SecretUnavailable("It is not set.")}, Outcome.REFUSED), ({"halts": "before"}, Outcome.INTERRUPTED)],
    ids=["a secret is refused", "interrupted before the first step"],
)
def test_a_run_that_began_nothing_leaves_no_reboot_to_the_next(how: dict[str, Any], outcome: Outcome) -> None:
    room = Room(KERNEL, "pc-1", "pc-2", **how)
    assert {result.outcome for result in room.setup().hosts} == {outcome}
    for machine in room.machines.values():
        assert (machine.files, machine.note) == (set(), [])
        machine.refuses, machine.halts = None, ""
    with_profile(room, OTHER)
    assert [statuses(result) for result in room.setup().hosts] == [{"files//srv/other": Status.CHANGED}] * 2
    assert [machine.reboots for machine in room.machines.values()] == [0, 0]


def test_one_that_ends_between_a_change_and_its_reboot_leaves_it_to_the_next() -> None:
    room = Room(KERNEL, "pc-1", halts="after")
    machine = room.machines["pc-1"]
    assert [result.outcome for result in room.setup().hosts] == [Outcome.INTERRUPTED]
    assert machine.noted_at_play == machine.note == ["files//etc/kernel-setting"]
    machine.halts = ""
    assert [result.outcome for result in room.setup().hosts] == [Outcome.OK]
    assert (machine.reboots, machine.stories[-1]) == (1, "/srv/needs-it in life 1")


def test_a_run_that_began_nothing_does_not_forget_what_an_earlier_one_left() -> None:
    room = Room(KERNEL, "pc-1", halts="before", note=["files//etc/earlier"])
    assert [result.outcome for result in room.setup(reboots=False).hosts] == [Outcome.INTERRUPTED]
    machine = room.machines["pc-1"]
    assert machine.noted_at_play == ["files//etc/earlier", "files//etc/kernel-setting"]
    assert machine.note == ["files//etc/earlier"]


def test_a_note_that_cannot_be_taken_back_is_told() -> None:
    room = Room(KERNEL, "pc-1", halts="before", cut_off_by_play=True)
    [result] = room.setup().hosts
    assert result.outcome is Outcome.INTERRUPTED
    assert "It still has a note to reboot" in result.message


NETWORK = """\
files:
  - path: /etc/network/interfaces
    content: a
  - path: /srv/other
    content: a
"""


def test_network_settings_are_tried_by_a_reboot_under_the_undo() -> None:
    room = Room(NETWORK, "pc-1")
    [result] = room.setup().hosts
    assert result.outcome is Outcome.OK
    assert room.machines["pc-1"].stories == [
        "/srv/other in life 0",
        "arm in life 0",
        "/etc/network/interfaces in life 0",
        "effect in life 0",
        "settled in life 1",
    ]


def test_network_settings_are_not_made_where_they_cannot_be_tried() -> None:
    room = Room(NETWORK, "pc-1")
    [result] = room.setup(reboots=False).hosts
    assert statuses(result)["files//etc/network/interfaces"] is Status.WAITING
    assert room.machines["pc-1"].stories == ["/srv/other in life 0"]


def test_network_settings_that_cut_off_are_taken_back_or_the_machine_is_unreachable() -> None:
    room = Room(NETWORK, "pc-1", "pc-2", takes_back=True)
    room.machines["pc-2"].away = (FOR_EVER,)
    back, gone = room.setup().hosts
    results = [next(r for r in host.results if r.resource == "files//etc/network/interfaces") for host in (back, gone)]
    assert (back.outcome, results[0].reason) == (Outcome.FAILED, "way-in-lost")
    assert (gone.outcome, results[1].status) == (Outcome.UNREACHABLE, Status.UNKNOWN)
    assert "It should have been taken back by now" in results[1].message


def test_a_change_that_cuts_ansible_off_at_once_is_told_as_that() -> None:
    """As a firewall does that counts while Ansible is still at it."""
    room = Room("files:\n  - path: /etc/nftables.conf\n    content: a\n", "pc-1", takes_back=True, halts="unreachable")
    [host] = room.setup().hosts
    [result] = host.results
    assert (host.outcome, result.status, result.reason) == (Outcome.FAILED, Status.FAILED, "way-in-lost")
    assert result.message == (
        "With this, deskprov could not come in any more, and the machine took it back by itself: Ansible lost it."
    )
    assert room.machines["pc-1"].stories == ["arm in life 0", "/etc/nftables.conf in life 0", "settled in life 0"]


SOFTWARE = "software:\n  - tree\n"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Four machines, of which each takes a reboot in its own way."""
    bench = Bench(tmp_path_factory.mktemp("site"))
    bench.write("deskprov.yml", f"{SETTINGS}reboot_minutes: 0.75\n")
    bench.profile("lab", KERNEL.replace("/etc/kernel-setting", "/etc/lab-setting"))
    bench.run("practice", "start", "linux", "--count", "4", "--profile", "lab")
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


@pytest.mark.practice
def test_real_machines_back_late_never_and_not_rebooted(bench: Bench) -> None:
    late = b"[Service]\nExecStartPre=sleep 8\n"
    bench.on("practice-2", "mkdir", "-p", "/etc/systemd/system/ssh.service.d")
    bench.on("practice-2", "tee", "/etc/systemd/system/ssh.service.d/late.conf", stdin=late)
    bench.on("practice-3", "systemctl", "disable", "--quiet", "ssh")
    bench.on("practice-4", "systemctl", "mask", "--quiet", "reboot.target")
    names = [f"practice-{number}" for number in range(1, 5)]
    lives = {name: bench.on(name, "cat", "/proc/sys/kernel/random/boot_id") for name in names}
    run = bench.data("setup", *names, "--yes", "--json", status=1)
    outcomes = {host["host"]: host["outcome"] for host in run["hosts"]}
    assert outcomes == {"practice-1": "ok", "practice-2": "ok", "practice-3": "unreachable", "practice-4": "failed"}
    reasons = {h["host"]: r["reason"] for h in run["hosts"] for r in h["results"] if r["resource"] == "reboot/1"}
    assert reasons == {"practice-1": "", "practice-2": "", "practice-3": "not-returned", "practice-4": "reboot-failed"}
    new = {name for name in names if bench.on(name, "cat", "/proc/sys/kernel/random/boot_id") != lives[name]}
    assert new == {"practice-1", "practice-2", "practice-3"}
    assert bench.on("practice-1", "cat", "/srv/needs-it") == b"a"
    assert bench.machines.command("practice-4", ["test", "-e", "/srv/needs-it"]).returncode == 1
    assert "It rebooted for files//etc/lab-setting and was back after" in bench.run("run", "show", run["run"])
    bench.on("practice-3", "systemctl", "start", "ssh")
    bench.on("practice-4", "systemctl", "unmask", "--quiet", "reboot.target")
    bench.run("setup", "practice-3", "practice-4", "--yes")
    assert bench.on("practice-3", "cat", "/srv/needs-it") == bench.on("practice-4", "cat", "/srv/needs-it") == b"a"


@pytest.mark.soak
@pytest.mark.practice
def test_a_package_that_asks_for_a_reboot_gets_one_and_else_there_is_none(bench: Bench) -> None:
    """The flag is what Debian's packages set through notify-reboot-required; here it is set by hand."""
    bench.profile("tree", SOFTWARE)
    plan = bench.run("plan", "practice-1", "--profile", "tree")
    assert "may reboot" in plan
    assert "1 machine may reboot" in plan
    run = bench.data("setup", "practice-1", "--profile", "tree", "--yes", "--json")
    assert [result["resource"] for result in run["hosts"][0]["results"]] == ["software/tree"]
    bench.on("practice-1", "dpkg", "--remove", "tree")
    bench.on("practice-1", "tee", "/run/reboot-required.pkgs", stdin=b"linux-image-amd64\n")
    bench.on("practice-1", "touch", "/run/reboot-required")
    waits = bench.data("setup", "practice-1", "--profile", "tree", "--yes", "--json", "--no-reboot", status=7)
    assert "this run may not do it" in waits["hosts"][0]["results"][-1]["message"]
    bench.on("practice-1", "dpkg", "--remove", "tree")
    run = bench.data("setup", "practice-1", "--profile", "tree", "--yes", "--json")
    assert "It rebooted for linux-image-amd64" in run["hosts"][0]["results"][-1]["message"]


@pytest.mark.practice
def test_killed_while_the_machine_is_away_the_next_setup_finishes(bench: Bench) -> None:
    bench.profile("other", KERNEL.replace("/etc/kernel-setting", "/etc/other-setting"))
    bench.on("practice-2", "rm", "-f", "/srv/needs-it")
    with bench.start("setup", "practice-2", "--profile", "other", "--yes") as begun:
        assert begun.stderr is not None
        for line in begun.stderr:
            if b"rebooting" in line:
                break
        begun.kill()
    bench.run("setup", "practice-2", "--profile", "other", "--yes", status=[0, 1, 4, 6])
    bench.run("setup", "practice-2", "--profile", "other", "--yes")
    assert bench.on("practice-2", "cat", "/srv/needs-it") == b"a"
