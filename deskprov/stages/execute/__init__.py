"""What became of each resource, from what Ansible said about its tasks.

A playbook of ours has one block per resource; the name of each of its tasks begins with the resource's number. A
failure is caught in the block, and whatever needs that resource is skipped. Under `no_log` Ansible says nothing about a
failure, so such a block has a task called "Reason" that says one word of a fixed vocabulary. What was said of many at
once (`packs`) is taken apart first.
"""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from deskprov.formats.endpoint_text import one_line
from deskprov.model.platform import Platform
from deskprov.model.playbook import EventKind, PlaybookOutcome, RunEnd, TaskEvent
from deskprov.model.result import NOT_KNOWN, NOT_REACHED, ResourceResult, Status
from deskprov.model.serving import SLOW
from deskprov.model.task import ResourceTasks
from deskprov.stages.execute.packs import step_of, unpacked

__all__ = ["in_words", "results", "step_of", "unpacked"]

REASON = "Reason"
"""The name, after the number, of the task that says why a censored one failed."""

_ENDED = frozenset({EventKind.OK, EventKind.CHANGED, EventKind.SKIPPED})

_CENSORED: Mapping[str, str] = {
    "account-exists": "The domain has an account of this name already and lets nobody else take it over (0xaac, "
    "KB5020276). Delete the account there if no computer uses it, join with the account that made it, or have that one "
    "allowed by the group policy for re-use of computer accounts.",
    "join-password": "The domain refused the account that joins, or its password. It was tried once.",
    "no-domain": "The domain was not found. Does the machine ask the domain's name servers, and is the name right?",
    "join-file": "Windows does not take the file for joining offline (0xa96, 0xa98, 0xa9f, 0x57, 0x6f7): it is damaged "
    "or was made for another computer. Have it made anew (djoin /provision … /reuse), then: deskprov secret import",
    "join-waits": "The computer waits for a restart to join a domain already (0xa99). Run this again.",
    "offline-join": "Windows refused to join offline. Why stands in C:\\Windows\\debug\\NetSetup.LOG on the computer.",
    "only-way-in": "The computer is connected by this Wi-Fi network alone, and changing that would cut deskprov off. "
    "Plug in a cable, then run this again.",
    "no-wifi": "The computer has no Wi-Fi adapter that is on.",
    "wifi-service": "The computer's service for Wi-Fi (WlanSvc) does not run. Start it, or state it under `services`.",
    "wifi-refused": "Windows refuses the settings of this Wi-Fi network. Look at how long its password is (8 to 63 "
    "characters), and whether the computer's adapter can do what `security` says.",
    "password-policy": "The machine's rules for passwords refused the password. Choose a longer or less usual one.",
    "exists": "It exists already in a way that stands against what the profile wants.",
    "denied": "The machine denied permission to do this, even to deskprov, which works with all rights there.",
    "missing": "Something that this needs does not exist on the machine.",
    "locked": "Another program holds what has to be changed. Wait until it has finished, then run this again.",
    "no-space": "The machine's disk is full. Make room on it, then run this again.",
    "unknown": "It failed. Why is not shown, because a secret is involved; look at the machine's own log{log}.",
}

_LOGS: Mapping[Platform, str] = {
    Platform.LINUX: " (journalctl)",
    Platform.MACOS: " (log show)",
    Platform.WINDOWS: " (Event Viewer)",
}

