"""Writes the generated pages of docs/, or with --check says which are not what they should be."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deskprov.cli.exit_status import MEANING
from deskprov.cli.whole import app
from deskprov.documents.proof_page import proof_page
from deskprov.documents.resource_page import resource_page
from deskprov.resources import TYPES
from deskprov.resources import cases as cases_of
from deskprov.resources import texts as texts_of

DOCS = Path(__file__).parent.parent / "docs"
TABLE_BEGINS, TABLE_ENDS = "<!-- Made by `make docs` from deskprov/cli/exit_status.py. -->\n", "<!-- Until here. -->"


def pages() -> Iterator[tuple[str, str]]:
    """Every generated page: its path below docs/ and its text."""
    all_cases = {resource_type.NAME: cases_of(resource_type) for resource_type in TYPES}
    for resource_type in TYPES:
        page = resource_page(resource_type, all_cases[resource_type.NAME], texts_of(resource_type)["en"])
        yield f"resources/{resource_type.NAME}.md", page
    yield "proof.md", proof_page(all_cases)
    yield "cli.md", command_line()
    yield "concepts.md", concepts()


def command_line() -> str:
    """The page of all commands, as Typer writes it."""
    typer = Path(sys.executable).with_name("typer")
    command = [str(typer), "deskprov.cli.whole", "utils", "docs", "--name", "deskprov", "--title", "Commands"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={"COLUMNS": "100", "TERM": "dumb"})
    page = done.stdout.replace(str(app.info.epilog), f"**Exit status**:\n\n{statuses()}")
    return "<!-- Made by `make docs` from deskprov/cli; edit there. -->\n" + page.strip() + "\n"


def concepts() -> str:
    """The page of concepts, with its table of exit statuses as it is now."""
    before, begins, rest = (DOCS / "concepts.md").read_text("utf-8").partition(TABLE_BEGINS)
    _, ends, after = rest.partition(TABLE_ENDS)
    return f"{before}{begins}\n{statuses()}\n{ends}{after}"


def statuses() -> str:
    """Every exit status with its meaning, as a table."""
    rows = "".join(f"| {status} | {words} |\n" for status, words in MEANING.items())
    return f"| exit | means |\n|---|---|\n{rows}"


def main() -> int:
    stale = []
    made = dict(pages())
    for path, text in made.items():
        file = DOCS / path
        if not file.exists() or file.read_text("utf-8") != text:
            stale.append(path)
            if "--check" not in sys.argv:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
    stray = [str(p.relative_to(DOCS)) for p in DOCS.glob("resources/*.md") if str(p.relative_to(DOCS)) not in made]
    if "--check" in sys.argv and (stale or stray):
        print("Not what `make docs` writes:", *stale, *stray, file=sys.stderr)
        return 1
    for path in stray:
        (DOCS / path).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
