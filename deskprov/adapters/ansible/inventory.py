"""What Ansible, and ssh where it is the way, are told about the one machine of a run, and nothing else.

~/.ssh/config, ~/.ssh/known_hosts and the system's files for the same are not read: what the site's inventory states is
all there is, as for the probe. Everything here ends up in templates or on ssh's command line, so it is taken only if
it is plain text.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from deskprov.errors import IdentityNotTrusted, RunnerFailed
from deskprov.formats.endpoint_text import one_line
from deskprov.formats.known_hosts import certificate_digest, key_blob
from deskprov.formats.playbook_yaml import Expression, dump
from deskprov.model.inventory import OVER_TLS, SSH, Host
from deskprov.model.platform import Platform
from deskprov.model.secret import SecretRef, as_password
from deskprov.model.serving import VARIABLE, Offer

ROOT = "root"
PYTHON = "/usr/bin/python3"
_RUNUSER = "env POSIXLY_CORRECT=1 runuser"  # so that it takes `-u NAME COMMAND OPTIONS` as sudo does

CONNECT_SECONDS = 15
_CONNECT_ATTEMPTS = 3
_ALIVE_SECONDS = 15
_ALIVE_TIMES = 4
_MASTER_SECONDS = 60

_ALGORITHMS = {"ssh-rsa": "rsa-sha2-512,rsa-sha2-256"}
_ADDRESS = re.compile(r"[A-Za-z0-9_:][A-Za-z0-9._:%-]*\Z")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@\\+-]*\Z")
_PATH = re.compile(r"/[^\"\\%$\x00-\x1f\x7f{}#]*\Z")


_T = TypeVar("_T")


class Access(Struct, frozen=True):
    """How to get in: the secrets for it, None where none is needed, and the file of the key, empty for the agent's.

    `password` is for ssh, which asks for it; Ansible itself asks for the others.
    """

    password: SecretRef | None
    become_password: SecretRef | None
    key_file: str
    log_on: SecretRef | None = None

    @property
    def lookups(self) -> list[SecretRef]:
        """What the inventory asks the broker for."""
        return [secret for secret in (self.become_password, self.log_on) if secret]


def access(host: Host, root: Path, home: Path) -> Access:
    """What the inventory states about getting in; `root` is the site's folder. The sudo password is the log-in's
    unless another is named. Raises `RunnerFailed` for what cannot be passed on safely, or is missing.
    """
    connection = host.connection
    _require(host, "address", _ADDRESS, connection.address)
    _require(host, "user", _USER, connection.user)
    if connection.transport in OVER_TLS:
        return Access(None, None, "", log_on=_log_on(host))
    key_file = _key_file(connection.key_file, root, home)
    if key_file:
        _require(host, "key file", _PATH, key_file)
    login, become = connection.login_secret, connection.become_secret
    return Access(
        password=as_password(login, host.name) if login else None,
        become_password=as_password(become, host.name) if become and _becomes_root(host) else None,
        key_file=key_file,
    )


def inventory(host: Host, way_in: Access, offers: Mapping[str, Offer]) -> str:
    """The inventory as YAML text. Passwords are lookups of our plug-in; nothing else can be a template.

    `offers` are of the files that the machine may fetch, by ticket.

    Raises `IdentityNotTrusted`.
    """
    variables = _over_tls(host, way_in.log_on) if way_in.log_on else _over_ssh(host, way_in)
    served = {VARIABLE: {name: asdict(offer) for name, offer in offers.items()}} if offers else {}
    return dump({"all": {"hosts": {host.name: {**variables, **served}}}})


def _log_on(host: Host) -> SecretRef:
    if not host.connection.login_secret:
        raise RunnerFailed(
            host.name,
            f"The inventory names no password for {host.connection.user} on {host.name}.",
            hint="Name its secret: deskprov_password",
        )
    return as_password(host.connection.login_secret, host.name)


def _over_tls(host: Host, password: SecretRef) -> dict[str, object]:
    """An administrator's log-on over the network is elevated from the start: nobody else has to be become."""
    return {
        "ansible_connection": f"deskprov.desktop.{host.connection.transport}",
        "ansible_host": host.connection.address,
        "ansible_port": host.connection.port,
        "ansible_user": host.connection.user,
        "ansible_password": lookup(password),
        "ansible_become": False,
        "deskprov_fingerprint": _pinned(host, certificate_digest) if host.connection.pins else "",
        "deskprov_log_on": host.connection.log_on,
        "deskprov_risk_taken": host.connection.risk_taken,
    }


def _over_ssh(host: Host, way_in: Access) -> dict[str, object]:
    variables: dict[str, object] = {
        "ansible_connection": "ssh",
        "ansible_host": host.connection.address,
        "ansible_port": host.connection.port,
        "ansible_user": host.connection.user,
        **_INSIDE[host.connection.platform](host, way_in),
    }
    if way_in.key_file:
        variables["ansible_ssh_private_key_file"] = way_in.key_file
    return variables


