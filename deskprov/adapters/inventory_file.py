"""The inventory of a site on disk: inventory_hosts/*.yml, the pinned keys beside it, and the practice machines."""

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from deskprov.adapters.rewriting import rewrite
from deskprov.errors import NoHostMatched, WrongUsage
from deskprov.formats import inventory, inventory_edit, known_hosts, strict_yaml
from deskprov.formats.file_refusals import unreadable
from deskprov.formats.inventory_vars import vars_of_host
from deskprov.formats.near_miss import near_misses
from deskprov.model.inventory import Host, Inventory
from deskprov.model.problem import InvalidInput, Problem, Severity, has_errors
from deskprov.model.source import Document, Source

FOLDER = "inventory_hosts"
MAIN = "hosts.yml"
BATCH = "batch.yml"
BATCH_GROUP = "batch"
PRACTICE = ".deskprov/practice/hosts.yml"
PRACTICE_GROUP = "practice"

OVERLOOKED = (".txt", ".md", ".rst", ".orig", ".bak", "~", ".swp", ".cfg", ".retry", ".rpm", ".pyc", ".pyo")
"""Files that Ansible does not take for inventory: INVENTORY_IGNORE_EXTS of ansible-core; names with a leading dot."""


class SiteInventory:
    """The machines of the site whose folder is `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / FOLDER

    def read(self) -> Inventory:
        """All machines with their pinned keys, practice machines too. Raises `InvalidInput` with every problem."""
        found, problems = self._read()
        if has_errors(problems):
            raise InvalidInput(problems)
        return found

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the inventory and the pinned keys, warnings too."""
        return self._read()[1]

    def add(self, host: Host, group: str | None) -> None:
        """Adds a machine to a group, which is made if there is none; without one it goes below `all`.

        What of the host has its default is not written, so that its groups may state it. Raises `WrongUsage` when the
        name is taken, a value is no good or the file has to be edited by hand, `InvalidInput`, `SiteNotWritable`.
        """
        self._refuse_taken(host.name)
        path, way = self._place(group)

        def edit(text: str) -> str:
            self._refuse_taken(host.name)  # once more, now that nobody else can add it
            try:
                new = inventory_edit.add(text, way, host.name, vars_of_host(host))
            except inventory_edit.CannotEdit as error:
                raise self._by_hand(path, error, f"add {host.name} there by hand") from error
            self._refuse_bad(path, new)
            return new

        rewrite(path, edit)

    def retire(self, host_name: str) -> None:
        """Takes a machine out of every group of every file; its record stays.

        Raises `NoHostMatched`; `WrongUsage` for a practice machine and when a file has to be edited by hand;
        `InvalidInput`; `SiteNotWritable`.
        """
        host = self._known(host_name)
        if host.practice:
            raise WrongUsage(f"{host_name} is a practice machine.", hint=f"deskprov practice stop {host_name}")
        edits = {path: partial(self._without, path, host_name) for path in self._files()}
        texts = {path: path.read_text("utf-8") for path in edits}
        kept, _ = inventory.read([self._document(path, edits[path](text)) for path, text in texts.items()])
        if host_name in kept.hosts:
            raise WrongUsage(
                f"{host_name} is part of a range in {kept.hosts[host_name].source}.",
                hint="Write the machines of the range out one by one, then retire it.",
            )
        for path, edit in edits.items():
            rewrite(path, edit)

    def set_batch(self, host_names: Sequence[str]) -> None:
        """Makes these the group `batch`, in a file of its own. Raises `SiteNotWritable`."""
        heading = "Written by deskprov enroll: the machines of the newest folder of enrolments. deskprov setup @batch"
        text = inventory_edit.whole({name: {} for name in host_names}, heading, BATCH_GROUP)
        rewrite(self._folder / BATCH, lambda _: text)

    def practice(self) -> Sequence[Host]:
        """The practice machines as last stated; none when that file cannot be read. It is ours, and written anew."""
        return list(self._practice()[0].values())

    def write_practice(self, hosts: Sequence[Host]) -> None:
        """States which practice machines there are now, with their keys; kept out of git. Raises `SiteNotWritable`."""
        pins = "".join(f"{host.name} {host.known_host}\n" for host in hosts)
        heading = "Written by deskprov: the practice machines that run now."
        text = inventory_edit.whole({host.name: vars_of_host(host) for host in hosts}, heading)
        rewrite(self._root / known_hosts.PRACTICE_FILE, lambda _: pins)
        rewrite(self._root / PRACTICE, lambda _: text)

    def _read(self) -> tuple[Inventory, list[Problem]]:
        try:
            return self._read_all()
        except OSError as error:  # a folder that cannot be listed: nothing is known of what is in it
            place = Path(error.filename or self._folder)
            return Inventory({}, {}), [unreadable(self._name(place), error)]

    def _read_all(self) -> tuple[Inventory, list[Problem]]:
        documents, problems = [], list(self._misplaced())
        for path in self._files():
            document, found = self._read_file(path)
            problems += found
            documents += [document] if document else []
        site, found = inventory.read(documents)
        problems += found
        pins, found = self._pins(known_hosts.FILE)
        problems += found
        practice, found = self._practice()
        problems += found
        hosts = {name: replace(host, known_host=pins.get(name, "")) for name, host in site.hosts.items()}
        for name in hosts.keys() & practice.keys():
            message = f"{name} is also the name of a practice machine"
            problems.append(Problem(hosts[name].source, "inventory-name", message, f"deskprov practice stop {name}"))
        groups = dict(site.groups)
        for group in (inventory.ALL, PRACTICE_GROUP) if practice else ():
            groups[group] = [*groups.get(group, ()), *practice]
        return Inventory({**hosts, **practice}, groups), problems

    def _practice(self) -> tuple[Mapping[str, Host], list[Problem]]:
        """Practice machines stand alone: nothing that the site says of its own machines is for them."""
        path = self._root / PRACTICE
        if not path.exists():
            return {}, []
        document, problems = self._read_file(path)
        found, more = inventory.read([document] if document else [])
        pins, wrong = self._pins(known_hosts.PRACTICE_FILE)
        groups = frozenset({PRACTICE_GROUP})
        hosts = {
            name: replace(host, known_host=pins.get(name, ""), practice=True, groups=groups)
            for name, host in found.hosts.items()
        }
        return hosts, [*problems, *more, *wrong]

    def _read_file(self, path: Path) -> tuple[Document | None, list[Problem]]:
        try:
            content = path.read_bytes()
        except OSError as error:
            return None, [unreadable(self._name(path), error)]
        return strict_yaml.read_bytes(content, self._name(path))

    def _pins(self, file: str) -> tuple[Mapping[str, str], list[Problem]]:
        try:
            text = (self._root / file).read_text("utf-8", "replace")
        except FileNotFoundError:
            return {}, []
        except OSError as error:
            return {}, [unreadable(file, error)]
        pins, problems = known_hosts.read(text, file)
        return pins.keys, problems

    def _files(self) -> list[Path]:
        """The files of the inventory, in Ansible's order."""
        if not self._folder.is_dir():
            return []
        return [path for path in sorted(self._folder.iterdir()) if _is_inventory(path) and not path.is_dir()]

    def _misplaced(self) -> list[Problem]:
        """What Ansible would read in the inventory's folder, and deskprov does not."""
        problems = []
        for path in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            message, hint = _misplacement(path)
            if message:
                problems.append(Problem(Source(self._name(path), 1), "inventory-file", message, hint))
        return problems

    def _place(self, group: str | None) -> tuple[Path, Sequence[str]]:
        """The file to add a machine to, and the way to the `hosts` of its group there."""
        group = None if group == inventory.ALL else group
        files = {path: self._document(path, path.read_text("utf-8")).data or {} for path in self._files()}
        ways = [(path, way) for path, data in files.items() for way in _ways(data, group or inventory.ALL)]
        for path, way in ways:
            if _at(files[path], [*way, "hosts"]) is not None:
                return path, [*way, "hosts"]
        if ways:
            return ways[0][0], [*ways[0][1], "hosts"]
        main = next((path for path, data in files.items() if inventory.ALL in data), self._folder / MAIN)
        return main, [inventory.ALL, "hosts"] if group is None else [inventory.ALL, "children", group, "hosts"]

    def _document(self, path: Path, text: str) -> Document:
        """Raises `InvalidInput`."""
        document, problems = strict_yaml.read(text, self._name(path))
        if document is None or has_errors(problems):
            raise InvalidInput(problems)
        return document

    def _without(self, path: Path, host_name: str, text: str) -> str:
        try:
            return inventory_edit.remove(text, host_name)
        except inventory_edit.CannotEdit as error:
            raise self._by_hand(path, error, f"take {host_name} out there by hand") from error

    def _by_hand(self, path: Path, error: Exception, action: str) -> WrongUsage:
        return WrongUsage(f"deskprov cannot edit {self._name(path)}: {error}.", hint=f"Please {action}.")

    def _refuse_taken(self, host_name: str) -> None:
        if taken := self.read().hosts.get(host_name):
            where = "among the practice machines" if taken.practice else f"in {taken.source}"
            raise WrongUsage(f"{host_name} is in the inventory already, {where}.", hint="Choose another name.")

    def _refuse_bad(self, path: Path, text: str) -> None:
        """What is wrong with the new text is wrong with what was asked for, because the old one was good."""
        for problem in inventory.read([self._document(path, text)])[1]:
            if problem.severity is Severity.ERROR:
                raise WrongUsage(f"{problem.message}.", hint=problem.hint)

    def _known(self, host_name: str) -> Host:
        hosts = self.read().hosts
        if host_name not in hosts:
            close = near_misses(host_name, hosts)
            hint = f"Did you mean {' or '.join(close)}?" if close else "deskprov host list"
            raise NoHostMatched(f"There is no machine called {host_name} in the inventory.", hint=hint)
        return hosts[host_name]

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def _is_inventory(path: Path) -> bool:
    return path.suffix in (".yml", ".yaml") and not path.name.startswith(".")


