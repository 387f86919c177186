"""Every PowerShell file of the package, as the engine's own parser sees it."""

from pathlib import Path
from typing import Any

import pytest

from deskprov.formats import strict_yaml
from deskprov.model.probe import script_beside
from tests.powershell import HERE, PACKAGE, lint, scripts

pytestmark = pytest.mark.powershell

COMMANDS = HERE / "commands.yml"

RUNS_WHAT_IT_GETS = {"stages/probe/on_machine.ps1", "adapters/powershell/bootstrap.ps1"}
"""The two that start other code of ours: nobody else may."""


@pytest.fixture(scope="module")
def facts() -> dict[str, dict[str, Any]]:
    """What the parser says, by the file's path in the package; one start for all."""
    said = lint(*scripts())
    assert said
    return {str(Path(fact["file"]).relative_to(PACKAGE)): fact for fact in said}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    document, problems = strict_yaml.read(COMMANDS.read_text("utf-8"), COMMANDS.name)
    assert document and not problems
    return dict(document.data)


def test_no_file_has_a_mistake_or_what_5_1_lacks(facts: dict[str, dict[str, Any]]) -> None:
    wrong = {name: [fact["errors"], fact["newer_than_5_1"]] for name, fact in facts.items()}
    assert {name: found for name, found in wrong.items() if any(found)} == {}


def test_files_are_ascii_because_5_1_reads_others_in_the_code_page(facts: dict[str, dict[str, Any]]) -> None:
    assert {name: fact["non_ascii_lines"] for name, fact in facts.items() if fact["non_ascii_lines"]} == {}
    assert all(path.read_bytes().isascii() for path in scripts())


def test_no_command_is_computed(facts: dict[str, dict[str, Any]]) -> None:
    computed = {name: [call["text"] for call in fact["computed_commands"]] for name, fact in facts.items()}
    assert {name: calls for name, calls in computed.items() if calls} == {}


def test_only_our_loaders_run_text_as_code(facts: dict[str, dict[str, Any]]) -> None:
    running = {name for name, fact in facts.items() for used in fact["commands"] if used["name"] == "Invoke-Expression"}
    assert running <= RUNS_WHAT_IT_GETS


def test_the_undo_takes_no_name_in_the_registry_for_a_pattern(facts: dict[str, dict[str, Any]]) -> None:
    """Commands for values take `*` and `[` in a name for wildcards (about_Wildcards); the engine here does not."""
    used = {command["name"] for command in facts["stages/undo/undo_windows.ps1"]["commands"]}
    assert [name for name in used if name.endswith("-ItemProperty")] == []


def test_only_known_commands_are_used_and_all_known_ones_are(
    facts: dict[str, dict[str, Any]], pages: dict[str, str]
) -> None:
    """By its whole name: an alias is another command on another machine. Each has its page for 5.1."""
    own = {function for fact in facts.values() for function in fact["functions"]}
    used = {command["name"] for fact in facts.values() for command in fact["commands"]} - own
    # what a loader calls stands in what it is given
    assert used - {"look"} == set(pages)
    assert {name: page for name, page in pages.items() if not is_page_of(name, page)} == {}


def is_page_of(name: str, page: str) -> bool:
    """Of PowerShell 5.1's own; of a module of Windows, whose pages go by Windows Server (2022 for what Windows 11 alone
    has); or of a program, which is called by its whole name, `.exe` too.
    """
    if name.endswith(".exe"):
        return page.startswith("https://learn.microsoft.com/windows-")
    views = ("?view=powershell-5.1", "?view=windowsserver2019-ps", "?view=windowsserver2022-ps")
    return page.startswith("https://learn.microsoft.com/powershell/module/") and page.endswith(views)


def whole(path: Path) -> str:
    """The script with the files that it includes."""
    package = ".".join(path.parent.relative_to(PACKAGE.parent).parts)
    return script_beside(package, path.name).text


def test_what_changes_a_machine_is_a_change_to_ansible_and_holds_to_check_mode() -> None:
    """Without the first line the module skips the script in check mode; `Changed` is true unless the script says no."""
    changing = [path for path in scripts() if path.name.startswith("change")]
    words = ("[CmdletBinding(SupportsShouldProcess)]", "$Ansible.CheckMode", "$Ansible.Changed = $false")
    missing = {path: [word for word in words if word not in whole(path)] for path in changing}
    assert {path: found for path, found in missing.items() if found} == {}


def test_the_parser_sees_what_is_wrong(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ps1"
    bad.write_text("if ($x {\n")
    odd = tmp_path / "odd.ps1"
    odd.write_text("$a = $b ?? 'n\u0303'\n& $a\nGet-Item x && gci y\n")
    facts = {Path(fact["file"]).name: fact for fact in lint(bad, odd)}
    assert facts["bad.ps1"]["errors"]
    assert len(facts["odd.ps1"]["newer_than_5_1"]) == 2
    assert facts["odd.ps1"]["non_ascii_lines"] == [1]
    assert [call["text"] for call in facts["odd.ps1"]["computed_commands"]] == ["& $a"]
    assert {command["name"] for command in facts["odd.ps1"]["commands"]} >= {"gci", "Get-Item"}
