"""What Ansible says becomes what a technician reads, and silence never becomes success."""

import pytest

from deskprov.model.platform import Platform
from deskprov.model.playbook import EventKind, PlaybookOutcome, RunEnd, Statistics, TaskEvent
from deskprov.model.result import NOT_KNOWN, NOT_REACHED, ResourceResult, Status
from deskprov.model.task import ResourceTasks, Task
from deskprov.stages.execute import in_words, results, step_of

CREATE = Task("Create the group", "ansible.builtin.group", {})
HOST = "pc-1"


def entry(number: int, resource: str, *, tasks: int = 1, needs: tuple[int, ...] = ()) -> ResourceTasks:
    return ResourceTasks(number, resource, "", [CREATE] * tasks, needs)


def event(task: str, kind: EventKind, message: str = "", *, censored: bool = False) -> TaskEvent:
    return TaskEvent(HOST, task, kind, message, censored)


def done(task: str, kind: EventKind = EventKind.OK) -> list[TaskEvent]:
    return [event(task, EventKind.STARTED), event(task, kind)]


def statistics(*, failed: int = 0, unreachable: int = 0) -> Statistics:
    return Statistics(ok=1, changed=0, failed=failed, unreachable=unreachable, skipped=0, rescued=0, ignored=0)


COMPLETED = PlaybookOutcome(RunEnd.COMPLETED, statistics())


def one(events: list[TaskEvent], outcome: PlaybookOutcome = COMPLETED, *, tasks: int = 1) -> ResourceResult:
    [result] = results([entry(1, "groups/staff", tasks=tasks)], events, outcome, Platform.LINUX)
    return result


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("007 Create the group staff", 7),
        ("007 Reason", 7),
        ("1234 Create", 1234),
        ("Create 007", None),
        ("07 Create", None),
        ("007", None),
        ("", None),
    ],
)
def test_a_task_belongs_to_the_resource_whose_number_leads_its_name(name: str, number: int | None) -> None:
    assert step_of(name) == number


def test_ok_and_changed_come_from_all_tasks_of_the_block() -> None:
    assert one(done("001 Create")).status is Status.OK
    assert one(done("001 Create", EventKind.CHANGED) + done("001 Set"), tasks=2).status is Status.CHANGED
    assert one(done("001 Create") + done("001 Set", EventKind.SKIPPED), tasks=2).status is Status.OK


def test_no_result_is_verified() -> None:
    assert not one(done("001 Create")).verified


def test_events_of_other_resources_do_not_count() -> None:
    assert one(done("002 Create")).status is Status.UNKNOWN


@pytest.mark.parametrize("end", [RunEnd.CANCELLED, RunEnd.TIMED_OUT, RunEnd.DIED, RunEnd.COMPLETED])
@pytest.mark.parametrize("events", [[], [event("001 Create", EventKind.STARTED)]])
def test_without_a_word_about_its_end_it_is_unknown(end: RunEnd, events: list[TaskEvent]) -> None:
    result = one(events, PlaybookOutcome(end, statistics() if end is RunEnd.COMPLETED else None))
    assert (result.status, result.reason) == (Status.UNKNOWN, NOT_KNOWN)
    assert "not known whether it was done" in result.message


@pytest.mark.parametrize("end", [RunEnd.CANCELLED, RunEnd.TIMED_OUT, RunEnd.DIED])
def test_of_a_run_that_was_cut_off_the_step_under_way_and_the_next_are_unknown_and_no_other_was_begun(
    end: RunEnd,
) -> None:
    entries = [entry(n, f"groups/g{n}") for n in (1, 2, 3, 4)]
    events = [*done("001 Create"), event("002 Create", EventKind.STARTED)]
    found = results(entries, events, PlaybookOutcome(end, None), Platform.LINUX)
    assert [(r.status, r.reason) for r in found] == [
        (Status.OK, ""),
        (Status.UNKNOWN, NOT_KNOWN),
        (Status.UNKNOWN, NOT_KNOWN),
        (Status.SKIPPED, NOT_REACHED),
    ]
    assert "not begun" in found[3].message


