"""What Ansible and ssh say about the way to a machine, in a technician's words."""

import re

from deskprov.formats.endpoint_text import last_lines, one_line
from deskprov.model.inventory import Host

_IDENTITY = re.compile(
    r"REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|no matching host key type|"
    r"Fingerprints did not match"
)
_REFUSED = re.compile(r"Permission denied \(|Too many authentication failures|refuses the user or the password")
_SILENT = re.compile(
    r"timed out|not responding|Max retries exceeded|NewConnectionError|No route to host|Connection refused|"
    r"Network is unreachable|Host is down",
    re.IGNORECASE,
)
_NO_MORE = re.compile(r"2150859174|Session open refused by peer")
"""A quota of WS-Man (0x803381A6 of wsmerror.h), or of an SSH server (sshd_config(5), MaxSessions)."""

_NO_RIGHTS = re.compile(r"'wsmanfault_code': 5\b|\(Code: 5,")
"""ERROR_ACCESS_DENIED, as pywinrm and pypsrp tell it."""

_BROKEN_OFF = re.compile(
    r"Connection aborted|RemoteDisconnected|Connection reset|Data could not be sent to remote host"
)


def unreachable(host: Host, said: str) -> str:
    """Why a machine was not reached, from what Ansible and ssh said."""
    name = host.name
    if _IDENTITY.search(said):
        return (
            f"The identity of {name} is not the pinned one any more, so Ansible sent it nothing. If it was installed "
            f"again, confirm it: deskprov host trust {name}"
        )
    if _REFUSED.search(said):
        return f"{name} does not let {host.connection.user} in any more. Look at it: deskprov plan {name}"
    if _NO_MORE.search(said):
        return (
            f"{name} takes no more sessions of {host.connection.user} for now. Wait a minute, or restart its "
            "WinRM or SSH service, then run this again."
        )
    if _NO_RIGHTS.search(said):
        return (
            f"{name} lets {host.connection.user} log on, but not run anything any more: is it an administrator "
            f"there, and is LocalAccountTokenFilterPolicy 1? Look at it: deskprov doctor {name}"
        )
    if _SILENT.search(said):
        return f"{name} does not answer any more. Is it switched on, awake and on the network? Then run this again."
    if _BROKEN_OFF.search(said):
        return f"The connection to {name} broke off. Is it switched on, awake and on the network? Then run this again."
    last = last_lines(said.encode(), count=1)
    return f"The connection to {name} was lost" + (f": {last[0]}" if last else ". Run this again.")


def elevation_refused(host: Host, said: str) -> str:
    """Why sudo does not work on a machine; empty when that is not what was said. None of it can end well later."""
    name, user = host.name, host.connection.user
    if "waiting for privilege escalation prompt" in said:
        return (
            f"sudo on {name} does not ask for its password in a way that Ansible understands; sudo-rs is such a one. "
            f"Let {user} use sudo without a password there (NOPASSWD), or install sudo.ws."
        )
    if "Incorrect sudo password" in said:
        secret = host.connection.become_password or host.connection.password
        return f"sudo on {name} refused the password {secret} of {user}. Check that secret."
    if "Missing sudo password" in said:
        return (
            f"sudo on {name} wants the password of {user}, and the inventory names none. Name its secret "
            "(deskprov_become_password), or let it use sudo without a password."
        )
    return ""


def ended_early(host: Host, said: str) -> str:
    """Ansible came to no end; `said` is what it printed, which may be nothing."""
    errors = [line for line in said.splitlines() if re.match(r"\s*(\[?ERROR|fatal|The playbook was not)", line)]
    told = one_line(errors[0], 300) if errors else "".join(last_lines(said.encode(), count=1))
    return f"Ansible ended before it was through with {host.name}" + (f": {told}" if told else ".")


def too_long(host: Host, task: str, minutes: float) -> str:
    """A step took too long; `task` is empty when none had begun."""
    what = f"The step “{one_line(task, 80)}”" if task else "Ansible"
    return (
        f"{what} on {host.name} did not end within {_minutes(minutes)}, so the run was stopped. What it began on the "
        "machine may still go on there."
    )


def run_too_long(host: Host, minutes: float) -> str:
    """The whole run took too long."""
    return (
        f"The run on {host.name} did not end within {_minutes(minutes)} and was stopped. What it began on the machine "
        "may still go on there."
    )


def _minutes(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes >= 1 else f"{minutes * 60:.0f} s"


def interrupted(host: Host) -> str:
    """Somebody wanted the run to end."""
    return f"The run on {host.name} was interrupted."
