# Copyright: The deskprov contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's WinRM connection, which sends nothing to whoever does not show the pinned certificate.

How modules are run is Ansible's; only the connection is made here: over TLS, with NTLM that is bound to it, and after
the certificate's digest has been compared.
"""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleAuthenticationFailure, AnsibleConnectionFailure
from ansible.plugins.connection.winrm import Connection as AnsiblesConnection
from ansible_collections.deskprov.desktop.plugins.plugin_utils.pinned import only_to
from requests.exceptions import RequestException
from winrm.exceptions import InvalidCredentialsError, WinRMError, WinRMTransportError
from winrm.protocol import Protocol

DOCUMENTATION = """
name: winrm
author: The deskprov contributors
version_added: "0.1.0"
short_description: WinRM over HTTPS to a pinned certificate
description:
  - Runs commands and copies files as C(ansible.builtin.winrm) does, over HTTPS and NTLM only.
  - Nothing is sent before the machine has shown the pinned certificate. Its names and dates do not count.
options:
  remote_addr:
    description: Address of the machine.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
  port:
    description: Its port for WinRM over HTTPS.
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
    description: SHA-256 of the pinned certificate, in hexadecimal.
    type: str
    required: true
    vars:
      - name: deskprov_fingerprint
  connection_timeout:
    description:
      - Seconds after which the machine says that there is nothing new yet; ten more without a word, and it is given up.
    type: int
    default: 20
    vars:
      - name: ansible_winrm_connection_timeout
"""

PATIENCE = 10
UTF_8 = 65001


class Connection(AnsiblesConnection):
    """The plug-in, as Ansible finds it."""

    transport = "deskprov.desktop.winrm"
    allow_extras = False

    def _build_winrm_kwargs(self) -> None:
        self._winrm_host = self.get_option("remote_addr")
        self._winrm_port = self.get_option("port")

    def _winrm_connect(self) -> Any:
        """Opens the connection and the shell. Raises AnsibleConnectionFailure, which never holds the password."""
        address = f"[{self._winrm_host}]" if ":" in self._winrm_host else self._winrm_host
        seconds = self.get_option("connection_timeout")
        protocol = Protocol(
            f"https://{address}:{self._winrm_port}/wsman",
            transport="ntlm",
            username=self.get_option("remote_user"),
            password=self.get_option("remote_password"),
            server_cert_validation="validate",
            proxy=None,
            operation_timeout_sec=seconds,
            read_timeout_sec=seconds + PATIENCE,
        )
        if not self.get_option("fingerprint"):
            raise AnsibleConnectionFailure("no certificate is pinned, and WinRM is spoken over HTTPS only")
        only_to(protocol.transport.build_session(), self.get_option("fingerprint"))
        try:
            self.shell_id = protocol.open_shell(codepage=UTF_8)
        except InvalidCredentialsError as error:
            raise AnsibleAuthenticationFailure("the machine refuses the user or the password") from error
        except (RequestException, OSError, WinRMError, WinRMTransportError) as error:
            raise AnsibleConnectionFailure(f"no connection over WinRM: {error}") from error
        return protocol
