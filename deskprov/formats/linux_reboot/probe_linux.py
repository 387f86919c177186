"""Runs on the machine: what it wants a reboot for, as its packages have said."""

import os

REQUIRED = "/run/reboot-required"


def look(argument: None) -> "list[str]":
    if not os.path.exists(REQUIRED):
        return []
    try:
        with open(REQUIRED + ".pkgs", encoding="utf-8", errors="replace") as file:
            packages = file.read(65536).split()
    except OSError:
        packages = []
    return sorted(set(packages)) or ["the system"]
