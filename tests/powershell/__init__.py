"""PowerShell of this package that is really run, by `psengine` from PATH: the engine of PowerShell 7.6 for Linux.

It is not `pwsh`, which on Linux has no registry and takes no language mode from outside. What only Windows has is stood
in for by the functions in `stubs/`, which answer from data of a test. A test here proves a script's own logic,
syntax and behaviour in a language mode; it does not prove that Windows answers so.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deskprov.model.facts import Answer
from deskprov.model.probe import Probe
from deskprov.stages.probe import compile_program, parse_answers

HERE = Path(__file__).parent
PACKAGE = HERE.parent.parent / "deskprov"
NONCE = "00112233445566778899aabbccddeeff"

FULL, CONSTRAINED = "FullLanguage", "ConstrainedLanguage"


def scripts() -> list[Path]:
    """Every PowerShell file of the package."""
    return sorted(PACKAGE.rglob("*.ps1"))


def engine() -> str:
    """The program that runs PowerShell here. Fails, and never skips: what nobody ran is not proved."""
    found = shutil.which("psengine")
    assert found, "PowerShell is really run in these tests: put `psengine` on PATH (CONTRIBUTING.md)"
    return found


def lint(*files: Path) -> list[dict[str, Any]]:
    """What the engine's own parser says of each file."""
    done = subprocess.run([engine(), "--lint", *map(str, files)], capture_output=True, text=True, timeout=60)
    facts: list[dict[str, Any]] = json.loads(done.stdout)
    return facts


def run(folder: Path, script: str, *, mode: str = FULL, registry: Mapping[str, Any] | None = None) -> bytes:
    """What a script says; its own exit status must be 0. `registry` is that of the engine, as its README has it.

    The folder `Windows` of `folder`, which may hold files, is where Windows is (`SystemRoot`); `Temp` is that for what
    is needed for a moment.
    """
    (folder / "Temp").mkdir(exist_ok=True)
    path = folder / "script.ps1"
    path.write_text(script, "ascii")
    kept = folder / "registry.json"
    kept.write_text(json.dumps(registry or {}), "utf-8")
    surroundings = {
        **os.environ,
        "COMPUTERNAME": "PC-1",
        "SystemDrive": "C:",
        "SystemRoot": str(folder / "Windows"),
        "ProgramData": str(folder / "ProgramData"),
        "TEMP": str(folder / "Temp"),
        "PSENGINE_REGISTRY": str(kept),
    }
    command = [engine(), "-NoProfile", "-NonInteractive", "-LanguageMode", mode, "-File", str(path)]
    done = subprocess.run(command, capture_output=True, env=surroundings, timeout=60)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode("utf-8", "replace")
    return done.stdout


def ask(
    folder: Path,
    probes: Sequence[Probe],
    windows: Mapping[str, Any],
    *,
    mode: str = CONSTRAINED,
    registry: Mapping[str, Any] | None = None,
) -> list[Answer]:
    """The answers of the program that a machine gets, read as they are from a machine.

    `windows` is what the stand-ins answer, by the name of the class or command; `{"raises": text}` is a refusal.
    """
    program = compile_program(probes, NONCE).decode("ascii")
    said = run(folder, with_stubs(program, windows), mode=mode, registry=registry)
    return parse_answers(said, probes, NONCE)


def with_stubs(program: str, windows: Mapping[str, Any]) -> str:
    """The program after the stand-ins and their data."""
    data = json.dumps(windows).replace("'", "\\u0027")
    stubs = "\n".join(path.read_text("ascii") for path in sorted((HERE / "stubs").glob("*.ps1")))
    return f"$StubData = ConvertFrom-Json -InputObject '{data}'\n{stubs}\n{program}"


def key(**parts: Any) -> dict[str, Any]:
    """A key of the engine's registry: `values` as {name: (kind, data)}, other names are keys below it."""
    values = {name: {"kind": kind, "data": data} for name, (kind, data) in parts.pop("values", {}).items()}
    return {"values": values, "keys": parts}
