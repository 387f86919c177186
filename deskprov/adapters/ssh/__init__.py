"""Machines over SSH: who they are, how we log in, and one program run on them.

`connection` opens the way and checks the identity, `login` proves who we are, `start` and `elevation` say what starts
PowerShell, or Python as root, and `exchange` gives it the program and takes the answer. Nothing secret is sent before
the identity is proved.
~/.ssh/config and ~/.ssh/known_hosts are not read: what the inventory states is all there is.
"""

from deskprov.adapters.limits import Limits
from deskprov.adapters.ssh.transport import SshTransport

__all__ = ["Limits", "SshTransport"]
