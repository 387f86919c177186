"""Whoever types no verb, or asks for help, reads help: on lines of its own, where help belongs."""

import pytest

from deskprov.cli import exit_status
from deskprov.cli.families import FAMILIES, app_for, with_families
from deskprov.cli.main import run
from deskprov.cli.whole import app

GROUPS = [group.name for group in app.registered_groups]


def test_bare_deskprov_is_a_question_for_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "Usage: deskprov [OPTIONS] COMMAND" in told.out
    assert "\n  setup " in told.out
    assert "\\n" not in told.out


@pytest.mark.parametrize("family", GROUPS)
def test_a_family_without_a_verb_is_wrong_usage_with_its_help(family: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([family]) == 64
    told = capsys.readouterr()
    assert told.out == ""
    assert f"Usage: deskprov {family} [OPTIONS] COMMAND" in told.err
    assert "\nCommands:\n" in told.err
    assert "\\n" not in told.err


def test_the_families_are_there() -> None:
    assert {"db", "secret", "host", "practice", "run", "asset"} <= set(GROUPS)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_the_verbs_that_are_stated_of_it(family: str) -> None:
    alone = with_families([family])
    verbs = [command.name for command in alone.registered_commands] + [group.name for group in alone.registered_groups]
    assert sorted(map(str, verbs)) == sorted(FAMILIES[family])


def test_only_the_family_that_is_asked_for_is_loaded() -> None:
    for begins in (["verify"], ["-C", "plan", "verify"], ["--directory", "x", "verify", "--json"]):
        assert {command.name for command in app_for(begins).registered_commands} == {"setup", "plan", "apply", "verify"}
    for begins in ([], ["--help"], ["-v", "verify"], ["verfy"], ["-C", "verify"]):
        assert len(app_for(begins).registered_groups) == len(GROUPS)


def test_help_ends_with_every_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for status, words in exit_status.MEANING.items():
        assert f"    {status:<4} {words}" in lines
