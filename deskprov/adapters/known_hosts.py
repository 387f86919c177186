"""Pinned identities of machines: one file of the site in OpenSSH's format, under the machines' inventory names.

It is called known_hosts.txt because Ansible reads every file of the inventory's folder as inventory, apart from a few
endings such as .txt, and complains about what it finds in a file called known_hosts.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from deskprov.adapters.limits import Limits
from deskprov.adapters.rewriting import rewrite
from deskprov.adapters.ssh.connection import offered_key
from deskprov.adapters.winrm.certificate import offered_certificate
from deskprov.formats import known_hosts
from deskprov.model.inventory import OVER_TLS, SSH, Host
from deskprov.model.ports.machine import HostKey

_OFFERS: Mapping[str, Callable[[Host, Limits], HostKey]] = {
    SSH: offered_key,
    **dict.fromkeys(OVER_TLS, offered_certificate),
}


class KnownHosts:
    """The pins of one site; those of practice machines are kept apart, out of git. `root` is the site's folder."""

    def __init__(self, root: Path, *, limits: Limits | None = None) -> None:
        self._root = root
        self._limits = limits or Limits()

    def offered(self, host: Host) -> HostKey:
        """The key or certificate that the machine shows, by a key exchange alone: nothing of ours is sent.

        Raises `Unreachable`.
        """
        return _OFFERS[host.connection.transport](host, self._limits)

    def pin(self, host: Host, key: HostKey) -> None:
        """Trusts this key for this machine from now on, instead of any other. Raises `SiteNotWritable`."""
        path = known_hosts.PRACTICE_FILE if host.practice else known_hosts.FILE
        rewrite(self._root / path, lambda text: known_hosts.pin(text, host.name, key.line))

    def forget(self, host_name: str) -> None:
        """Removes the pin of a machine; nothing happens when there is none. Raises `SiteNotWritable`."""
        for path in (known_hosts.FILE, known_hosts.PRACTICE_FILE):
            if (self._root / path).exists():
                rewrite(self._root / path, lambda text: known_hosts.forget(text, host_name))
