"""Runs on the machine: lets it reboot a second later, so that this answer still comes back; gives the boot it is in."""

import subprocess

BOOT = "/proc/sys/kernel/random/boot_id"
LATER = ("systemd-run", "--quiet", "--collect", "--on-active=1s", "--timer-property=AccuracySec=100ms")


def look(argument: None) -> str:
    done = subprocess.run([*LATER, "systemctl", "reboot"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise OSError(done.stdout.strip() or "systemd-run failed")
    with open(BOOT, encoding="ascii") as file:
        return file.read().strip()
