"""Problems in files as people read them, with the line they are on, and as programs do."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.model.problem import Problem, Severity, has_errors
from deskprov.presenters.safe_text import safe

LONGEST_LINE = 160
STYLES = {Severity.ERROR: ("✗", "bold red"), Severity.WARNING: ("!", "yellow")}


def problems_view(problems: Sequence[Problem], texts: Mapping[str, str]) -> RenderableType:
    """Each problem with place, words and hint, and with its line and a caret below it where `texts` has the file."""
    lines = {file: text.split("\n") for file, text in texts.items()}
    return Group(*(_view(problem, lines.get(problem.source.file, [])) for problem in problems))


def validation_summary(problems: Sequence[Problem], files: Sequence[str]) -> Text:
    """The last line: how much was looked at, how much is wrong."""
    looked = _count(len(files), "file")
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = len(problems) - errors
    also = f", {_count(warnings, 'warning')}" if warnings else ""
    if errors:
        return Text(f"✗ {_count(errors, 'problem')} in {looked}{also}.", "bold red")
    return Text(f"✓ {looked} in order{also}.", "green")


def validation_json(problems: Sequence[Problem], files: Sequence[str]) -> dict[str, Any]:
    """The stable form for programs (DESIGN section 6)."""
    return {
        "ok": not has_errors(problems),
        "files": list(files),
        "problems": [
            {
                "severity": problem.severity.value,
                "file": problem.source.file,
                "line": problem.source.line,
                "column": problem.source.column,
                "path": problem.path,
                "rule": problem.rule,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in problems
        ],
    }


def problem_lines(problems: Sequence[Problem]) -> list[str]:
    """One line per problem, as compilers write them: `file:line:column: message; hint`."""
    return [safe(str(problem)) for problem in problems]


def _view(problem: Problem, lines: Sequence[str]) -> RenderableType:
    symbol, style = STYLES[problem.severity]
    text = Text(f"{symbol} ", style).append(safe(problem.place), "bold not red").append(": ", "dim")
    text.append(safe(problem.message), style)
    if problem.hint:
        text.append("\n    ").append(safe(problem.hint), "cyan")
    if 0 < problem.source.line <= len(lines):
        text.append(_excerpt(lines[problem.source.line - 1], problem))
    return text


def _excerpt(line: str, problem: Problem) -> Text:
    line = line.rstrip("\r")
    before = safe(line[: problem.source.column - 1].replace("\t", " "))
    shown = safe(line.replace("\t", " "))
    if len(shown) > LONGEST_LINE:
        return Text("")
    number = str(problem.source.line)
    text = Text(f"\n    {number} │ ", "dim").append(shown, "not dim")
    text.append(f"\n    {' ' * len(number)} │ ", "dim")
    return text.append(" " * cell_len(before) + "^", STYLES[problem.severity][1])


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' if number != 1 else ''}"
