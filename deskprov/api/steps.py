"""Turns Ansible's events into steps: a step has ended when the next begins, or the run does.

Resources that one run of a module makes are steps that begin and end together.
"""

from collections.abc import Mapping, Sequence

from deskprov.api.messages import Post, Said, Stepped
from deskprov.model.plan import Owned
from deskprov.model.platform import Platform
from deskprov.model.playbook import PlaybookOutcome, RunEnd, TaskEvent
from deskprov.model.task import ResourceTasks
from deskprov.stages.execute import results, step_of, unpacked


class Steps:
    """The steps of one playbook, which are those after `before` of `total` on the machine."""

    def __init__(
        self,
        host: str,
        entries: Sequence[ResourceTasks],
        created: Mapping[str, Owned],
        post: Post,
        *,
        platform: Platform,
        before: int,
        total: int,
    ) -> None:
        self.events: list[TaskEvent] = []
        self._host = host
        self._entries = {entry.number: entry for entry in entries}
        self._created = created
        self._post = post
        self._platform = platform
        self._before = before
        self._total = total
        self._at_work: dict[int, list[TaskEvent]] = {}

    def take(self, event: TaskEvent) -> None:
        """Ansible said this."""
        self._post(Said(self._host, event))
        for each in unpacked(list(self._entries.values()), event):
            self.events.append(each)
            number = step_of(each.task)
            if number in self._entries:
                self._take(self._entries[number], each)

    def close(self) -> None:
        """The playbook has ended."""
        at_work = [self._entries[number] for number in self._at_work]
        seen = [event for events in self._at_work.values() for event in events]
        ended = results(at_work, seen, _ENDED, self._platform)
        for result, entry in zip(ended, at_work, strict=True):
            number = self._before + entry.number
            created = self._created.get(result.resource)
            self._post(
                Stepped(self._host, result.resource, number, self._total, result.status, result.message, created)
            )
        self._at_work = {}

    def _take(self, entry: ResourceTasks, event: TaskEvent) -> None:
        if entry.number not in self._at_work:
            if not any(entry.pack and entry.pack == self._entries[number].pack for number in self._at_work):
                self.close()
            self._at_work[entry.number] = []
            self._post(Stepped(self._host, entry.resource, self._before + entry.number, self._total))
        self._at_work[entry.number].append(event)


_ENDED = PlaybookOutcome(RunEnd.CANCELLED, None)
