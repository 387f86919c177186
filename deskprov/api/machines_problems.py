"""What is wrong with a profile on some machines only is told with their names, and once for all of them."""

from collections.abc import Sequence
from dataclasses import replace

from deskprov.api.profiles import ProfileFiles
from deskprov.model.inventory import Host
from deskprov.model.problem import InvalidInput, Problem

HOST = "HOST"
"""What a hint has in place of a machine's name."""


def with_machines(
    files: ProfileFiles, found: Sequence[tuple[Host, Sequence[Problem]]], good: Sequence[Host], profile: str | None
) -> list[Problem]:
    """The problems of machines, each once, with their names; `good` are machines that have none.

    What the profile has by itself, on every machine, is told without.
    """
    machines: dict[Problem, list[Host]] = {}
    for host, problems in found:
        for problem in problems:
            machines.setdefault(problem, []).append(host)
    stated = {host.name: profile or host.profile for host in (*good, *(host for host, _ in found))}
    own = {name: _of_profile(files, name) for name in dict.fromkeys(stated[host.name] for host, _ in found)}

    def told(problem: Problem, hosts: Sequence[Host]) -> Problem:
        name = stated[hosts[0].name]
        all_have_it = list(stated.values()).count(name) == sum(stated[host.name] == name for host in hosts)
        if (all_have_it and problem in own[name]) or problem.source in {host.source for host in hosts}:
            return problem
        return _named(problem, [host.name for host in hosts])

    return [told(problem, hosts) for problem, hosts in machines.items()]


def _of_profile(files: ProfileFiles, name: str) -> Sequence[Problem]:
    if name not in files:
        return ()
    try:
        files.alone(name)
    except InvalidInput as error:
        return error.problems
    return ()


def _named(problem: Problem, names: Sequence[str]) -> Problem:
    hint = problem.hint.replace(HOST, names[0]) if len(names) == 1 else problem.hint
    return replace(problem, message=f"{', '.join(names)}: {problem.message}", hint=hint)
