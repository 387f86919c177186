"""The command that starts Python as root on a machine, and what can be read from its complaints.

The command is constant but for two random marks. `READY` says that Python is about to read its program, so that
nothing a login shell prints or swallows can be taken for the answer or eat the program. The prompt mark is what sudo
shows when it wants a password, so that a password is only ever given to a question of sudo.

sudo: `-S` reads the password from standard input and prompts on standard error (sudo(8)). sudo-rs knows `-p` since
0.2.5 and shows the prompt as `[sudo: MARK] Password: ` (its CHANGELOG; src/sudo/pam.rs). So the mark stands in the
last, unfinished line, and not necessarily at its end.
"""

import re

from deskprov.adapters.ssh.start import Start
from deskprov.errors import ElevationRefused, HostError, LoginRefused, ProbeFailed, PythonMissing
from deskprov.formats.endpoint_text import last_lines
from deskprov.formats.ssh_command import by_hand
from deskprov.model.inventory import Host

NO_SUDO = 121
NO_PYTHON = 122

ROOT = "root"


def start_python(host: Host, mark: str) -> Start:
    """The command for this log-in; where root logs in, nothing asks for a password.

    `mark` is random text of letters and digits, new for every connection.

    It must mean the same to any login shell (sh, bash, zsh, fish, csh): one simple command, single quotes around it.
    sudo speaks English under LC_ALL=C, which is what `complaint` reads; the program itself gets UTF-8.
    """
    ready = f"READY-{mark}"
    python = (
        f"command -v python3 >/dev/null || exit {NO_PYTHON}; "
        f"LC_ALL=C.UTF-8; export LC_ALL; echo {ready}; exec python3 -I -S -"
    )
    if host.connection.user == ROOT:
        return Start(f"exec sh -c '{python}'", f"{ready}\n".encode(), b"")
    prompt = f"deskprov-{mark}"
    sudo = (
        f"command -v sudo >/dev/null || exit {NO_SUDO}; "
        f'LC_ALL=C; export LC_ALL; exec sudo -S -p {prompt} -- sh -c "{python}"'
    )
    return Start(f"exec sh -c '{sudo}'", f"{ready}\n".encode(), prompt.encode())


def asks(start: Start, errors: bytes) -> bool:
    """True when what came on standard error so far ends in sudo's question for a password."""
    return bool(start.prompt) and start.prompt in errors.rpartition(b"\n")[2]


_COMPLAINTS = (
    (
        r"must have a tty|no tty present|a terminal is required",
        "sudo on {host} works at a terminal only",
        "Remove `Defaults requiretty` for {user} on it: visudo",
    ),
    (
        r"not in the sudoers file|may not run|not allowed to (execute|run)|I'm afraid I can't do that",
        "sudo on {host} does not allow {user} to run programs as root",
        "On it, as an administrator: usermod -aG sudo {user}",
    ),
    (
        r"account validation failure|[Aa]ccount or password is expired|account is locked|[Aa]ccount expired",
        "sudo on {host} finds the account {user} expired or locked",
        "Mend the account on it: chage -l {user}",
    ),
    (
        r"parse error|syntax error|sudoers sources|invalid configuration|world writable|owned by uid|setuid|nosuid|"
        r"no new privileges",
        "sudo on {host} does not work",
        "Check it there: visudo -c",
    ),
    (
        r"unknown option|invalid option|unrecognized option|illegal option",
        "sudo on {host} is too old to be asked safely",
        "Update it, or let {user} use sudo without a password (NOPASSWD).",
    ),
)

_REFUSED = re.compile(r"incorrect (password|authentication) attempt|[Aa]uthentication fail|no password was provided")


def complaint(host: Host, status: int, errors: bytes, *, password_given: bool) -> HostError:
    """What it means that the command ended with this exit status before Python was ready."""
    user, name = host.connection.user, host.name
    said = " | ".join(last_lines(errors))
    if status == NO_PYTHON:
        return PythonMissing(
            name, f"python3 is not installed on {name}.", hint="Install it there: apt-get install python3-minimal"
        )
    if status == NO_SUDO:
        return ElevationRefused(
            name,
            f"sudo is not installed on {name}, and {user} is not root.",
            hint=f"Install it there as root: apt-get install sudo && usermod -aG sudo {user}",
        )
    if host.connection.user == ROOT:
        return _closed_session(host, status, said)
    text = errors.decode("utf-8", "replace")
    for pattern, message, hint in _COMPLAINTS:
        if re.search(pattern, text):
            return ElevationRefused(
                name,
                message.format(host=name, user=user) + (f" ({said})." if said else "."),
                hint=hint.format(user=user),
            )
    if password_given or _REFUSED.search(text):
        return password_refused(host)
    return _closed_session(host, status, said)


def password_refused(host: Host) -> ElevationRefused:
    """sudo did not take the password."""
    secret = host.connection.become_password or host.connection.password
    return ElevationRefused(
        host.name,
        f"sudo on {host.name} refused the password {secret} of {host.connection.user}.",
        hint=f"Check the secret {secret}. It was tried once.",
    )


def password_missing(host: Host) -> ElevationRefused:
    """sudo asks, and the inventory names no secret."""
    return ElevationRefused(
        host.name,
        f"sudo on {host.name} wants the password of {host.connection.user}, and the inventory names none.",
        hint=f"Name its secret (deskprov_become_password), or let {host.connection.user} use sudo without a password.",
    )


def _closed_session(host: Host, status: int, said: str) -> HostError:
    user = host.connection.user
    if re.search(r"not available|nologin|[Pp]assword has expired|[Aa]ccount .*expired|change required", said):
        return LoginRefused(
            host.name,
            f"{host.name} lets {user} in, but not work: {said}",
            hint=f"Log in once by hand to see what it wants: {by_hand(host.connection)}",
        )
    return ProbeFailed(
        host.name,
        f"The session of {user} on {host.name} ended before anything could run (exit status {status})"
        + (f": {said}" if said else "."),
        hint=f"Try by hand: {by_hand(host.connection, 'true')}",
    )
