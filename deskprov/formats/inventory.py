"""Reads a static Ansible inventory in YAML, with Ansible's own rules for who wins.

Structure and precedence: Ansible's user guide, "How to build your inventory", and ansible.builtin.yaml: a group has
`hosts`, `children` and `vars`; what a group says beats its parents, among groups of the same depth the last in the
alphabet wins, and what a host says beats all. Later files beat earlier ones.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from string import ascii_letters
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from deskprov.formats.inventory_vars import dotted, host_from_vars, near, read_vars
from deskprov.model.inventory import Host, Inventory
from deskprov.model.names import is_name, is_reserved
from deskprov.model.problem import Problem, Severity
from deskprov.model.source import Document, Source, ValuePath

ALL = "all"
UNGROUPED = "ungrouped"
PARTS = ("hosts", "children", "vars")
MOST_OF_A_RANGE = 5000

_RANGE = re.compile(r"\[([0-9]+|[A-Za-z]):([0-9]+|[A-Za-z])(?::([1-9][0-9]*))?\]")


class _Group(Struct):
    name: str
    source: Source
    vars: dict[str, Any] = field(default_factory=dict)
    hosts: dict[str, None] = field(default_factory=dict)
    children: dict[str, None] = field(default_factory=dict)


class _Machine(Struct):
    source: Source
    vars: dict[str, Any] = field(default_factory=dict)


def read(documents: Sequence[Document]) -> tuple[Inventory, list[Problem]]:
    """The inventory that the files state together, in this order, and all that is wrong with them.

    With errors among the problems the inventory is what could be read, and must not be used.
    """
    reader = _Reader()
    for document in documents:
        reader.take(document)
    return reader.inventory(), sorted(reader.problems, key=lambda problem: problem.source)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._groups = {name: _Group(name, Source("", 1)) for name in (ALL, UNGROUPED)}
        self._machines: dict[str, _Machine] = {}

    def take(self, document: Document) -> None:
        if document.data is None:
            return
        for name, value, path in self._entries(document, (), document.data, "groups, such as `all:`"):
            self._group(document, path, name, value)

    def _group(self, document: Document, path: ValuePath, name: str, value: Any) -> None:
        source = document.key_source(path)
        if not (is_name(name) or name in (ALL, UNGROUPED)):
            self._problem(source, "inventory-name", f"{name!r} cannot be a group's name", _NAMES, path)
            return
        group = self._groups.setdefault(name, _Group(name, source))
        for part, content, here in self._entries(document, path, value, "`hosts:`, `children:` and `vars:`"):
            match part:
                case "hosts":
                    self._hosts(document, here, group, content)
                case "children":
                    for child, below, there in self._entries(document, here, content, "groups"):
                        group.children[child] = None
                        self._group(document, there, child, below)
                case "vars":
                    group.vars |= self._vars(document, here, content)
                case _:
                    hint = near(part, list(PARTS)) or "a host stands below `hosts:`, a group below `children:`"
                    message = f"{part} has no place in a group"
                    self._problem(document.key_source(here), "unknown-key", message, hint, here)

    def _hosts(self, document: Document, path: ValuePath, group: _Group, value: Any) -> None:
        for pattern, variables, here in self._entries(document, path, value, "host names, each with a colon"):
            source = document.key_source(here)
            names = list(islice(expand(pattern), MOST_OF_A_RANGE + 1))
            if not 0 < len(names) <= MOST_OF_A_RANGE:
                said = "too many machines" if names else "no machine"
                self._problem(source, "inventory-name", f"{pattern} stands for {said}", _RANGES, here)
                continue
            if bad := [name for name in names if not is_name(name)]:
                said = "is reserved" if is_reserved(bad[0]) else "cannot be a machine's name"
                self._problem(source, "inventory-name", f"{bad[0]!r} {said}", _NAMES, here)
                continue
            stated = self._vars(document, here, variables)
            for name in names:
                group.hosts[name] = None
                self._machines.setdefault(name, _Machine(source)).vars |= stated

    def _vars(self, document: Document, path: ValuePath, value: Any) -> dict[str, Any]:
        entries = {name: content for name, content, _ in self._entries(document, path, value, "variables")}
        good, problems = read_vars(document, path, entries)
        self.problems += problems
        return good

    def _entries(
        self, document: Document, path: ValuePath, value: Any, expected: str
    ) -> Iterator[tuple[str, Any, ValuePath]]:
        if value is None:
            return
        if not isinstance(value, dict):
            message = f"{dotted(path) or 'the file'} must hold {expected}"
            self._problem(document.source(path), "inventory-shape", message, "", path)
            return
        for key, content in value.items():
            yield key, content, (*path, key)

    def _problem(self, source: Source, rule: str, message: str, hint: str, path: ValuePath) -> None:
        self.problems.append(Problem(source, rule, message, hint, dotted(path)))

    def inventory(self) -> Inventory:
        """All machines with what their groups say, once every file is taken."""
        self._adopt_orphans()
        parents = self._parents()
        depths = self._depths(parents)
        if len(depths) < len(self._groups):
            self.problems.append(self._circle(depths, parents))
            return Inventory({}, {})
        hosts = {name: self._host(name, machine, depths, parents) for name, machine in self._machines.items()}
        for name in set(hosts) & set(self._groups):
            message = f"{name} is the name of a machine and of a group"
            self.problems.append(
                Problem(hosts[name].source, "inventory-name", message, path=name, severity=Severity.WARNING)
            )
        members = {group: [name for name in hosts if group in hosts[name].groups] for group in self._groups}
        members[ALL] = list(hosts)
        members[UNGROUPED] = [name for name in hosts if not hosts[name].groups]
        return Inventory(hosts, members)

    def _adopt_orphans(self) -> None:
        below = {child for group in self._groups.values() for child in group.children}
        for name in self._groups:
            if name not in below and name != ALL:
                self._groups[ALL].children[name] = None
        for child in below - set(self._groups):
            self._groups[child] = _Group(child, Source("", 1))

    def _depths(self, parents: Mapping[str, set[str]]) -> Mapping[str, int]:
        """The longest way from `all` to each group, as Ansible counts it; groups in a circle have none."""
        waiting = {name: len(above) for name, above in parents.items()}
        depths = {name: 0 for name, count in waiting.items() if not count}
        ready = list(depths)
        for name in ready:
            for child in self._groups[name].children:
                waiting[child] -= 1
                if not waiting[child]:
                    depths[child] = 1 + max(depths[parent] for parent in parents[child])
                    ready.append(child)
        return depths

    def _circle(self, depths: Mapping[str, int], parents: Mapping[str, set[str]]) -> Problem:
        walked = [next(name for name in self._groups if name not in depths)]
        while walked.count(walked[-1]) == 1:
            walked.append(min(parents[walked[-1]] - set(depths)))
        ring = walked[walked.index(walked[-1]) :][::-1]
        message = f"groups in a circle: {' > '.join(ring)}"
        return Problem(self._groups[ring[0]].source, "inventory-loop", message, "take one of the steps out", ring[0])

    def _parents(self) -> Mapping[str, set[str]]:
        parents: dict[str, set[str]] = {name: set() for name in self._groups}
        for group in self._groups.values():
            for child in group.children:
                parents[child].add(group.name)
        return parents

    def _host(self, name: str, machine: _Machine, depths: Mapping[str, int], parents: Mapping[str, set[str]]) -> Host:
        stated = {group.name for group in self._groups.values() if name in group.hosts}
        groups = stated - {ALL, UNGROUPED} or {UNGROUPED}  # never both, whatever a file says
        waiting = list(groups)
        while waiting:
            above = parents[waiting.pop()] - groups
            groups |= above
            waiting += above
        variables: dict[str, Any] = {}
        for group in sorted({ALL, *groups}, key=lambda group: (depths[group], group)):
            variables |= self._groups[group].vars
        host = host_from_vars(name, variables | machine.vars)
        self._refuse_weak(host, machine.source)
        return replace(host, groups=frozenset(groups - {ALL, UNGROUPED}), source=machine.source)

    def _refuse_weak(self, host: Host, source: Source) -> None:
        weakness = host.connection.weakness
        if not weakness:
            return
        if host.connection.risk_taken:
            message = f"the way to {host.name} is weak: {weakness}"
            self.problems.append(Problem(source, "inventory-weak", message, path=host.name, severity=Severity.WARNING))
        else:
            hint = (
                "use NTLM over HTTPS, or Kerberos; or state for it that this is put up with: deskprov_risk_taken: true"
            )
            message = f"{host.name} is not asked: {weakness}"
            self.problems.append(Problem(source, "inventory-weak", message, hint, host.name))


_RANGES = "a range is written as pc-[01:30], both ends with as many digits"
_NAMES = "names have letters, digits, `.`, `_` and `-`, begin with a letter or digit, and are 63 characters at most"


def expand(pattern: str) -> Iterator[str]:
    """The names that a pattern such as `pc-[01:30]` stands for, as Ansible expands it; a plain name is itself.

    Both ends belong to the range, `[01:10]` keeps the zeros, `[1:9:2]` takes every second.
    """
    found = _RANGE.search(pattern)
    if not found:
        yield pattern
        return
    begin, end, step = found.group(1), found.group(2), int(found.group(3) or 1)
    for middle in _steps(begin, end, step):
        for rest in expand(pattern[found.end() :]):
            yield pattern[: found.start()] + middle + rest


def _steps(begin: str, end: str, step: int) -> Iterator[str]:
    padded = begin.startswith("0") and len(begin) > 1
    if begin.isdigit() and end.isdigit() and (len(begin) == len(end) or not padded):
        width = len(begin) if padded else 0
        for number in range(int(begin), int(end) + 1, step):
            yield str(number).zfill(width)
    elif begin in ascii_letters and end in ascii_letters:
        yield from ascii_letters[ascii_letters.index(begin) : ascii_letters.index(end) + 1 : step]
