"""A table whose cells are never cut or broken: where there is no room, the columns that matter least are left out."""

from collections.abc import Sequence

from msgspec import Struct
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from deskprov.presenters.columns import GAP, columns


class Roomy(Struct, frozen=True):
    """Rows below a heading; columns of `least_first` go in that order, and a line says which."""

    heading: Sequence[str]
    rows: Sequence[Sequence[Text]]
    least_first: Sequence[str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = [[Text(word, "bold") for word in self.heading], *self.rows]
        widths = [max(cell_len(row[number].plain) for row in table) for number in range(len(self.heading))]
        shown = list(range(len(self.heading)))
        left_out = []
        for name in () if options.no_wrap else self.least_first:
            if sum(widths[number] + GAP for number in shown) - GAP <= options.max_width:
                break
            shown.remove(self.heading.index(name))
            left_out.append(name)
        yield columns([[row[number] for number in shown] for row in table])
        if left_out:
            yield Text(f"No room here for: {', '.join(left_out)}.", "dim")