_WORDS: Sequence[tuple[str, str, str]] = (
    (
        r"No package matching '(?P<name>[^']+)' is available|Unable to locate package (?P<name_>\S+)"
        r"|Package '?(?P<name__>[^\s']+)'? has no installation candidate",
        "no-package",
        "There is no package {name} for this machine. Look up the name with `apt-cache search` on it, or fix the "
        "profile.",
    ),
    (
        r"no available installation candidate for (?P<name>[^\s=]+)=(?P<more>\S+)"
        r"|Version '?(?P<more_>[^\s']+)'? for '?(?P<name_>[^\s']+)'? was not found",
        "no-version",
        "There is no version {more} of {name} for this machine. See which there are with `apt-cache madison {name}` on "
        "it, or fix the profile.",
    ),
    (
        r"Could not get lock|dpkg frontend lock|Unable to lock|Failed to lock apt|is another process using it",
        "locked",
        "Another program is installing software on the machine. Wait until it has finished, then run this again.",
    ),
    (
        r"dpkg was interrupted",
        "interrupted",
        "An earlier installation on the machine was cut off. Run `sudo dpkg --configure -a` on it, then this again.",
    ),
    (
        r"No space left on device|enough free space|Disk quota exceeded|not enough space on the disk|0x80070070",
        "no-space",
        "The machine's disk is full. Make room on it, then run this again.",
    ),
    (
        r"Read-only file system",
        "read-only",
        "The machine's disk can only be read. It may be damaged: look at its log (journalctl -k).",
    ),
    (
        r"checksum .*did not match|did not match .*checksum|Hash Sum mismatch",
        "wrong-checksum",
        "What was downloaded is not what the profile states: the checksum differs. It was not used.",
    ),
    (
        r"is not valid yet|certificate is not yet valid",
        "wrong-clock",
        "To the machine, what it downloads seems to come from the future: its clock is slow. Set it (`timedatectl` on "
        "it), then run this again.",
    ),
    (
        r"\b429\b[^\n]{0,40}Too Many Requests|Too Many Requests|\(429\)",
        "too-many-requests",
        "Where it is fetched from, too much was fetched from your network's address in a short time (429 Too Many "
        "Requests). Wait an hour, then take fewer machines at once (`feeds` in deskprov.yml). For a fleet, keep the "
        "packages in a feed of your own: the public Chocolatey feed turns sites away.",
    ),
    (
        r"Temporary failure (in name resolution|resolving)|Could not resolve|Failed to fetch|Network is unreachable"
        r"|Could not connect to|Failed to update apt cache|Name or service not known|urlopen error|Request failed",
        "no-network",
        "The machine could not download what it needs. Check its network and its package sources (`apt-get update` on "
        "it), then run this again.",
    ),
    (
        r"Connection aborted|RemoteDisconnected",
        "broken-off",
        "The connection broke off while the machine was at work. It may have been done: run this again.",
    ),
    (
        r"Timed out after (?P<more>\d+) second",
        "timed-out",
        "It did not end within {more} s and was given up. What it began on the machine may still go on there.",
    ),
    (
        r"user (?P<name>\S+) is currently used by process (?P<more>\d+)",
        "in-use",
        "{name} is logged in or has programs running (process {more}). Log it out, then run this again.",
    ),
    (
        r"cannot remove the primary group of user '?(?P<name>[^\s']+)'?",
        "in-use",
        "It is the primary group of {name}. Remove that user or change its group first.",
    ),
    (
        r"(?P<name>[UG]ID '?\d+'?) (is not unique|already exists)",
        "exists",
        "{name} is taken on this machine. Choose another number in the profile, or leave it out.",
    ),
    (
        r"Group (?P<name>\S+) does not exist|failed to look up group (?P<name_>\S+)",
        "missing",
        "There is no group {name} on this machine. Add it to the profile under `groups`.",
    ),
    (
        r"Service '(?P<name>[^']+)' is not installed, need to set 'path'",
        "missing",
        "There is no service {name} on this machine (the short name, as Get-Service shows it), and the profile does "
        "not say with `path` what it would start.",
    ),
    (
        r"Failed to find feature '(?P<name>[^']+)'",
        "missing",
        "This Windows has no feature {name}. Get-WindowsOptionalFeature -Online on it shows which there are.",
    ),
    (
        r"failed to look up user (?P<name>\S+)",
        "missing",
        "There is no user {name} on this machine. Add it to the profile under `users`.",
    ),
    (
        r"Destination directory (?P<name>\S+) does not exist",
        "missing",
        "There is no folder {name} on this machine. Add it to the profile under `folders`.",
    ),
    (
        r"(Incorrect|Missing) sudo password|privilege escalation prompt|is not in the sudoers file",
        "denied",
        "sudo on the machine did not let us work as root.",
    ),
    (
        r"Permission denied|Operation not permitted",
        "denied",
        "The machine denied permission to do this, even to deskprov, which works with all rights there: {said}",
    ),
)


def results(
    entries: Sequence[ResourceTasks], events: Sequence[TaskEvent], outcome: PlaybookOutcome, platform: Platform
) -> list[ResourceResult]:
    """One result per entry of a machine of this platform, in order; none is verified yet.

    `events` are all of the run, those of packs taken apart. What Ansible said nothing about is never `ok`: it is
    `unknown`, or `skipped` when it is certain that it was not begun. Of a run that was cut off, the step after the last
    that was heard of may have been begun as well, with all of its pack: its announcement can be lost with the process
    that passes it on.
    """
    by_number: dict[int | None, list[TaskEvent]] = {}
    for event in events:
        by_number.setdefault(step_of(event.task), []).append(event)
    run = _Run(outcome, platform, lost=any(event.kind is EventKind.UNREACHABLE for event in events))
    heard = [entry.number for entry in entries if entry.number in by_number]
    later = [entry for entry in entries if not heard or entry.number > heard[-1]]
    not_begun = [entry.number for entry in later[1:] if not (entry.pack and entry.pack == later[0].pack)]
    done: dict[int, ResourceResult] = {}
    for entry in entries:
        certain = run.outcome.end in _CUT_OFF and entry.number in not_begun
        done[entry.number] = _result(entry, by_number.get(entry.number, []), replace(run, passed=certain), done)
    return list(done.values())


class _Run(Struct, frozen=True):
    outcome: PlaybookOutcome
    platform: Platform
    lost: bool
    passed: bool = False

    @property
    def gave_up(self) -> bool:
        """True when it is certain that Ansible began nothing that it did not speak of: it ended in good order, but left
        this machine before the end of the playbook, or was cut off well before.
        """
        statistics = self.outcome.statistics
        if self.passed or self.outcome.end is RunEnd.HALTED:
            return True
        return self.lost or (statistics is not None and bool(statistics.unreachable or statistics.failed))


