"""Two machines get the same changes, one by native tasks and one packed, and are compared."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from deskprov import open_site
from deskprov.formats.cases import Spec
from deskprov.model.plan import Action, Change, Difference
from deskprov.model.platform import Platform
from deskprov.model.playbook import Halt, PlaybookJob, TaskEvent
from deskprov.model.result import ResourceResult
from deskprov.model.task import ResourceTasks
from deskprov.resources import BY_NAME, cases, on_platform
from deskprov.stages.execute import results, unpacked
from deskprov.stages.plan import ordered
from deskprov.stages.render import entries, packed, run_playbook
from tests.resources.test_cases import resource


class Twins:
    """The machines `native` and `packed` of a site; `seen` tells all that is there on one of them."""

    def __init__(self, root: Path, platform: Platform, native: str, packed: str, seen: Callable[[str], Any]) -> None:
        self.native, self.packed = native, packed
        self.root = root
        self._platform = platform
        self._seen = seen

    def both(self, changes: Sequence[Change], *, packs: int = 1) -> list[ResourceResult]:
        """What became of each change; both machines say the same, and look the same. All of it is in `packs`."""
        alone = self.made(changes)
        together = packed(alone)
        assert 0 not in {entry.pack for entry in together}
        assert len({entry.pack for entry in together}) == packs
        said: dict[str, list[ResourceResult]] = {}

        def work(name: str, made: Sequence[ResourceTasks]) -> None:
            said[name] = self.run(name, made)

        forms = ((self.native, alone), (self.packed, together))
        threads = [threading.Thread(target=work, args=form) for form in forms]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert said[self.packed] == said[self.native]
        assert self._seen(self.packed) == self._seen(self.native)
        return said[self.packed]

    def again(self, changes: Sequence[Change]) -> list[ResourceResult]:
        """What becomes of the changes on the packed machine alone, of which nothing is new to it."""
        before = self._seen(self.packed)
        said = self.run(self.packed, packed(self.made(changes)))
        assert self._seen(self.packed) == before
        return said

    def made(self, changes: Sequence[Change]) -> list[ResourceTasks]:
        """The entries of a playbook, none packed."""
        return entries(ordered(changes), self.tasks)

    def tasks(self, change: Change) -> Any:
        """The native tasks of a change."""
        return on_platform(BY_NAME[change.resource.type], self._platform).tasks(change)

    def run(self, name: str, made: Sequence[ResourceTasks]) -> list[ResourceResult]:
        """What becomes of the entries on a machine."""
        site = open_site(str(self.root))
        host = site.inventory.read().hosts[name]
        events: list[TaskEvent] = []
        become = self._platform is Platform.LINUX
        playbook = run_playbook(name, made, become=become, step_seconds=60, platform=self._platform)
        with site.locks.hold(name, "test", host.known_host) as lock:
            outcome = site.runner.run(
                PlaybookJob(host, playbook.text),
                lock,
                lambda event: events.extend(unpacked(made, event)),
                lambda: Halt.NO,
            )
        return results(made, events, outcome, self._platform)

    def of_cases(self, types: Sequence[str], wanted: Callable[[Change], bool], *actions: Action) -> list[Change]:
        """From the cases of types, one change for each thing: those that can be packed and that are wanted."""
        found: dict[str, Change] = {}
        for kind in types:
            known = cases(BY_NAME[kind])
            made = [
                self.change(kind, example.spec, Action.ENSURE)
                for example in known.examples
                if example.platform in (None, self._platform)
            ]
            made += [
                self.change(kind, case.spec, case.action, case.differs)
                for case in known.tasks
                if case.action in actions and case.platform is self._platform
            ]
            for each in made:
                if wanted(each) and all(task.item for task in self.tasks(each)):
                    found[each.resource.key] = each
        return list(found.values())

    def change(
        self, kind: str, spec: Spec, action: Action, differs: Mapping[str, tuple[Any, Any]] | None = None
    ) -> Change:
        """A change of what a profile states so; `differs` is what an update changes, [before, after] by option."""
        made = resource(BY_NAME[kind], spec, self._platform)
        made = replace(made, needs=BY_NAME[kind].needs(made.options))
        differences = [Difference(name, before, after, None) for name, (before, after) in (differs or {}).items()]
        return Change(made, Action.DELETE if made.absent else action, differences)
