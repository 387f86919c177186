# Copyright: The deskprov contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's PSRP connection, which sends nothing to whoever does not show the pinned certificate.

How modules are run is Ansible's; only the connection is made here: over TLS, with NTLM that is bound to it, and after
the certificate's digest has been compared. Nothing is sent twice.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ansible.errors import AnsibleAuthenticationFailure, AnsibleConnectionFailure
from ansible.plugins.connection.psrp import Connection as AnsiblesConnection
from ansible_collections.deskprov.desktop.plugins.plugin_utils.pinned import only_to
from pypsrp.exceptions import AuthenticationError, WinRMError
from pypsrp.host import PSHost, PSHostUserInterface
from pypsrp.powershell import RunspacePool
from pypsrp.wsman import WSMan
from requests.exceptions import RequestException
from spnego.exceptions import SpnegoError

DOCUMENTATION = """
name: psrp
author: The deskprov contributors
version_added: "0.1.0"
short_description: PSRP over HTTPS to a pinned certificate
description:
  - Runs commands and copies files as C(ansible.builtin.psrp) does, and sends nothing twice.
  - Nothing is sent before the machine has shown the pinned certificate. Its names and dates do not count.
  - Where none is pinned, it goes over HTTP, each message sealed with the key of the log-on; but for Kerberos only where
    C(risk_taken) says that somebody puts up with that.
options:
  remote_addr:
    description: Address of the machine.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
  port:
    description: Its port for PSRP over HTTPS.
    type: integer
    default: 5986
    vars:
      - name: ansible_port
    keyword:
      - name: port
  remote_user:
    description: Who logs on.
    type: str
    vars:
      - name: ansible_user
    keyword:
      - name: remote_user
  remote_password:
    description: The password.
    type: str
    vars:
      - name: ansible_password
  fingerprint:
    description: SHA-256 of the pinned certificate, in hexadecimal; empty for HTTP.
    type: str
    required: true
    vars:
      - name: deskprov_fingerprint
  log_on:
    description: How to log on. C(basic) has no key to seal anything with.
    type: str
    default: ntlm
    choices: [ntlm, kerberos, basic]
    vars:
      - name: deskprov_log_on
  risk_taken:
    description: Whether somebody puts up with a log-on over HTTP that does not prove whom it goes to.
    type: bool
    default: false
    vars:
      - name: deskprov_risk_taken
  operation_timeout:
    description:
      - Seconds after which the machine says that there is nothing new yet; ten more without a word, and it is given up.
    type: int
    default: 20
    vars:
      - name: ansible_psrp_operation_timeout
"""

PATIENCE = 10

NOT_LET_IN: tuple[type[Exception], ...] = (AuthenticationError, SpnegoError)
"""What is raised when the machine refuses a log-on, Kerberos gives no ticket, or its partner no proof."""
with suppress(ImportError):
    from krb5 import Krb5Error

    NOT_LET_IN += (Krb5Error,)


class Connection(AnsiblesConnection):
    """The plug-in, as Ansible finds it."""

    transport = "deskprov.desktop.psrp"
    _connected: bool

    def _connect(self) -> Any:
        """Opens the runspace pool. Raises AnsibleConnectionFailure, which never holds the password."""
        if self._connected:
            return self
        self._psrp_host = self.get_option("remote_addr")
        self.host = PSHost(None, None, False, "Ansible PSRP Host", None, PSHostUserInterface(), "")
        runspace = RunspacePool(self._pinned(), host=self.host)
        try:
            runspace.open()
        except NOT_LET_IN as error:
            raise AnsibleAuthenticationFailure("the machine refuses the user or the password") from error
        except (RequestException, OSError, WinRMError) as error:
            raise AnsibleConnectionFailure(f"no connection over PSRP: {error}") from error
        self.runspace = runspace
        self._connected = True
        self._last_pipeline = None
        return self

    def _pinned(self) -> WSMan:
        address, seconds = self.get_option("remote_addr"), self.get_option("operation_timeout")
        digest, log_on = self.get_option("fingerprint"), self.get_option("log_on")
        if not (digest or log_on == "kerberos" or self.get_option("risk_taken")):
            raise AnsibleConnectionFailure("no certificate is pinned, and nobody has stated that this is put up with")
        connection = _Once(
            f"[{address}]" if ":" in address else address,
            port=self.get_option("port"),
            username=self.get_option("remote_user"),
            password=self.get_option("remote_password"),
            ssl=bool(digest),
            auth=log_on,
            encryption="auto" if digest else "never" if log_on == "basic" else "always",
            negotiate_service="WSMAN",
            operation_timeout=seconds,
            connection_timeout=seconds + PATIENCE,
            read_timeout=seconds + PATIENCE,
        )
        connection.transport.session = connection.transport._build_session()
        only_to(connection.transport.session, digest)
        return connection


class _Once(WSMan):
    """pypsrp's connection without its five further tries for output that is late."""

    def invoke(self, *arguments: Any, **options: Any) -> Any:
        return super().invoke(*arguments, **{**options, "retries_on_read_timeout": 0})
