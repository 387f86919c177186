# Copyright: The deskprov contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks deskprov, which runs this playbook, for a secret; it never touches a file, an argument or the environment."""

from __future__ import annotations

import json
import os
import socket
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

DOCUMENTATION = """
name: secret
author: The deskprov contributors
version_added: "0.1.0"
short_description: A secret of a deskprov run
description:
  - Returns the value of a secret that deskprov holds in memory while it runs this playbook.
  - Only secrets that the run declared are given. Use it in tasks with C(no_log) only.
options:
  _terms:
    description: Names of secrets.
    required: true
    type: list
    elements: string
  form:
    description: How the value is handed out.
    type: string
    default: plain
    choices:
      plain: As it is.
      sha512_crypt: Hashed as in C(/etc/shadow), with a new random salt in each run.
"""

EXAMPLES = """
- name: Create the user
  ansible.builtin.user:
    name: tech
    password: "{{ lookup('deskprov.desktop.secret', 'tech-password', form='sha512_crypt') }}"
  no_log: true
"""

RETURN = """
_raw:
  description: The values, in the order of the names.
  type: list
  elements: string
"""

SECONDS = 30


class LookupModule(LookupBase):
    """The plug-in, as Ansible finds it."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """The values. Raises AnsibleLookupError, which never holds one."""
        self.set_options(var_options=variables, direct=kwargs)
        form = self.get_option("form")
        return [_value(str(term), form) for term in terms]


def _value(name: str, form: str) -> str:
    address = os.environ.get("DESKPROV_BROKER")
    if not address:
        raise AnsibleLookupError(f"The secret {name} is given by deskprov, and this playbook is not run by it.")
    try:
        answer = _ask(address, {"want": "secret", "name": name, "form": form})
    except (OSError, ValueError) as error:
        raise AnsibleLookupError(f"deskprov does not answer when asked for the secret {name}.") from error
    if "value" not in answer:
        raise AnsibleLookupError(
            f"deskprov does not give the secret {name}: {answer.get('refused', 'no reason given')}."
        )
    return str(answer["value"])


def _ask(address: str, request: dict[str, str]) -> dict[str, str]:
    data = b""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(SECONDS)
        connection.connect(address)
        connection.sendall(json.dumps(request).encode() + b"\n")
        while not data.endswith(b"\n"):
            chunk = connection.recv(65536)
            if not chunk:
                break
            data += chunk
    answer = json.loads(data)
    if not isinstance(answer, dict):
        raise ValueError("the answer is no object")
    return answer
