"""A profile is resolved once for all machines that give it the same answers."""

from collections.abc import Callable, Iterator, Mapping

from deskprov.stages.resolve import Resolution


class Resolved:
    """What became of each profile, by name, with what was asked of the last machine that it was resolved for."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Mapping[str, str | None], Resolution]] = {}

    def of(
        self, name: str, machine: Mapping[str, str], resolve: Callable[[Mapping[str, str]], Resolution]
    ) -> Resolution:
        """What `resolve` gives for the profile of this name and the values of this machine.

        It must depend on nothing else. One with problems is not kept: they tell all values that there are.
        """
        asked, resolution = self._last.get(name, ({}, None))
        if resolution and all(machine.get(each) == answer for each, answer in asked.items()):
            return resolution
        asking = _Asking(machine)
        found = resolve(asking)
        if found.profile is not None:
            self._last[name] = asking.asked, found
        return found


class _Asking(Mapping[str, str]):
    """The values of a machine, and what was asked of them; None for what there is not."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.asked: dict[str, str | None] = {}
        self._values = values

    def __getitem__(self, name: str) -> str:
        self.asked[name] = self._values.get(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
