"""Practice PCs: doubles of Windows computers, reached by WS-Man or SSH, to learn on and to test against.

No Windows runs here.

A practice PC is a process of its own on a loopback address. It has the protocol, the log-on and the payload of a real
one: TLS with a certificate of its own, NTLM, and the shells in which Ansible and deskprov start PowerShell. It runs no
PowerShell: it decodes what it is told to run, checks the arguments against the module's documented options, and
answers from a model in Python that keeps its state. What it has no model of, it refuses. So it proves what deskprov
sends and how it takes answers, and nothing about what Windows does with it.

Read `machines.py` first, then `endpoint.py` from the wire inwards: `soap.py`, `shells.py`, `powershell.py`,
`manifest.py`, `modules/`. The other door is `ssh_door.py`, with `ssh_session.py` and `sftp.py` behind it.
"""

from deskprov.practice.windows.machines import WindowsPracticeMachines

__all__ = ["WindowsPracticeMachines"]