def test_of_a_run_that_was_halted_between_two_steps_nothing_is_unknown() -> None:
    entries = [entry(n, f"groups/g{n}") for n in (1, 2, 3)]
    found = results(entries, done("001 Create"), PlaybookOutcome(RunEnd.HALTED, None), Platform.LINUX)
    assert [r.status for r in found] == [Status.OK, Status.SKIPPED, Status.SKIPPED]


def test_half_a_block_is_unknown() -> None:
    assert one(done("001 Create", EventKind.CHANGED), PlaybookOutcome(RunEnd.DIED, None), tasks=2).status is (
        Status.UNKNOWN
    )


def test_a_block_that_ended_counts_even_when_the_run_did_not() -> None:
    assert one(done("001 Create", EventKind.CHANGED), PlaybookOutcome(RunEnd.CANCELLED, None)).status is Status.CHANGED


def test_a_rescued_failure_is_a_failure() -> None:
    events = [*done("001 Create", EventKind.FAILED), *done("001 Failed"), *done("001 Reason")]
    assert one(events).status is Status.FAILED


def test_the_first_failure_is_the_cause() -> None:
    events = [event("001 A", EventKind.FAILED, "No space left on device"), event("001 B", EventKind.FAILED, "other")]
    assert one(events).reason == "no-space"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("There is not enough space on the disk. : 'C:\\Windows\\Temp\\a'", "no-space"),
        ("Espacio en disco insuficiente. (0x80070070)", "no-space"),
        ("('Connection aborted.', RemoteDisconnected('Remote end closed connection'))", "broken-off"),
        ("Service 'Spoler' is not installed, need to set 'path' to create a new service", "missing"),
        ("Failed to find feature 'TelnetClent'", "missing"),
    ],
)
def test_what_windows_says_is_understood(said: str, reason: str) -> None:
    result = one([event("001 A", EventKind.FAILED, said)])
    assert result.reason == reason
    assert said not in result.message


@pytest.mark.parametrize(
    ("platform", "log"), [(Platform.LINUX, "own log (journalctl)."), (Platform.WINDOWS, "own log (Event Viewer).")]
)
def test_where_nothing_may_be_shown_the_log_of_this_platform_is_named(platform: Platform, log: str) -> None:
    censored = [event("001 Set", EventKind.FAILED, censored=True)]
    [result] = results([entry(1, "users/tech")], censored, COMPLETED, platform)
    assert result.message.endswith(log)


def test_what_needs_a_failed_resource_is_skipped_and_says_which() -> None:
    entries = [entry(1, "groups/staff"), entry(2, "users/tech", needs=(1,)), entry(3, "links/x", needs=(2,))]
    events = [
        event("001 Create", EventKind.FAILED, "boom"),
        *done("002 Create", EventKind.SKIPPED),
        *done("003 Create", EventKind.SKIPPED),
    ]
    failed, user, link = results(entries, events, COMPLETED, Platform.LINUX)
    assert failed.status is Status.FAILED
    assert (user.status, user.reason) == (Status.SKIPPED, "needs groups/staff")
    assert "groups/staff, which failed" in user.message
    assert (link.status, link.reason) == (Status.SKIPPED, "needs users/tech")
    assert "users/tech, which was not done" in link.message


def test_a_machine_lost_in_mid_run_leaves_one_unknown_and_the_rest_not_begun() -> None:
    entries = [entry(n, f"groups/g{n}") for n in (1, 2, 3)]
    events = [
        *done("001 Create"),
        event("002 Create", EventKind.STARTED),
        event("002 Create", EventKind.UNREACHABLE, "ssh: timed out"),
    ]
    first, second, third = results(
        entries, events, PlaybookOutcome(RunEnd.COMPLETED, statistics(unreachable=1)), Platform.LINUX
    )
    assert first.status is Status.OK
    assert (second.status, second.reason) == (Status.UNKNOWN, NOT_KNOWN)
    assert (third.status, third.reason) == (Status.SKIPPED, NOT_REACHED)