def _on_linux(host: Host, way_in: Access) -> dict[str, object]:
    """Where root logs in, sudo may not be installed. For what an account does itself, runuser(1) stands in for it."""
    variables: dict[str, object] = {
        "ansible_python_interpreter": PYTHON,
        "ansible_become": _becomes_root(host),
        "ansible_become_method": "ansible.builtin.sudo",
        "ansible_become_user": ROOT,
    }
    if host.connection.user == ROOT:
        variables |= {"ansible_become_exe": _RUNUSER, "ansible_become_flags": ""}
    if way_in.become_password:
        variables["ansible_become_password"] = lookup(way_in.become_password)
    return variables


def _on_windows(host: Host, way_in: Access) -> dict[str, object]:
    """An administrator's session is elevated from the start here, too."""
    return {"ansible_shell_type": host.connection.shell, "ansible_become": False}


_INSIDE: Mapping[Platform, Callable[[Host, Access], dict[str, object]]] = {
    Platform.LINUX: _on_linux,
    Platform.WINDOWS: _on_windows,
}


def _becomes_root(host: Host) -> bool:
    return host.connection.platform is Platform.LINUX and host.connection.user != ROOT


def lookup(secret: SecretRef) -> Expression:
    """The template that asks our broker for this secret; its name is harmless (`model.names`)."""
    return Expression(f"{{{{ lookup('deskprov.desktop.secret', '{secret.name}', form='{secret.form.value}') }}}}")


def known_hosts(host: Host) -> str:
    """The pinned key under the machine's own name, for ssh; empty for a machine that is not reached by it.

    Raises `IdentityNotTrusted` when there is none to be used.
    """
    if host.connection.transport != SSH:
        return ""
    _pinned(host, key_blob)
    kind, key = host.known_host.split()[:2]
    return f"{host.name} {kind} {key}\n"


def _pinned(host: Host, read: Callable[[str], _T]) -> _T:
    try:
        return read(host.known_host)
    except ValueError as error:
        raise IdentityNotTrusted(
            host.name,
            f"{host.name} is not trusted yet: no key is pinned that can be used.",
            hint=f"Confirm its identity: deskprov host trust {host.name}",
        ) from error


def ssh_arguments(host: Host, way_in: Access, known_hosts_file: Path) -> str:
    """Arguments for ssh, before those that Ansible adds: of two equal options ssh takes the first (ssh_config(5)).

    Empty for a machine that is not reached by it.
    """
    if host.connection.transport != SSH:
        return ""
    kind = host.known_host.split()[0]
    options = {
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": str(known_hosts_file),
        "GlobalKnownHostsFile": "/dev/null",
        "HostKeyAlias": host.name,
        "HostKeyAlgorithms": _ALGORITHMS.get(kind, kind),
        "KexAlgorithms": "^curve25519-sha256,curve25519-sha256@libssh.org",
        "CheckHostIP": "no",
        "UpdateHostKeys": "no",
        "VerifyHostKeyDNS": "no",
        "ForwardAgent": "no",
        "ForwardX11": "no",
        "PermitLocalCommand": "no",
        "LogLevel": "ERROR",
        "ConnectionAttempts": str(_CONNECT_ATTEMPTS),
        "ServerAliveInterval": str(_ALIVE_SECONDS),
        "ServerAliveCountMax": str(_ALIVE_TIMES),
        "ControlMaster": "auto",
        "ControlPersist": str(_MASTER_SECONDS),
        "GSSAPIAuthentication": "no",
        "HostbasedAuthentication": "no",
        **_authentication(way_in),
    }
    return " ".join(["-F none", *(f"-o {name}={value}" for name, value in options.items())])


def _authentication(way_in: Access) -> dict[str, str]:
    """The same ways in as the probe uses: a stated key, then a stated password, and the agent's keys for neither."""
    options = {"IdentitiesOnly": "yes"} if way_in.key_file else {}
    if way_in.password is None:
        return {**options, "BatchMode": "yes", "PreferredAuthentications": "publickey"}
    methods = "publickey,password,keyboard-interactive" if way_in.key_file else "password,keyboard-interactive"
    return {
        **options,
        "PreferredAuthentications": methods,
        "PubkeyAuthentication": "yes" if way_in.key_file else "no",
        "PasswordAuthentication": "yes",
        "KbdInteractiveAuthentication": "yes",
        "NumberOfPasswordPrompts": "1",
    }


def _key_file(stated: str, root: Path, home: Path) -> str:
    if not stated:
        return ""
    if stated == "~" or stated.startswith("~/"):
        return str(home / stated[2:])
    return str(root.absolute() / stated)


def _require(host: Host, what: str, pattern: re.Pattern[str], text: str) -> None:
    if not pattern.match(text):
        raise RunnerFailed(
            host.name,
            f"The {what} of {host.name} has characters that cannot be passed to ssh safely: {one_line(text, 80)}",
            hint="Change it in the inventory.",
        )
