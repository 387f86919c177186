"""What would take away deskprov's own way in to a machine: such a plan is refused before anything is asked."""

from collections.abc import Sequence

from deskprov.model.problem import Problem
from deskprov.model.resource import Resource

_PACKAGES = ("openssh-server", "sudo", "python3", "python3-minimal", "python3-apt")
_PLACES = ("/etc/ssh", "/etc/sudoers", "/etc/sudoers.d")


def removals_of_way_in(resources: Sequence[Resource], login: str) -> list[Problem]:
    """A problem for each resource that removes the account `login`, or what it comes in by."""
    keys = {f"users/{login}", "groups/sudo", *(f"software/{package}" for package in _PACKAGES)}
    return [
        Problem(
            resource.source,
            "removes-way-in",
            f"{resource.key} is how deskprov comes in to this machine, and would be removed",
            "take this entry out of the profile, or log in with another account",
        )
        for resource in resources
        if resource.absent and (resource.key in keys or _is_below(resource.name))
    ]


def _is_below(path: str) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in _PLACES)
