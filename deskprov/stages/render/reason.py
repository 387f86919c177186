"""Why a task failed about which nothing may be said: one word of a fixed vocabulary, found out inside Ansible.

Under `no_log` whatever the task said is censored in events and output, because it may quote the secret. In a rescue it
can still be searched, so this task searches it for what the tools of the platforms say, and prints only the word.
"""

from typing import Any

from deskprov.formats.playbook_yaml import Expression

REASON = "Reason"
UNKNOWN = "unknown"

SAID_BY_TOOLS: tuple[tuple[str, str], ...] = (
    ("account-exists", "re-using the account was blocked|0xaac"),
    ("join-password", "user name or password is incorrect"),
    ("join-file", "offline domain join .0x00000(a96|a98|a9f|057|00d|6f7)|valid base-64 string"),
    ("join-waits", "offline domain join .0x00000a99"),
    ("offline-join", "failed to perform offline domain join"),
    ("only-way-in", "plug in a cable"),
    ("no-wifi", "no wi-fi adapter"),
    ("wifi-service", "service for wi-fi"),
    ("wifi-refused", "refuses the profile of this network"),
    ("no-domain", "domain .{1,100} either does not exist or could not be contacted"),
    ("no-space", "no space left|disk quota exceeded|not enough (disk )?space|disk is full"),
    ("locked", "cannot lock|could not (get|obtain) lock|unable to lock|existing lock|used by another process|busy"),
    ("password-policy", "password (does not|doesn.t) meet|bad password|password is too|quality ?check|password policy"),
    ("denied", "permission denied|access is denied|operation not permitted|not authorized|read-only file system"),
    ("missing", "does not exist|no such|not found|cannot find|could not find|unknown (user|group)"),
    ("exists", "already exists|already in use|not unique"),
)
"""Each word, and what means it in small letters, without quotes and backslashes; the first that is found counts."""


def reason(number: int) -> dict[str, Any]:
    """The task for a rescue; its message is one of the words, or `unknown`."""
    words = "".join(f"'{word}' if deskprov_said is search('{said}') else " for word, said in SAID_BY_TOOLS)
    return {
        "name": f"{number:03d} {REASON}",
        "ansible.builtin.debug": {"msg": Expression("{{ " + words + f"'{UNKNOWN}'" + " }}")},
        "vars": {"deskprov_said": Expression(_SAID)},
        "ignore_errors": True,  # a failing rescue would end the run on the machine
    }


_OUTPUTS = ("msg", "stderr", "stdout", "module_stderr", "module_stdout", "error")
"""Where modules say why they failed; scripts that ansible.windows.win_powershell runs, in `error`."""

_SAID = "{{ (" + " ~ ' ' ~ ".join(f"(ansible_failed_result.{name} | default(''))" for name in _OUTPUTS) + ") | lower }}"
