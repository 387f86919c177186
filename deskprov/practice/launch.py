"""From a reserved place to a booting machine: writes the supervisor's plan and sets the supervisor going."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

from deskprov.practice import cgroups, supervisor
from deskprov.practice.apt_settings import AptSettings
from deskprov.practice.base_tree import USER_ID
from deskprov.practice.controller import PROGRAM_PATH
from deskprov.practice.keys import KeyPair
from deskprov.practice.network import link_commands, no_forwarding
from deskprov.practice.registry import Slot

DISK_SIZE = "4g"  # an upper limit: memory is taken only for what is written
PRIVATE = 0o600
PUBLIC = 0o644


def launch(slot: Slot, host_key: KeyPair, login_key: str, apt: AptSettings) -> None:
    """Starts the supervisor of a machine and returns at once. It belongs to no terminal and no parent of ours."""
    for place in ("root", "disk"):
        (slot.folder / place).mkdir()
    plan_file = slot.folder / "plan.json"
    plan_file.touch(mode=PRIVATE)
    plan_file.write_text(json.dumps(_plan(slot, host_key, login_key, apt)))
    lock = os.open(slot.life_lock, os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with slot.console_log.open("w") as log:
            subprocess.run(
                [
                    *("setsid", "--fork", "unshare", "--mount", "--propagation", "slave"),
                    *(sys.executable, "-I", "-S", supervisor.__file__, str(plan_file), str(lock)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": PROGRAM_PATH, "LANG": "C.UTF-8"},
                pass_fds=[lock],
                check=True,
            )
    finally:
        os.close(lock)


def _plan(slot: Slot, host_key: KeyPair, login_key: str, apt: AptSettings) -> dict[str, object]:
    """What the supervisor does, in this order; see `supervisor.main`."""
    link = link_commands(slot.number, slot.link, str(_namespace(slot))) if slot.isolated else []
    return {
        "cgroup": str(cgroups.path_of(slot.cgroup)),
        "prepare": [*_disk_commands(slot, apt), *link],
        "kernel": {str(no_forwarding(slot.link)): "0"} if slot.isolated else {},
        "files": _files(slot, host_key, login_key, apt),
        "boot": _boot_command(slot),
        # version 2 of control groups inside, whatever the controller has: systemd 256 and later boot with no other
        "environment": {"PATH": PROGRAM_PATH, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
        "ended": str(slot.ended),
    }


def _disk_commands(slot: Slot, apt: AptSettings) -> list[list[str]]:
    disk, root = str(slot.folder / "disk"), str(slot.folder / "root")
    layers = f"lowerdir={disk}/lower,upperdir={disk}/upper,workdir={disk}/work"
    return [
        ["mount", "-t", "tmpfs", "-o", f"mode=0755,size={DISK_SIZE}", "deskprov-practice", disk],
        ["mkdir", f"{disk}/lower", f"{disk}/upper", f"{disk}/work"],
        # bound to a place with a plain name, since a comma or colon in the cache's path would split mount's options
        ["mount", "--bind", slot.tree, f"{disk}/lower"],
        ["mount", "-t", "overlay", "-o", layers, "deskprov-practice", root],
        ["cp", "--dereference", "--parents", "--preserve=mode", "--remove-destination", "-t", root]
        + [str(path) for path in apt.copies],
        # systemd-nspawn keeps notes on the controller, which a killed one would leave behind
        ["mkdir", "--parents", "/run/systemd/nspawn"],
        ["mount", "-t", "tmpfs", "-o", "mode=0755", "deskprov-practice", "/run/systemd/nspawn"],
    ]


def _boot_command(slot: Slot) -> list[str]:
    own_network = [f"--network-namespace-path={_namespace(slot)}", "--capability=CAP_NET_ADMIN"]
    return [
        *("systemd-nspawn", "--boot", "--quiet", "--register=no", "--keep-unit", "--link-journal=no"),
        *("--resolv-conf=off", "--timezone=off", "--console=read-only"),
        f"--directory={slot.folder / 'root'}",
        f"--machine={slot.cgroup}",
        f"--hostname={slot.name}",
        *(own_network if slot.isolated else []),
    ]


def _namespace(slot: Slot) -> Path:
    return slot.folder / "disk/network"


def _files(slot: Slot, host_key: KeyPair, login_key: str, apt: AptSettings) -> list[dict[str, object]]:
    """What makes this machine different from the others: name, identity, who may log in, where packages come from."""
    name_server = "" if slot.isolated else _text_of(Path("/etc/resolv.conf"))
    texts = {
        "etc/hostname": f"{slot.name}\n",
        "etc/hosts": f"127.0.0.1 localhost\n127.0.1.1 {slot.name}\n::1 localhost ip6-localhost ip6-loopback\n",
        "etc/machine-id": f"{slot.machine_id}\n",
        "etc/resolv.conf": name_server,
        "etc/ssh/sshd_config.d/practice.conf": f"ListenAddress {slot.address}\nPort {slot.port}\nUseDNS no\n",
        "etc/ssh/ssh_host_ed25519_key.pub": f"{host_key.public}\n",
        "etc/apt/sources.list.d/practice.sources": apt.sources,
        "etc/apt/apt.conf.d/50controller": apt.options,
    }
    return [
        *(_file(slot, path, text, PUBLIC) for path, text in texts.items()),
        _file(slot, "etc/ssh/ssh_host_ed25519_key", host_key.private, PRIVATE),
        _file(slot, f"home/{slot.user}/.ssh/authorized_keys", f"{login_key}\n", PRIVATE, USER_ID),
    ]


def _file(slot: Slot, path: str, text: str, mode: int, owner: int = 0) -> dict[str, object]:
    return {"path": str(slot.folder / "root" / path), "text": text, "mode": mode, "owner": owner}


def _text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""