def test_what_ansible_left_out_after_giving_up_is_not_begun() -> None:
    result = one([], PlaybookOutcome(RunEnd.COMPLETED, statistics(failed=1)))
    assert (result.status, result.reason) == (Status.SKIPPED, NOT_REACHED)


@pytest.mark.parametrize("word", ["password-policy", "exists", "denied", "missing", "locked", "no-space", "unknown"])
def test_a_censored_failure_is_told_by_its_reason_alone(word: str) -> None:
    events = [
        event("001 Set the password", EventKind.FAILED, censored=True),
        event("001 Reason", EventKind.OK, word),
    ]
    result = one(events)
    assert (result.status, result.reason) == (Status.FAILED, word)
    assert len(result.message) > 20


@pytest.mark.parametrize("events", [[], [event("001 Reason", EventKind.OK, "hunter2 leaked")]])
def test_only_words_of_the_vocabulary_are_believed(events: list[TaskEvent]) -> None:
    result = one([event("001 Set", EventKind.FAILED, "hunter2 leaked", censored=True), *events])
    assert result.reason == "unknown"
    assert "hunter2" not in result.message


@pytest.mark.parametrize(
    ("said", "reason", "words"),
    [
        ("No package matching 'firefoxx' is available", "no-package", "There is no package firefoxx for this machine."),
        ("E: Unable to locate package firefoxx", "no-package", "apt-cache search"),
        ("Package 'oldie' has no installation candidate", "no-package", "package oldie"),
        ("no available installation candidate for jq=9.9", "no-version", "no version 9.9 of jq"),
        ("E: Version '9.9' for 'jq' was not found", "no-version", "no version 9.9 of jq"),
        ("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 42", "locked", "Another program"),
        ("E: dpkg was interrupted, you must manually run", "interrupted", "dpkg --configure -a"),
        ("OSError: [Errno 28] No space left on device", "no-space", "full"),
        ("E: You don't have enough free space in /var/cache/apt/archives/.", "no-space", "full"),
        ("The checksum for /tmp/x.deb did not match ab; it was cd.", "wrong-checksum", "checksum differs"),
        ("Failed to update apt cache: unknown reason", "no-network", "apt-get update"),
        ("Failed to fetch results ... 429 (Too Many Requests).", "too-many-requests", "a feed of your own"),
        ("The remote server returned an error: (429)", "too-many-requests", "fewer machines at once"),
        ("Err: Temporary failure resolving 'deb.example.org'", "no-network", "network"),
        ("Task failed: Timed out after 900 second(s).", "timed-out", "900 s"),
        ("userdel: user tech is currently used by process 4711", "in-use", "tech is logged in"),
        ("groupdel: cannot remove the primary group of user 'tech'", "in-use", "primary group of tech"),
        ("useradd: UID 1001 is not unique", "exists", "UID 1001 is taken"),
        ("Group staff does not exist", "missing", "no group staff"),
        ("chown failed: failed to look up user nobody1", "missing", "no user nobody1"),
        ("Destination directory /srv/x does not exist", "missing", "no folder /srv/x"),
        ("[Errno 13] Permission denied: '/etc/x'", "denied", "/etc/x"),
        ("Task failed: Incorrect sudo password", "denied", "sudo"),
        ("Task failed: Module failed: something odd", "failed", "something odd"),
        ("non-zero return code\nrmdir: failed to remove it", "failed", "rmdir: failed"),
        ("", "failed", "did not say why"),
    ],
)
def test_failures_in_words(said: str, reason: str, words: str) -> None:
    message, word = in_words(said)
    assert word == reason
    assert words in message


def test_text_of_a_machine_is_made_harmless_and_short() -> None:
    message, _ = in_words("\x1b[31mred\u202e " + "x" * 5000)
    assert message.isprintable()
    assert len(message) <= 300
    message, _ = in_words("No package matching '\x1b[31m" + "y" * 500 + "' is available")
    assert message.isprintable()
    assert len(message) <= 300


def test_braces_in_what_was_said_mean_nothing() -> None:
    assert "{name} {0}" in in_words("Permission denied: {name} {0}")[0]