def _result(
    entry: ResourceTasks, events: Sequence[TaskEvent], run: _Run, before: Mapping[int, ResourceResult]
) -> ResourceResult:
    kinds = [event.kind for event in events]
    failure = next((event for event in events if event.kind is EventKind.FAILED), None)
    if failure is not None:
        return _failed(entry, failure, events, run.platform)
    if EventKind.UNREACHABLE in kinds:
        message = "The connection to the machine was lost in this step: it is not known whether it was done."
        return ResourceResult(entry.resource, Status.UNKNOWN, message=message, reason=NOT_KNOWN)
    ended = [kind for kind in kinds if kind in _ENDED]
    if len(ended) >= max(1, len(entry.tasks)):
        if set(ended) == {EventKind.SKIPPED}:
            return _skipped(entry, before)
        status = Status.CHANGED if EventKind.CHANGED in ended else Status.OK
        slow = next((why for event in events if (why := _slow(event))), "")
        return ResourceResult(entry.resource, status, message=slow, reason=SLOW if slow else "")
    if not events and run.gave_up:
        why = "the machine was no longer reached" if run.lost else _GAVE_UP[run.outcome.end]
        return ResourceResult(entry.resource, Status.SKIPPED, message=f"It was not begun: {why}.", reason=NOT_REACHED)
    return ResourceResult(entry.resource, Status.UNKNOWN, message=_unknown(run.outcome.end), reason=NOT_KNOWN)


def _slow(event: TaskEvent) -> str:
    """Why a file that the machine should have fetched came through Ansible, in words; or an empty text."""
    match event.result.get("result"):
        case {"slow": str(why)}:
            return f"{SLOW}: it came through Ansible, because {one_line(why, 300)}"
        case _:
            return ""


_CUT_OFF = frozenset({RunEnd.CANCELLED, RunEnd.TIMED_OUT, RunEnd.DIED})
_GAVE_UP = {
    RunEnd.CANCELLED: "the run was interrupted before",
    RunEnd.HALTED: "the run was interrupted before",
    RunEnd.TIMED_OUT: "the run took too long and was ended before",
    RunEnd.DIED: "Ansible ended before",
    RunEnd.COMPLETED: "Ansible gave up on the machine before",
}


def _unknown(end: RunEnd) -> str:
    why = {
        RunEnd.HALTED: "The run was interrupted",
        RunEnd.CANCELLED: "The run was interrupted",
        RunEnd.TIMED_OUT: "The run was ended because it took too long",
        RunEnd.DIED: "Ansible ended early",
        RunEnd.COMPLETED: "Ansible said nothing about it",
    }[end]
    return f"{why}: it is not known whether it was done."


def _skipped(entry: ResourceTasks, before: Mapping[int, ResourceResult]) -> ResourceResult:
    for number in entry.needs:
        needed = before.get(number)
        if needed is not None and needed.status in (Status.FAILED, Status.SKIPPED, Status.UNKNOWN):
            what = "failed" if needed.status is Status.FAILED else "was not done"
            message = f"It was not done, because it needs {needed.resource}, which {what}."
            return ResourceResult(entry.resource, Status.SKIPPED, message=message, reason=f"needs {needed.resource}")
    return ResourceResult(entry.resource, Status.SKIPPED, message="Ansible skipped it.", reason=NOT_KNOWN)


def _failed(
    entry: ResourceTasks, failure: TaskEvent, events: Sequence[TaskEvent], platform: Platform
) -> ResourceResult:
    if failure.censored or not failure.message.strip():
        word = next((one_line(e.message, 40) for e in events if _says_reason(e)), "unknown")
        word = word if word in _CENSORED else "unknown"
        message = _CENSORED[word].format(log=_LOGS.get(platform, ""))
        return ResourceResult(entry.resource, Status.FAILED, message=message, reason=word)
    message, reason = in_words(failure.message)
    return ResourceResult(entry.resource, Status.FAILED, message=message, reason=reason)


def _says_reason(event: TaskEvent) -> bool:
    return event.kind is EventKind.OK and event.task.partition(" ")[2] == REASON


def in_words(said: str) -> tuple[str, str]:
    """What Ansible or a tool behind it said about a failure, as a sentence for a technician, and as one word."""
    short = one_line(re.sub(r"^(Task failed: |Module failed: |Action failed: )+", "", said.strip()), 300)
    short = short.removeprefix("non-zero return code ")
    for pattern, reason, words in _WORDS:
        found = re.search(pattern, said)
        if found is not None:
            groups = {key.rstrip("_"): one_line(value, 80) for key, value in found.groupdict().items() if value}
            return words.format_map({"name": "it", "more": "", "said": short, **groups}), reason
    return short or "It failed, and Ansible did not say why.", "failed"
