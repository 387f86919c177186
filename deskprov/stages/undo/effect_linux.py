"""Runs on the machine: checks what was written for our way in, and has the services take it in; nothing is restarted
that a check speaks against.
"""

import os
import shutil
import subprocess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SSH = "the SSH server"
SUDO = "the right to use sudo"
FIREWALL = "the firewall"
RULES = "/etc/nftables.conf"


def look(touched: "list[str]") -> "dict[str, Any]":
    for words, step in ((SUDO, _sudo), (SSH, _ssh), (FIREWALL, _firewall)):
        problem = step() if words in touched else ""
        if problem:
            return {"problem": problem}
    return {"problem": ""}


def _sudo() -> str:
    return _complaint(["visudo", "-c"]) if shutil.which("visudo") else ""


def _ssh() -> str:
    """On socket activation (Ubuntu 22.10 and later) the socket's port comes from the configuration, by a generator.

    A changed unit has its effect only by a restart; log-ins under way outlive it (KillMode=process).
    """
    sshd = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    os.makedirs("/run/sshd", 0o755, exist_ok=True)
    problem = _complaint([sshd, "-t"]) if sshd else ""
    problem = problem or _complaint(["systemctl", "daemon-reload"])
    for unit in ("ssh.socket", "ssh.service"):
        if not problem and _is(unit, "is-active"):
            problem = _complaint(["systemctl", "restart", unit])
    return problem


def _firewall() -> str:
    if not os.path.exists(RULES) or not (_is("nftables.service", "is-active") or _is("nftables.service", "is-enabled")):
        return ""
    return _complaint(["nft", "-c", "-f", RULES]) or _complaint(["systemctl", "reload-or-restart", "nftables.service"])


def _is(unit: str, verb: str) -> bool:
    return subprocess.run(["systemctl", verb, "--quiet", unit], stderr=subprocess.DEVNULL).returncode == 0


def _complaint(command: "list[str]") -> str:
    """What a program says when it fails; empty when it does not."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        return ""
    return os.path.basename(command[0]) + ": " + (" ".join(done.stdout.split()) or "failed")
