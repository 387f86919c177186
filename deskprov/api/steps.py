"""Turns Ansible's events into steps: a step has ended when the next begins, or the run does."""

from collections.abc import Mapping, Sequence

from deskprov.api.messages import Post, Said, Stepped
from deskprov.model.plan import Owned
from deskprov.model.playbook import PlaybookOutcome, RunEnd, TaskEvent
from deskprov.model.task import ResourceTasks
from deskprov.stages.execute import results, step_of


class Steps:
    """The steps of one playbook, which are those after `before` of `total` on the machine."""

    def __init__(
        self,
        host: str,
        entries: Sequence[ResourceTasks],
        created: Mapping[str, Owned],
        post: Post,
        *,
        before: int,
        total: int,
    ) -> None:
        self.events: list[TaskEvent] = []
        self._host = host
        self._entries = {entry.number: entry for entry in entries}
        self._created = created
        self._post = post
        self._before = before
        self._total = total
        self._current: ResourceTasks | None = None
        self._seen: list[TaskEvent] = []

    def take(self, event: TaskEvent) -> None:
        """Ansible said this."""
        self.events.append(event)
        self._post(Said(self._host, event))
        number = step_of(event.task)
        entry = self._entries.get(number) if number is not None else None
        if entry is None:
            return
        if self._current is None or entry.number != self._current.number:
            self.close()
            self._current, self._seen = entry, []
            self._post(Stepped(self._host, entry.resource, self._before + entry.number, self._total))
        self._seen.append(event)

    def close(self) -> None:
        """The playbook has ended."""
        if self._current is None:
            return
        ended = PlaybookOutcome(RunEnd.CANCELLED, None)
        [result] = results([self._current], self._seen, ended)
        number = self._before + self._current.number
        created = self._created.get(result.resource)
        self._post(Stepped(self._host, result.resource, number, self._total, result.status, result.message, created))
        self._current = None
