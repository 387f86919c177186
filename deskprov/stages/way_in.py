"""deskprov's own way in to a machine: plans that remove it are refused, changes that may cut it off are guarded.

What a change touches is told from its key alone, so that a resource type need not know of it.
"""

from collections.abc import Mapping, Sequence

from deskprov.model.plan import Change, Reboot
from deskprov.model.problem import Problem
from deskprov.model.resource import Resource

SSH = "the SSH server"
SUDO = "the right to use sudo"
ACCOUNT = "the account that deskprov logs in with"
FIREWALL = "the firewall"
NETWORK = "the network settings"
LOG_IN = "what every log-in reads"
BOOT = "what the machine boots with"

_NEEDED_PACKAGES = ("openssh-server", "sudo", "python3", "python3-minimal", "python3-apt")
_ACCOUNT_FILES = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow")
"""Saved as a whole only when a change names them: else the undo puts back our own lines, and those of others stay."""

_NEEDED_PLACES = ("/etc/ssh", "/etc/sudoers", "/etc/sudoers.d", *_ACCOUNT_FILES)

_UNIT_FOLDERS = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
_SSH_UNITS = ("ssh.service", "ssh.socket", "ssh@.service", "sshd.service", "sshd.socket", "sshd@.service")

PLACES: Mapping[str, str] = {
    "/etc/ssh": SSH,
    "/etc/default/ssh": SSH,
    **{f"{folder}/{unit}{tail}": SSH for folder in _UNIT_FOLDERS for unit in _SSH_UNITS for tail in ("", ".d")},
    "/etc/systemd/system/service.d": SSH,
    "/etc/systemd/system/socket.d": SSH,
    "/etc/hosts.allow": SSH,
    "/etc/hosts.deny": SSH,
    "/etc/sudoers": SUDO,
    "/etc/sudoers.d": SUDO,
    "/etc/sudo.conf": SUDO,
    "/etc/bash.bashrc": LOG_IN,
    "/etc/zsh": LOG_IN,
    "/etc/profile": LOG_IN,
    "/etc/profile.d": LOG_IN,
    "/etc/environment": LOG_IN,
    "/etc/login.defs": LOG_IN,
    "/etc/ld.so.preload": LOG_IN,
    "/etc/ld.so.conf": LOG_IN,
    "/etc/ld.so.conf.d": LOG_IN,
    "/etc/fstab": BOOT,
    "/etc/systemd/system/default.target": BOOT,
    "/etc/nologin": ACCOUNT,
    "/etc/pam.d": ACCOUNT,
    "/etc/security": ACCOUNT,
    "/etc/nsswitch.conf": ACCOUNT,
    "/etc/shells": ACCOUNT,
    "/etc/nftables.conf": FIREWALL,
    "/etc/nftables.d": FIREWALL,
    "/etc/iptables": FIREWALL,
    "/etc/ufw": FIREWALL,
    "/etc/default/ufw": FIREWALL,
    "/etc/firewalld": FIREWALL,
    "/etc/network": NETWORK,
    "/etc/netplan": NETWORK,
    "/etc/NetworkManager": NETWORK,
    "/etc/systemd/network": NETWORK,
}
"""Files and folders, with all that is below them, and what of our way in they are: all of it is saved.

Not among them is what only starts something at a time (cron): it does not cut us off by itself.
"""

_PACKAGES: Mapping[str, str] = {
    "openssh-server": SSH,
    "sudo": SUDO,
    "nftables": FIREWALL,
    "iptables-persistent": FIREWALL,
    "ufw": FIREWALL,
    "firewalld": FIREWALL,
}

_EFFECT_AT_ONCE = ("/etc/nftables.conf", "/etc/nftables.d")
"""What a firewall's service takes in when it is told to; every other firewall, and the network, when it starts."""


def removals_of_way_in(resources: Sequence[Resource], login: str) -> list[Problem]:
    """A problem for each resource that removes the account `login`, or what it comes in by."""
    keys = {f"users/{login}", "groups/sudo", *(f"software/{package}" for package in _NEEDED_PACKAGES)}
    return [
        Problem(
            resource.source,
            "removes-way-in",
            f"{resource.key} is how deskprov comes in to this machine, and would be removed",
            "take this entry out of the profile, or log in with another account",
        )
        for resource in resources
        if resource.absent and (resource.key in keys or _is_way_home(resource.name, login) or _is_needed(resource.name))
    ]


def touched(change: Change, login: str) -> str:
    """What of our own way in a change touches, in words for a sentence; empty when it cannot cut us off."""
    resource = change.resource
    if resource.key in (f"users/{login}", f"groups/{login}", "groups/sudo"):
        return ACCOUNT
    if resource.type == "software":
        return _PACKAGES.get(resource.name, "")
    places = {**PLACES, **dict.fromkeys(_ACCOUNT_FILES, ACCOUNT), home_of(login): ACCOUNT}
    return next((words for place, words in places.items() if _overlap(resource.name, place)), "")


def tried_by_reboot(change: Change, login: str) -> Reboot:
    """A guard is worth something only while the change has its effect: settings of the network have theirs, and can
    be tried, only by a reboot.
    """
    words = touched(change, login)
    at_once = any(_is_at_or_below(change.resource.name, place) for place in _EFFECT_AT_ONCE)
    needed = words == NETWORK or (words == FIREWALL and not at_once and change.resource.type != "software")
    return Reboot.YES if needed else Reboot.NO


def home_of(login: str) -> str:
    """Where an account's home is unless it was moved."""
    return "/root" if login == "root" else f"/home/{login}"


def _is_needed(name: str) -> bool:
    return any(_is_at_or_below(name, place) for place in _NEEDED_PLACES)


def _is_way_home(name: str, login: str) -> bool:
    home = home_of(login)
    return name in (home, f"{home}/.ssh", f"{home}/.ssh/authorized_keys")


def _overlap(name: str, place: str) -> bool:
    return _is_at_or_below(name, place) or (name.startswith("/") and place.startswith(f"{name.rstrip('/')}/"))


def _is_at_or_below(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}/")
