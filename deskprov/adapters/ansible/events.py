"""What ansible-runner's events say, as ours: small, of one machine, and without a secret."""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from deskprov.model.playbook import EventKind, Statistics, TaskEvent

MESSAGE_LIMIT = 16 * 1024
RESULT_LIMIT = 64 * 1024
"""Characters; of a result that is longer as JSON, only what says how it went is kept."""

DEEPEST = 16
"""Levels of lists and mappings that are kept of a result; a machine can send so many that whoever reads falls over."""

_TOO_LARGE = "What the machine answered is too large to be kept."
"""ansible-runner leaves nothing of a result of more than 700,000 characters (awx_display.py, MAX_EVENT_RES)."""

REDACTED = "(secret)"
_SHORTEST_SECRET = 4
_ESSENTIAL = ("changed", "failed", "rc", "skipped", "unreachable")


def task_event(line: Mapping[str, Any], secrets: Collection[str]) -> TaskEvent | None:
    """The event of a task on a machine, None for any other. Control characters of the machine stay in the message.

    `secrets` are values that must not be in it; Ansible censors them, this is for what slips through.
    """
    data = line.get("data")
    if not isinstance(data, Mapping) or not isinstance(data.get("host"), str) or not isinstance(data.get("task"), str):
        return None
    result = data.get("res")
    result = _clean_all(result, secrets, DEEPEST) if isinstance(result, Mapping) else {}
    changed = (line if "censored" in result else result).get("changed") is True
    kind = _kind(line.get("event"), changed=changed, ignored=bool(data.get("ignore_errors")))
    if kind is None:
        return None
    failed = kind is EventKind.FAILED
    return TaskEvent(
        host=data["host"],
        task=data["task"],
        kind=kind,
        message=_TOO_LARGE if data.get("res") == {} else cleaned(_message(result, with_output=failed), secrets),
        censored="censored" in result,
        seconds=_seconds(data.get("duration")),
        result=_small(result),
    )


def statistics(line: Mapping[str, Any], host: str) -> Statistics | None:
    """The final statistics of a machine; None when Ansible did not deal with it."""
    data = line.get("data")
    if not isinstance(data, Mapping) or not _count(data, "processed", host):
        return None
    return Statistics(
        ok=_count(data, "ok", host),
        changed=_count(data, "changed", host),
        failed=_count(data, "failures", host),
        unreachable=_count(data, "dark", host),
        skipped=_count(data, "skipped", host),
        rescued=_count(data, "rescued", host),
        ignored=_count(data, "ignored", host),
    )


def cleaned(text: str, secrets: Collection[str], limit: int = MESSAGE_LIMIT) -> str:
    """The text without these values and without half characters.

    After `limit` characters it is cut off, and a line says so: how long it was, and its SHA-256.
    """
    whole = _without(text, secrets)
    if len(whole) <= limit:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()
    return f"{whole[:limit]}\n… cut off here: {len(whole)} characters in all, SHA-256 {digest}"


def _without(text: str, secrets: Collection[str]) -> str:
    for value in sorted(secrets, key=len, reverse=True):
        if len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, REDACTED)
    # Python reads undecodable bytes as lone surrogates, which no database takes
    return text.encode("utf-8", "replace").decode()


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _count(data: Mapping[str, Any], name: str, host: str) -> int:
    counts = data.get(name)
    return int(counts.get(host, 0)) if isinstance(counts, Mapping) else 0


def _kind(name: object, *, changed: bool, ignored: bool) -> EventKind | None:
    match name:
        case "runner_on_start":
            return EventKind.STARTED
        case "runner_on_ok":
            return EventKind.CHANGED if changed else EventKind.OK
        case "runner_on_failed":
            return EventKind.OK if ignored else EventKind.FAILED
        case "runner_on_skipped":
            return EventKind.SKIPPED
        case "runner_on_unreachable":
            return EventKind.UNREACHABLE
        case _:
            return None


def _message(result: Mapping[str, Any], *, with_output: bool) -> str:
    said = ["\n".join(_thrown(result)) or _text(result.get("msg"))]
    if with_output:
        outputs = [_text(result.get(name)) for name in ("stderr", "module_stderr", "stdout", "module_stdout")]
        said += [output for output in outputs if output and output not in said[0]]
    return "\n".join(part for part in said if part)


def _thrown(result: Mapping[str, Any]) -> list[str]:
    """What a script ended with: ansible.windows.win_powershell says it in `error`, and has no `msg` of its own."""
    errors = result.get("error")
    records = errors if isinstance(errors, list) else []
    exceptions = [record.get("exception") for record in records if isinstance(record, Mapping)]
    return [_text(each.get("message")) for each in exceptions if isinstance(each, Mapping)]


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _clean_all(value: Any, secrets: Collection[str], depth: int) -> Any:
    match value:
        case Mapping() | list() if depth == 0:
            return None
        case str():
            return _without(value, secrets)
        case Mapping():
            return {_without(str(key), secrets): _clean_all(part, secrets, depth - 1) for key, part in value.items()}
        case list():
            return [_clean_all(part, secrets, depth - 1) for part in value]
        case _:
            return value


def _small(result: Mapping[str, Any]) -> Mapping[str, Any]:
    told = {key: value for key, value in result.items() if key not in ("invocation", "exception")}
    if len(json.dumps(told)) <= RESULT_LIMIT:
        return told
    return {key: told[key] for key in _ESSENTIAL if key in told}
