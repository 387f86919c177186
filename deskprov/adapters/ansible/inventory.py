"""What Ansible and ssh are told about the one machine of a run: who it is, how to get in, and nothing else.

~/.ssh/config, ~/.ssh/known_hosts and the system's files for the same are not read: what the site's inventory states is
all there is, as for the probe. Everything here ends up in templates or on ssh's command line, so it is taken only if
it is plain text.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from deskprov.errors import IdentityNotTrusted, RunnerFailed
from deskprov.formats.endpoint_text import one_line
from deskprov.formats.known_hosts import key_blob
from deskprov.formats.playbook_yaml import Expression, dump
from deskprov.model.inventory import Host
from deskprov.model.secret import SecretRef, as_password

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


@dataclass(frozen=True, slots=True)
class Access:
    """How to get in: the secrets for it, None where none is needed, and the file of the key, empty for the agent's."""

    password: SecretRef | None
    become_password: SecretRef | None
    key_file: str


def access(host: Host, root: Path, home: Path) -> Access:
    """What the inventory states about getting in; `root` is the site's folder. The sudo password is the log-in's
    unless another is named. Raises `RunnerFailed` for what cannot be passed on safely, or is not supported.
    """
    connection = host.connection
    if connection.transport != "ssh":
        raise RunnerFailed(host.name, f"{host.name} is reached by {connection.transport}, which cannot be used yet.")
    _require(host, "address", _ADDRESS, connection.address)
    _require(host, "user", _USER, connection.user)
    key_file = _key_file(connection.key_file, root, home)
    if key_file:
        _require(host, "key file", _PATH, key_file)
    login, become = connection.login_secret, connection.become_secret
    return Access(
        password=as_password(login, host.name) if login else None,
        become_password=as_password(become, host.name) if become and connection.user != ROOT else None,
        key_file=key_file,
    )


def inventory(host: Host, way_in: Access) -> str:
    """The inventory as YAML text. The sudo password is a lookup of our plug-in; nothing else can be a template.

    Where root logs in, sudo may not be installed. For what an account does itself, runuser(1) stands in for it.
    """
    variables: dict[str, object] = {
        "ansible_connection": "ssh",
        "ansible_host": host.connection.address,
        "ansible_port": host.connection.port,
        "ansible_user": host.connection.user,
        "ansible_python_interpreter": PYTHON,
        "ansible_become": host.connection.user != ROOT,
        "ansible_become_method": "ansible.builtin.sudo",
        "ansible_become_user": ROOT,
    }
    if host.connection.user == ROOT:
        variables |= {"ansible_become_exe": _RUNUSER, "ansible_become_flags": ""}
    if way_in.key_file:
        variables["ansible_ssh_private_key_file"] = way_in.key_file
    if way_in.become_password:
        variables["ansible_become_password"] = lookup(way_in.become_password)
    return dump({"all": {"hosts": {host.name: variables}}})


def lookup(secret: SecretRef) -> Expression:
    """The template that asks our broker for this secret; its name is harmless (`model.names`)."""
    return Expression(f"{{{{ lookup('deskprov.desktop.secret', '{secret.name}', form='{secret.form.value}') }}}}")


def known_hosts(host: Host) -> str:
    """The pinned key under the machine's own name. Raises `IdentityNotTrusted` when there is none to be used."""
    try:
        key_blob(host.known_host)
    except ValueError as error:
        raise IdentityNotTrusted(
            host.name,
            f"{host.name} is not trusted yet: no key is pinned that can be used.",
            hint=f"Confirm its identity: deskprov host trust {host.name}",
        ) from error
    kind, key = host.known_host.split()[:2]
    return f"{host.name} {kind} {key}\n"


def ssh_arguments(host: Host, way_in: Access, known_hosts_file: Path) -> str:
    """Arguments for ssh, before those that Ansible adds: of two equal options ssh takes the first (ssh_config(5))."""
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
