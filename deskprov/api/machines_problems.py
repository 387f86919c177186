"""What is wrong with profiles on the machines asked for: with a profile by itself, or on some machines only.

What is of some machines only is told with their names, and once for all of them.
"""

from collections.abc import Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from deskprov.api.profiles import ProfileFiles
from deskprov.model.inventory import Host
from deskprov.model.problem import InvalidInput, Problem

HOST = "HOST"
"""What a hint has in place of a machine's name."""


class Findings(Struct, frozen=True, dict=True):
    """The problems `found` on machines; `good` are those that have none. `profile` is the one asked for, if any."""

    files: ProfileFiles
    found: Sequence[tuple[Host, Sequence[Problem]]]
    good: Sequence[Host]
    profile: str | None

    def told(self) -> list[Problem]:
        """Each once, with the names of its machines; what a profile has by itself, on every machine, without."""
        return [self._told(problem, hosts) for problem, hosts in self._machines.items()]

    def of_profiles(self) -> bool:
        """True when one of them is a mistake in a profile, whatever the values of a machine."""
        return any(self._is_of_profile(problem, hosts) for problem, hosts in self._machines.items())

    def of_machines(self) -> list[tuple[Host, list[Problem]]]:
        """The machines with theirs, as they are told of each alone."""
        return [(host, [_for(host.name, problem) for problem in problems]) for host, problems in self.found]

    def _told(self, problem: Problem, hosts: Sequence[Host]) -> Problem:
        if self._is_of_profile(problem, hosts) or problem.source in {host.source for host in hosts}:
            return problem
        names = ", ".join(host.name for host in hosts)
        named = replace(problem, message=f"{names}: {problem.message}")
        return _for(hosts[0].name, named) if len(hosts) == 1 else named

    def _is_of_profile(self, problem: Problem, hosts: Sequence[Host]) -> bool:
        name = self._stated[hosts[0].name]
        all_have_it = list(self._stated.values()).count(name) == sum(self._stated[host.name] == name for host in hosts)
        return all_have_it and problem in self._own[name]

    @cached_property
    def _machines(self) -> dict[Problem, list[Host]]:
        machines: dict[Problem, list[Host]] = {}
        for host, problems in self.found:
            for problem in problems:
                machines.setdefault(problem, []).append(host)
        return machines

    @cached_property
    def _stated(self) -> dict[str, str]:
        return {host.name: self.profile or host.profile for host in (*self.good, *(host for host, _ in self.found))}

    @cached_property
    def _own(self) -> dict[str, Sequence[Problem]]:
        """By profile, what it has by itself."""
        names = dict.fromkeys(self._stated[host.name] for host, _ in self.found)
        return {name: _of_profile(self.files, name) for name in names}


def _of_profile(files: ProfileFiles, name: str) -> Sequence[Problem]:
    if name not in files:
        return ()
    try:
        files.alone(name)
    except InvalidInput as error:
        return error.problems
    return ()


def _for(host: str, problem: Problem) -> Problem:
    return replace(problem, hint=problem.hint.replace(HOST, host))
