"""Machines of the inventory as a table, as a sheet and as JSON."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deskprov.formats.known_hosts import fingerprint
from deskprov.model.inventory import NTLM, OVER_TLS, PORTS, SSH, Connection, Host
from deskprov.model.platform import Platform
from deskprov.presenters.safe_text import safe

NOT_TRUSTED = "not trusted yet"

_CERTIFICATES = "Get-ChildItem Cert:\\LocalMachine\\My | ForEach-Object { $_.Subject; $_.GetCertHashString('SHA256') }"
_AT_THE_MACHINE = {
    (SSH, Platform.LINUX): "for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $key; done",
    (
        SSH,
        Platform.WINDOWS,
    ): "Get-ChildItem C:\\ProgramData\\ssh\\*.pub | ForEach-Object { ssh-keygen -lf $_.FullName }",
    **{(way, Platform.WINDOWS): _CERTIFICATES for way in OVER_TLS},
}
"""What shows a machine's fingerprints there; on Windows in PowerShell, as an administrator.

For certificates the method is that of X509Certificate, with the name of an algorithm since .NET Framework 4.8, which
Windows 11 brings. Host keys: learn.microsoft.com, OpenSSH Server configuration for Windows.
"""


_MORE: Mapping[str, Callable[[Host], str]] = {
    "Profile": lambda host: host.profile or "-",
    "Place": attrgetter("place"),
    "Ring": attrgetter("ring"),
    "Groups": lambda host: ", ".join(sorted(host.groups)),
}
"""Columns of the table that stand there when any machine has something in them."""


def hosts_view(hosts: Sequence[Host]) -> RenderableType:
    """A table, or a sentence when there are none."""
    if not hosts:
        return Text("No machine yet. Add one: deskprov host add NAME --address ADDRESS --profile PROFILE")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    # what somebody has to type again is never cut; the other columns wrap
    names = [_name(host) for host in hosts]
    table.add_column("Name", no_wrap=True, width=max(name.cell_len for name in names))
    table.add_column("Address", no_wrap=True, width=max(cell_len(safe(_address(host))) for host in hosts))
    filled = {heading: tell for heading, tell in _MORE.items() if any(map(tell, hosts))}
    for heading in (*filled, "Identity"):
        table.add_column(heading, overflow="fold")
    for host, name in zip(hosts, names, strict=True):
        cells = (_address(host), *(tell(host) for tell in filled.values()))
        table.add_row(name, *(Text(safe(cell)) for cell in cells), _trusted(host))
    return table


def _trusted(host: Host) -> Text:
    if not host.connection.pins:
        return Text("Kerberos") if not host.connection.weakness else Text("not known", "yellow")
    return Text("pinned") if host.known_host else Text(NOT_TRUSTED, "yellow")


def _name(host: Host) -> Text:
    name = Text(safe(host.name))
    return name.append(" (practice)", "dim") if host.practice else name


def host_view(host: Host) -> RenderableType:
    """One machine with everything that the inventory says about it."""
    connection = host.connection
    lines = [
        ("Address", _address(host)),
        ("Reached by", _way(connection)),
        ("User", connection.user),
        ("Key file", connection.key_file),
        ("Password", _secret(connection.password)),
        ("sudo password", _secret(connection.become_password)),
        ("Profile", host.profile),
        ("Place", host.place),
        ("Ring", host.ring),
        ("Groups", ", ".join(sorted(host.groups))),
        *((f"vars.{name}", value) for name, value in host.vars.items()),
        ("Identity", _identity(host)),
        ("Stated in", str(host.source)),
    ]
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for label, value in lines:
        if value:
            table.add_row(label, Text(safe(value)))
    title = Text(safe(host.name), "bold")
    if host.practice:
        title.append("  practice machine", "dim")
    return Group(title, table)


def hosts_json(hosts: Sequence[Host]) -> dict[str, Any]:
    """`{"hosts": […]}`."""
    return {"hosts": [host_json(host) for host in hosts]}


def host_json(host: Host) -> dict[str, Any]:
    """One machine; passwords are names of secrets, `identity` is the pinned fingerprint or null."""
    connection = host.connection
    return {
        "host": host.name,
        "address": connection.address,
        "port": connection.port,
        "transport": connection.transport,
        "platform": connection.platform.value,
        "user": connection.user,
        "key_file": connection.key_file or None,
        "password": connection.password or None,
        "become_password": connection.become_password or None,
        "profile": host.profile or None,
        "place": host.place or None,
        "ring": host.ring or None,
        "groups": sorted(host.groups),
        "vars": dict(host.vars),
        "identity": fingerprint(host.known_host) if host.known_host else None,
        "practice": host.practice,
        "source": {"file": host.source.file, "line": host.source.line},
    }


def after_add(host: Host) -> Text:
    """What stands in the inventory now and what to type next."""
    ready = host.known_host or not host.connection.pins
    next_step = _setup(host) if ready else f"deskprov host trust {host.name}"
    return Text(f"{host.name} is in the inventory ({host.source}). Next: {next_step}")


def identity_view(host: Host, offered: str, pinned: str) -> RenderableType:
    """What the machine shows, and the old identity when it has changed; `offered` and `pinned` are fingerprints."""
    kind = host.known_host.partition(" ")[0]
    text = Text()
    if pinned:
        text.append(f"{host.name} had another identity until now:\n", "bold red").append(f"  {kind} {pinned}\n")
    text.append(f"{_address(host)} shows:\n", "bold").append(f"  {offered}\n")
    text.append("Compare it with the machine's own. At the machine:", "dim")
    # a line that is to be pasted somewhere has no line break in it, however narrow the terminal
    return Group(text, Text(_at_the_machine(host.connection), "dim", no_wrap=True, overflow="ignore"))


def after_trust(host: Host, offered: str) -> Text:
    """The identity that counts from now on, and what to type next."""
    return Text(f"{host.name} is trusted with {offered}. Next: {_setup(host)}")


def _setup(host: Host) -> str:
    """The command; who has no profile in the inventory needs one with it."""
    return f"deskprov setup {host.name}{'' if host.profile else ' --profile PROFILE'}"


def after_retire(hosts: Sequence[Host]) -> Text:
    """Who has left, and what has not."""
    names = ", ".join(host.name for host in hosts)
    verb = "has" if len(hosts) == 1 else "have"
    return Text(f"{names} {verb} left the inventory and {verb} no pinned identity any more. Asset records stay.")


def _address(host: Host) -> str:
    address = f"[{host.connection.address}]" if ":" in host.connection.address else host.connection.address
    return address if host.connection.port == PORTS[host.connection.transport] else f"{address}:{host.connection.port}"


def _way(connection: Connection) -> str:
    """The transport, and of the rest what is not usual."""
    if connection.shell:
        return f"{connection.transport}, Windows with {connection.shell}"
    log_on = "" if connection.log_on == NTLM else f" by {connection.log_on.capitalize()}"
    return f"{connection.transport}{'' if connection.pins else ' over HTTP'}{log_on}"


def _at_the_machine(connection: Connection) -> str:
    return _AT_THE_MACHINE[connection.transport, connection.platform]


def _secret(name: str) -> str:
    return f"secret {name}" if name else ""


def _identity(host: Host) -> str:
    if not host.connection.pins:
        return host.connection.weakness or "proved by Kerberos at each log-on"
    if not host.known_host:
        return f"{NOT_TRUSTED}: deskprov host trust {host.name}"
    return f"{host.known_host.partition(' ')[0]} {fingerprint(host.known_host)}"
