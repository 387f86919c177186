# Copyright: The deskprov contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a playbook between two tasks when deskprov, which runs it, asks for that."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: halt
type: notification
author: The deskprov contributors
version_added: "0.1.0"
short_description: Ends a playbook between two tasks
description:
  - Before a task begins, looks whether the file that E(DESKPROV_HALT) names is there, and if so ends the playbook as
    Ctrl-C would. The task at work comes to its end before, so that its result is known.
requirements:
  - enabled in configuration
"""

HALT = "DESKPROV_HALT"


class CallbackModule(CallbackBase):
    """The plug-in, as Ansible finds it."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "deskprov.desktop.halt"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Called in the scheduling process before the task is given to a worker."""
        if HALT in os.environ and Path(os.environ[HALT]).exists():
            # not an Exception: Ansible only warns of those, and goes on
            raise KeyboardInterrupt
