"""Plays one playbook with ansible-runner, and says on standard output what happens: one line of JSON per event.

A process of its own, because ansible-runner forks (which a program with threads must not do), copies the whole
environment of its process into a file, and raises out of its depths when a disk is full. Here there is one thread, an
environment of ours, and a parent that hears about it.

When the parent dies, nobody is there any more to stop the run, to answer for it or to verify it. So it ends by itself:
no further step begins, and the one at work comes to its end, which keeps the machine's lock until then.

Run by its path; the order comes as JSON on standard input: `parent` (its process id), `path` (for sys.path), `folder`,
`playbook`, `inventory`, `verbosity` and `step_seconds` (how long a step may take). The last line is
`{"ended": status, "rc": n}` or `{"raised": error}`; none means that this process was killed.
"""

import json
import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

TEXT_LIMIT = 16 * 1024
"""Characters of what Ansible printed beside an event that has no result."""

LINE_LIMIT = 4 * 1024 * 1024
"""Bytes of a line; of a result that makes it longer, only what says how it went is told."""

PHRASES = (
    "Incorrect sudo password",
    "Missing sudo password",
    "waiting for privilege escalation prompt",
    "REMOTE HOST IDENTIFICATION HAS CHANGED",
    "Host key verification failed",
    "no matching host key type",
    "Permission denied (",
    "Too many authentication failures",
    "Fingerprints did not match",
    "refuses the user or the password",
    "timed out",
    "not responding",
)
"""Of Ansible, ssh and our connection over WinRM; looked for in what is printed about a failure, because a censored
result does not have them."""

_CHANGED = re.compile(r"^changed: \[", re.MULTILINE)
"""What Ansible prints for a changed result; a censored one does not say it otherwise."""

_LOOK_SECONDS = 0.5
_DATA = ("host", "task", "res", "duration", "ignore_errors")
_ESSENTIAL = ("changed", "failed", "rc", "skipped", "unreachable", "censored", "msg", "stderr", "error")
_STATISTICS = ("ok", "changed", "failures", "dark", "skipped", "rescued", "ignored", "processed")


def play(order: Mapping[str, Any], out: IO[str]) -> None:
    """Runs the playbook to its end. Errors of ansible-runner are said, not raised."""

    def say(line: Mapping[str, Any]) -> None:
        out.write(written(line) + "\n")
        out.flush()

    def tell(event: Mapping[str, Any]) -> bool:
        say(_told(event))
        return False  # nothing is kept in files

    def orphaned() -> bool:
        return bool(os.getppid() != order["parent"])

    try:
        from ansible_runner.interface import init_runner

        runner = init_runner(
            private_data_dir=order["folder"],
            playbook=order["playbook"],
            inventory=order["inventory"],
            ident="run",
            verbosity=order["verbosity"],
            quiet=True,
            fact_cache_type="memory",
            settings={"suppress_output_file": True, "suppress_ansible_output": True, "pexpect_timeout": 1},
            event_handler=tell,
            cancel_callback=orphaned,  # ends ansible-playbook, but not its worker, which has a session of its own
        )
        runner.run()
    except Exception as error:  # whatever it is, the parent must hear of it
        say({"raised": f"{type(error).__name__}: {error}"})
    else:
        say({"ended": runner.status, "rc": runner.rc})
    finally:
        if orphaned():
            _outlive_last_step(Path(order["folder"]), order["step_seconds"])


def _outlive_last_step(folder: Path, seconds: float) -> None:
    """Waits until the worker has ended its step, ends it when it does not in time, and clears up.

    A worker whose result is larger than a pipe hangs for ever once nobody reads it, and the machine's lock with it.
    """
    from deskprov.adapters.ansible.processes import MARKER, end_marked
    from deskprov.adapters.ansible.run_directory import sweep_leftovers

    latest = time.monotonic() + seconds
    while folder.exists() and time.monotonic() < latest:
        sweep_leftovers([folder.parent])
        time.sleep(_LOOK_SECONDS)
    end_marked(os.environ[MARKER])
    sweep_leftovers([folder.parent])


def written(line: Mapping[str, Any]) -> str:
    """The line as JSON, in ASCII."""
    text = json.dumps(line)
    data = line.get("data", {})
    if len(text) <= LINE_LIMIT or not isinstance(data.get("res"), Mapping):
        return text
    essential = {key: _short(data["res"][key]) for key in _ESSENTIAL if key in data["res"]}
    return json.dumps({**line, "data": {**data, "res": essential}})


def _short(value: Any) -> Any:
    return value[:TEXT_LIMIT] if isinstance(value, str) else value if isinstance(value, int) else None


def _told(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is passed on. The printed text of a result is not: it shows parts of results that are censored."""
    name, data = event["event"], event.get("event_data") or {}
    if name == "playbook_on_stats":
        return {"event": name, "data": {key: data[key] for key in _STATISTICS if key in data}}
    printed = str(event.get("stdout", ""))
    if name.startswith("runner_"):
        return {
            "event": name,
            "data": {key: data[key] for key in _DATA if key in data},
            "changed": bool(_CHANGED.search(printed)),
            "phrases": [phrase for phrase in PHRASES if phrase in printed],
        }
    return {"event": name, "text": printed[:TEXT_LIMIT]}


def main() -> None:
    """Takes the order. What any library prints goes to standard error, so that it cannot be taken for an event."""
    order = json.load(sys.stdin)
    sys.path[:] = order["path"]
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        play(order, out)


if __name__ == "__main__":
    main()
