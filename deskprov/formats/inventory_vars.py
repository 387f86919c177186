"""The inventory variables that deskprov knows: what each may be, and how a machine is written with them.

Other variables are left to other Ansible tools. Those that would change how a machine is reached, and which deskprov
does not use, are said; passwords are refused, because the inventory is in git.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from deskprov.formats.near_miss import near_miss
from deskprov.formats.playbook_yaml import holds_marker
from deskprov.model.inventory import (
    HTTP,
    HTTP_PORT,
    HTTPS,
    LOG_ONS,
    NTLM,
    PORTS,
    PSRP,
    SCHEMES,
    SSH,
    WINDOWS_SHELLS,
    Connection,
    Host,
)
from deskprov.model.names import is_name
from deskprov.model.problem import Problem, Severity
from deskprov.model.source import Document, ValuePath

_HOST_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?\Z")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+\\-]{0,63}\Z")
_PASSWORD = re.compile(r"ansible_(.+_)?(pass|password|passphrase|secret|token)\Z")
_SCOPE = re.compile(r"[A-Za-z0-9._-]{1,15}\Z")  # of an IPv6 address: an interface, which ipaddress lets be anything
_KEY_FILE = re.compile(r"[^-\"\\%${}#][^\"\\%${}#]*\Z")  # without what ssh_config(5) or a template would take for more

_PLAIN = Connection("")

_POSIX_SHELL = "sh"
"""What Ansible takes when no shell is stated (`ansible_shell_type`)."""

OLD_NAMES = {
    "ansible_ssh_host": "ansible_host",
    "ansible_ssh_port": "ansible_port",
    "ansible_ssh_user": "ansible_user",
    "ansible_private_key_file": "ansible_ssh_private_key_file",
}
"""Other names under which Ansible takes the same; a machine must not have two addresses."""

UNUSED = re.compile(r"ansible_(become|ssh_|scp_|sftp_|shell_|paramiko_|winrm_|psrp_|pipelining|python_interpreter)")
"""Connection variables that Ansible heeds and deskprov does not."""


def _text(value: Any) -> str:
    return "" if isinstance(value, str) else "must be text; put it in quotes"


def _address(value: Any) -> str:
    if not isinstance(value, str):
        return _text(value)
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return "" if _HOST_NAME.match(value) else "must be an IP address or a host name"
    _, zone, scope = value.partition("%")
    return "" if not zone or _SCOPE.match(scope) else "has no name of an interface after `%`"


def _port(value: Any) -> str:
    good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535
    return "" if good else "must be a port number from 1 to 65535, without quotes"


def _user(value: Any) -> str:
    return _text(value) or ("" if _USER.match(value) else "must be a log-in name")


def _path(value: Any) -> str:
    if not isinstance(value, str):
        return _text(value)
    if value.isprintable() and _KEY_FILE.match(value):
        return ""
    return 'must be the path of a key file, without `"`, `\\`, `%`, `$`, `#`, `{` and `}`'


def _connection(value: Any) -> str:
    ways = " or ".join(f"`{way}`" for way in PORTS)
    return "" if value in PORTS else f"must be {ways}; deskprov reaches machines in no other way yet"


def _shell(value: Any) -> str:
    if value in (*WINDOWS_SHELLS, _POSIX_SHELL):
        return ""
    return "must be `powershell` or `cmd` for a Windows PC that is reached by SSH, and is best left out for others"


def _log_on_over_winrm(value: Any) -> str:
    over_psrp = "others are spoken over PSRP: ansible_connection: psrp, and ansible_psrp_auth"
    return "" if value == NTLM else f"must be `ntlm`; {over_psrp}"


def _log_on(value: Any) -> str:
    return "" if value in LOG_ONS else f"must be {' or '.join(f'`{way}`' for way in LOG_ONS)}"


def _scheme(value: Any) -> str:
    return "" if value in SCHEMES else f"must be {' or '.join(f'`{scheme}`' for scheme in SCHEMES)}"


def _truth(value: Any) -> str:
    return "" if isinstance(value, bool) else "must be true or false, without quotes"


def _name(value: Any) -> str:
    return _text(value) or ("" if is_name(value) else "must be a name: letters, digits, `.`, `_` and `-`")


def _profile(value: Any) -> str:
    good = isinstance(value, str) and all(is_name(part) for part in value.split("/"))
    return _text(value) or ("" if good else "must be a profile's name: its path below profiles/ without .yml")


def _mapping_of_text(value: Any) -> str:
    if not isinstance(value, dict):
        return "must be names with a text each"
    for name, text in value.items():
        if not is_name(name):
            return f"has the name {name!r}; names have letters, digits, `.`, `_` and `-`"
        if not isinstance(text, str):
            return f"has a value for {name} that is no text; put it in quotes"
    return ""


KNOWN: Mapping[str, Callable[[Any], str]] = {
    "ansible_host": _address,
    "ansible_port": _port,
    "ansible_user": _user,
    "ansible_ssh_private_key_file": _path,
    "ansible_connection": _connection,
    "ansible_shell_type": _shell,
    "ansible_winrm_transport": _log_on_over_winrm,
    "ansible_psrp_auth": _log_on,
    "ansible_psrp_protocol": _scheme,
    "deskprov_risk_taken": _truth,
    "deskprov_profile": _profile,
    "deskprov_place": _name,
    "deskprov_ring": _name,
    "deskprov_vars": _mapping_of_text,
    "deskprov_password": _name,
    "deskprov_become_password": _name,
}
"""What is wrong with a value of the variable, or an empty text."""


def read_vars(
    document: Document, path: ValuePath, variables: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Problem]]:
    """The known variables of the mapping at `path` that have a good value, and what is wrong with the rest."""
    good: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in variables.items():
        here = (*path, name)
        found = _templates(document, here, value) or _judge(document, here, name, value)
        problems += found
        if not found and name in KNOWN:
            good[name] = value
    return good, problems


def host_from_vars(name: str, variables: Mapping[str, Any]) -> Host:
    """The machine that these variables describe; groups, place in the file and pin are for the caller."""
    transport = variables.get("ansible_connection", _PLAIN.transport)
    shell = variables.get("ansible_shell_type", _POSIX_SHELL)
    over_psrp = {name: value for name, value in variables.items() if transport == PSRP}
    scheme = over_psrp.get("ansible_psrp_protocol", _PLAIN.scheme)
    connection = Connection(
        address=variables.get("ansible_host", name),
        port=variables.get("ansible_port", HTTP_PORT if scheme == HTTP else PORTS[transport]),
        user=variables.get("ansible_user", _PLAIN.user),
        key_file=variables.get("ansible_ssh_private_key_file", ""),
        password=variables.get("deskprov_password", ""),
        become_password=variables.get("deskprov_become_password", ""),
        transport=transport,
        shell=shell if transport == SSH and shell != _POSIX_SHELL else "",
        log_on=over_psrp.get("ansible_psrp_auth", _PLAIN.log_on),
        scheme=scheme,
        risk_taken=variables.get("deskprov_risk_taken", False),
    )
    return Host(
        name,
        connection,
        profile=variables.get("deskprov_profile", ""),
        place=variables.get("deskprov_place", ""),
        ring=variables.get("deskprov_ring", ""),
        vars=variables.get("deskprov_vars", {}),
    )


def vars_of_host(host: Host) -> dict[str, Any]:
    """The variables that state this machine; what has its default is left out, so that its groups may state it."""
    connection = host.connection
    stated = {
        "ansible_host": connection.address,
        "ansible_connection": connection.transport,
        "ansible_shell_type": connection.shell,
        "ansible_psrp_auth": connection.log_on,
        "ansible_psrp_protocol": connection.scheme,
        "deskprov_risk_taken": connection.risk_taken,
        "ansible_port": connection.port,
        "ansible_user": connection.user,
        "ansible_ssh_private_key_file": connection.key_file,
        "deskprov_password": connection.password,
        "deskprov_become_password": connection.become_password,
        "deskprov_profile": host.profile,
        "deskprov_place": host.place,
        "deskprov_ring": host.ring,
        "deskprov_vars": dict(host.vars),
    }
    plain = {
        "ansible_host": host.name,
        "ansible_connection": _PLAIN.transport,
        "ansible_psrp_auth": _PLAIN.log_on,
        "ansible_psrp_protocol": _PLAIN.scheme,
        "ansible_port": PORTS[connection.transport] if connection.scheme == HTTPS else HTTP_PORT,
        "ansible_user": _PLAIN.user,
    }
    return {name: value for name, value in stated.items() if value and value != plain.get(name)}


def _judge(document: Document, path: ValuePath, name: str, value: Any) -> list[Problem]:
    source = document.key_source(path)
    where = dotted(path)
    if name in KNOWN:
        wrong = KNOWN[name](value)
        return [Problem(document.source(path), "inventory-value", f"{name} {wrong}", path=where)] if wrong else []
    if name.startswith("deskprov_"):
        return [Problem(source, "unknown-key", f"unknown variable {name}", near(name, KNOWN), where)]
    if name in OLD_NAMES:
        return [Problem(source, "inventory-key", f"deskprov does not read {name}", f"write {OLD_NAMES[name]}", where)]
    if _PASSWORD.match(name):
        hint = "name a secret instead (deskprov_password, deskprov_become_password) and change the password"
        return [Problem(source, "plain-password", f"{name} is a password in plain sight", hint, where)]
    if name == "ansible_group_priority":
        message = "deskprov does not know ansible_group_priority, so that Ansible would choose other values"
        return [Problem(source, "inventory-key", message, "name the groups so that the last one wins", where)]
    if UNUSED.match(name):
        message = f"{name} is for other Ansible tools; deskprov does not use it"
        return [Problem(source, "inventory-unused", message, path=where, severity=Severity.WARNING)]
    return []


def _templates(document: Document, path: ValuePath, value: Any) -> list[Problem]:
    """Every text with a template marker: Ansible would run it, deskprov takes it literally."""
    if isinstance(value, str) and holds_marker(value):
        hint = "write the value itself; the inventory is static"
        message = "a template in the inventory"
        return [Problem(document.source(path), "inventory-template", message, hint, dotted(path))]
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [problem for key, part in parts for problem in _templates(document, (*path, key), part)]


def dotted(path: ValuePath) -> str:
    """The way to a value in words: `all.hosts.lab-01`."""
    return ".".join(str(part) for part in path)


def near(name: str, known: Mapping[str, object] | list[str]) -> str:
    """A hint that names what was probably meant, or an empty text."""
    meant = near_miss(name, known)
    return f"did you mean {meant}?" if meant else ""