def _misplacement(path: Path) -> tuple[str, str]:
    """What is wrong with this file or folder being here, and what to do; nothing for those that may be."""
    if path.name.startswith(".") or path.name.endswith(OVERLOOKED):
        return "", ""
    if path.is_dir():
        if path.name in ("group_vars", "host_vars"):
            hint = "state the variables in the inventory's files, under `vars:` of a group or below a host"
            return f"Ansible reads {path.name}/, deskprov does not", hint
        return f"Ansible reads {path.name}/ too, deskprov does not", f"move its files up into {FOLDER}/"
    if not _is_inventory(path):
        return "Ansible would read this file as inventory, deskprov does not", "write it as .yml, or move it elsewhere"
    if os.access(path, os.X_OK):
        return "the file may be executed, so that Ansible would run it", f"chmod -x {path.name}"
    return "", ""


def _ways(data: Mapping[str, Any], group: str, above: tuple[str, ...] = ()) -> list[list[str]]:
    """Every place where a file states this group."""
    found = []
    for name, value in data.items():
        way = (*above, name)
        if name == group:
            found.append(list(way))
        children = value.get("children") if isinstance(value, dict) else None
        found += _ways(children or {}, group, (*way, "children"))
    return found


def _at(data: Any, way: Sequence[str]) -> Any:
    for key in way:
        data = data.get(key) if isinstance(data, dict) else None
    return data
