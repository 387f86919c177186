"""Practice machines: real, booted Debian machines on the controller, to learn on and to test against.

Read `machines.py` first. A machine is a supervisor process in a mount namespace of its own, which lays a writable
layer in memory over a shared, read-only Debian tree and boots it with systemd-nspawn. Because every mount and
network namespace belongs to those processes alone, ending the processes takes everything away.
"""

from deskprov.practice.machines import LinuxPracticeMachines

__all__ = ["LinuxPracticeMachines"]
