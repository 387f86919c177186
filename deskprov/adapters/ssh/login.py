"""Proves to a machine who we are, with what the inventory states and nothing else.

`key_file` stated: that key. `password` stated: that password, once; it comes second when both are stated, or when the
machine wants both. Neither stated: the keys in ssh-agent, then ~/.ssh/id_ed25519, id_ecdsa and id_rsa, as OpenSSH
would; never a password. A refused password is not tried again.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import paramiko

from deskprov.adapters.limits import Limits
from deskprov.adapters.passwords import Passwords, login_password
from deskprov.adapters.ssh.keys import OfferedKey, key_of_inventory, keys_of_person
from deskprov.errors import LoginRefused, Unreachable
from deskprov.formats.endpoint_text import one_line
from deskprov.formats.ssh_command import by_hand
from deskprov.model.inventory import Host
from deskprov.model.platform import Platform

_AUTHORIZED: Mapping[Platform, str] = {
    Platform.LINUX: "~{user}/.ssh/authorized_keys",
    Platform.WINDOWS: r"C:\ProgramData\ssh\administrators_authorized_keys",
}
"""Where the keys of those who may log in are; on Windows those of administrators (learn.microsoft.com, Key-based
authentication in OpenSSH for Windows).
"""


class Login:
    """Logs in on trusted connections."""

    def __init__(self, passwords: Passwords, root: Path, home: Path, limits: Limits) -> None:
        self._passwords = passwords
        self._root = root
        self._home = home
        self._limits = limits

    def prove(self, transport: paramiko.Transport, host: Host) -> None:
        """Logs in. Raises `LoginRefused`, `SecretUnavailable`, and `Unreachable` when no answer comes."""
        transport.auth_timeout = self._limits.login
        refusal = self._by_key(transport, host)
        if transport.is_authenticated():
            return
        if not host.connection.password:
            raise refusal
        with self._passwords.use(host.name, host.connection.login_secret, LoginRefused) as password:
            _offer_password(transport, host, password)

    def _by_key(self, transport: paramiko.Transport, host: Host) -> LoginRefused:
        """Tries the keys and returns why none of them is enough; of no meaning once logged in."""
        connection = host.connection
        if connection.key_file:
            with key_of_inventory(host, self._root / Path(connection.key_file).expanduser()) as offered:
                return _offer_keys(transport, host, [offered])
        if connection.password:
            return LoginRefused(host.name, f"There is no key for {host.name}.")
        with keys_of_person(host, self._home) as keys:
            return _offer_keys(transport, host, keys)


def _offer_keys(transport: paramiko.Transport, host: Host, keys: Sequence[OfferedKey]) -> LoginRefused:
    user = host.connection.user
    refused = []
    for offered in keys:
        try:
            wanted = _attempt(transport, host, partial(transport.auth_publickey, user, offered.key))
        except paramiko.BadAuthenticationType as error:
            return _takes_only(host, "key", error.allowed_types)
        except paramiko.AuthenticationException:
            refused.append(offered.name)
            continue
        return _wants_more(host, wanted)
    if not refused:
        return LoginRefused(
            host.name,
            f"There is no key to log in to {host.name} with: none in ssh-agent, none in ~/.ssh without a passphrase.",
            hint="Load one with ssh-add, or name one in the inventory: ansible_ssh_private_key_file",
        )
    file = _AUTHORIZED[host.connection.platform].format(user=user)
    return LoginRefused(
        host.name,
        f"{host.name} refuses the user {user} with the key {', '.join(refused)}.",
        hint=f"Add the public key to {file} on it, or name another user or key in the inventory.",
    )


def _offer_password(transport: paramiko.Transport, host: Host, password: str) -> None:
    user = host.connection.user
    answers = _OnePassword(password)
    methods = _methods(transport, host)
    if transport.is_authenticated():
        return
    if "password" in methods:
        send = partial(transport.auth_password, user, password, fallback=False)
    elif "keyboard-interactive" in methods:
        send = partial(transport.auth_interactive, user, answers)
    else:
        raise _takes_only(host, "password", methods)
    try:
        wanted = _attempt(transport, host, send)
    except paramiko.AuthenticationException as error:
        if answers.strange:
            raise LoginRefused(
                host.name,
                f"{host.name} asks for more than a password: {one_line(answers.strange, 120)}",
                hint="Let it take a key, and name the key in the inventory.",
            ) from error
        raise LoginRefused(
            host.name,
            f"{host.name} refuses the user {user} with the password {login_password(host)}.",
            hint=f"Check the user, and the secret {login_password(host)}. It was tried once.",
        ) from error
    if wanted:
        raise _wants_more(host, wanted)


def _methods(transport: paramiko.Transport, host: Host) -> Sequence[str]:
    """How the machine lets this user prove who they are, so that a password goes out once and in the right way.

    A machine that wants no proof at all has let us in after this.
    """
    try:
        _attempt(transport, host, partial(transport.auth_none, host.connection.user))
    except paramiko.BadAuthenticationType as error:
        return error.allowed_types
    except paramiko.AuthenticationException:
        return ()
    return ()


class _OnePassword:
    """Answers the one hidden question of a password log-in, once, and nothing else."""

    def __init__(self, password: str) -> None:
        self._answers = [password]
        self.strange = ""

    def __call__(self, title: str, instructions: str, prompts: Sequence[tuple[str, bool]]) -> list[str]:
        if len(prompts) == 1 and not prompts[0][1] and self._answers:
            return [self._answers.pop()]
        if prompts:
            self.strange = prompts[0][0]
        return [""] * len(prompts)


def _attempt(transport: paramiko.Transport, host: Host, send: Callable[[], Sequence[str]]) -> Sequence[str]:
    """What the machine wants besides, after it took this; nothing when we are in.

    Lets `AuthenticationException` pass when the machine simply said no. Raises `LoginRefused` when it broke off,
    `Unreachable` when it did not answer.
    """
    began = time.monotonic()
    try:
        return send()
    except (paramiko.SSHException, EOFError, OSError) as error:
        if "Illegal info request" in str(error):
            raise LoginRefused(
                host.name,
                f"{host.name} wants the password of {host.connection.user} to be changed before it lets anyone in.",
                hint=f"Log in once by hand and change it: {by_hand(host.connection)}",
            ) from error
        if not transport.is_active():
            raise LoginRefused(
                host.name,
                f"{host.name} broke off the log-in of {host.connection.user}.",
                hint="It may not allow this user (AllowUsers), or have seen too many keys (MaxAuthTries): name the "
                "right key in the inventory.",
            ) from error
        if time.monotonic() - began >= transport.auth_timeout:
            raise Unreachable(
                host.name,
                f"{host.name} did not answer the log-in within {transport.auth_timeout:.0f} seconds.",
                hint="It may be overloaded, or wait for a directory server.",
            ) from error
        raise


def _takes_only(host: Host, kind: str, methods: Sequence[str]) -> LoginRefused:
    allowed = one_line(", ".join(methods), 120)
    return LoginRefused(
        host.name,
        f"{host.name} takes no {kind} from {host.connection.user}, only: {allowed}.",
        hint="Name a key (ansible_ssh_private_key_file) or the secret of a password (deskprov_password) accordingly.",
    )


def _wants_more(host: Host, methods: Sequence[str]) -> LoginRefused:
    return LoginRefused(
        host.name,
        f"{host.name} took this, but wants also: {one_line(', '.join(methods), 120)}.",
        hint="Name both in the inventory: ansible_ssh_private_key_file and deskprov_password",
    )
