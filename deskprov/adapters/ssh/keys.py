"""The private keys that may prove who we are: the one the inventory names, or else what OpenSSH would try."""

import base64
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from msgspec import Struct

from deskprov.adapters.patience import within
from deskprov.errors import LoginRefused
from deskprov.formats.known_hosts import key_blob
from deskprov.model.inventory import Host

DEFAULT_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa")
"""In `~/.ssh`, as ssh_config(5), IdentityFile; hardware keys come through ssh-agent only."""

AGENT_SECONDS = 10.0

_OPENSSH_MAGIC = b"openssh-key-v1\0"


class OfferedKey(Struct, frozen=True):
    """A key to log in with, and its name in messages."""

    key: paramiko.PKey
    name: str


class _Locked(Exception):
    """The key file is encrypted with a passphrase."""


@contextmanager
def key_of_inventory(host: Host, path: Path) -> Iterator[OfferedKey]:
    """The key file that the inventory names; an encrypted one is taken from ssh-agent.

    Raises `LoginRefused` when the file is missing, open to others, unreadable, or encrypted and not in ssh-agent.
    """
    _refuse_open_file(host, path)
    try:
        yield OfferedKey(_load(path), str(path))
        return
    except OSError as error:
        raise LoginRefused(
            host.name,
            f"The key file of {host.name} cannot be read: {path} ({error.strerror}).",
            hint="Check ansible_ssh_private_key_file in the inventory.",
        ) from error
    except ValueError as error:
        raise LoginRefused(
            host.name,
            f"{path} is no private key that deskprov can use for {host.name}.",
            hint="It takes OpenSSH keys (ed25519, ecdsa, rsa). To convert one in place: ssh-keygen -p -f " + str(path),
        ) from error
    except _Locked:
        blob = _public_blob(path)
    with closing(_agent(host)) as agent:
        for key in agent.get_keys():
            if key.asbytes() == blob:
                yield OfferedKey(key, f"{path} in ssh-agent")
                return
    raise LoginRefused(
        host.name,
        f"The key {path} of {host.name} is protected by a passphrase, and ssh-agent does not hold it.",
        hint=f"Unlock it for this session: ssh-add {path}",
    )


@contextmanager
def keys_of_person(host: Host, home: Path) -> Iterator[list[OfferedKey]]:
    """What OpenSSH would offer without being told: the keys in ssh-agent, then the usual files without passphrase."""
    with closing(_agent(host)) as agent:
        keys = [OfferedKey(key, f"{key.comment or key.get_name()} in ssh-agent") for key in agent.get_keys()]
        known = {offered.key.asbytes() for offered in keys}
        for name in DEFAULT_KEYS:
            path = home / ".ssh" / name
            try:
                key = _load(path)
            except (OSError, ValueError, _Locked):
                continue  # as OpenSSH does; the refusal lists what was tried
            if key.asbytes() not in known:
                keys.append(OfferedKey(key, str(path)))
        yield keys


def _load(path: Path) -> paramiko.PKey:
    """Raises OSError, ValueError for no usable key, `_Locked`."""
    try:
        return paramiko.PKey.from_path(path)
    except (TypeError, paramiko.PasswordRequiredException) as error:
        raise _Locked from error
    except (paramiko.SSHException, paramiko.pkey.UnknownKeyType, UnsupportedAlgorithm) as error:
        raise ValueError(str(error)) from error


def _refuse_open_file(host: Host, path: Path) -> None:
    """OpenSSH refuses such a key as well, so that Ansible would fail later."""
    try:
        status = path.stat()
    except OSError:
        return  # reading it says why
    if status.st_uid == os.getuid() and status.st_mode & 0o077:
        raise LoginRefused(
            host.name,
            f"The key {path} of {host.name} can be read by others on this computer.",
            hint=f"Close it: chmod 600 {path}",
        )


def _agent(host: Host) -> paramiko.Agent:
    try:
        return within(AGENT_SECONDS, paramiko.Agent)
    except (paramiko.SSHException, OSError) as error:
        raise LoginRefused(
            host.name, f"ssh-agent does not answer, so there is no key for {host.name}.", hint="Try: ssh-add -l"
        ) from error


def _public_blob(path: Path) -> bytes:
    """The public half of an encrypted key: beside it in a .pub file, or in the open part of an OpenSSH key file."""
    beside = path.with_name(path.name + ".pub")
    if beside.is_file():
        try:
            return key_blob(beside.read_text("utf-8").strip())
        except ValueError:
            return b""
    try:
        message = paramiko.Message(_armoured(path.read_bytes()))
        for _ in ("cipher", "key derivation", "its options"):
            message.get_binary()
        return message.get_binary() if message.get_int() == 1 else b""
    except ValueError:
        return b""


def _armoured(text: bytes) -> bytes:
    lines = [line for line in text.splitlines() if line and not line.startswith(b"-----")]
    data = base64.b64decode(b"".join(lines))
    if not data.startswith(_OPENSSH_MAGIC):
        raise ValueError("not in OpenSSH's own format")
    return data.removeprefix(_OPENSSH_MAGIC)
