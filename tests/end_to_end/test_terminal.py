"""At a terminal, as a person sits there: the question, the password, Ctrl-C."""

import pexpect
import pytest

from tests.end_to_end.bench import Bench

pytestmark = pytest.mark.practice

PROFILE = """\
users:
  - name: tech
    password: first-password
folders:
  - path: /srv/terminal
"""


@pytest.fixture(scope="module")
def office(bench: Bench) -> Bench:
    bench.write("deskprov.yml", "format: 1\nname: Example school district\nsecrets:\n  first-password: {ask: true}\n")
    bench.profile("office", PROFILE)
    return bench


def at_terminal(office: Bench, *arguments: str) -> "pexpect.spawn[str]":
    program, *rest = office.command(*arguments)
    environment = {**office.environment(), "TERM": "xterm"}
    return pexpect.spawn(
        program, rest, env=environment, timeout=60, encoding="utf-8", dimensions=(40, 120), codec_errors="replace"
    )


def test_a_no_changes_nothing(office: Bench) -> None:
    child = at_terminal(office, "setup", "practice-1", "--profile", "office")
    child.expect("Make these changes")
    child.sendline("n")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 7
    assert office.machines.command("practice-1", ["test", "-e", "/srv/terminal"]).returncode == 1


def test_ctrl_c_at_the_question_says_where_the_record_is(office: Bench) -> None:
    child = at_terminal(office, "setup", "practice-1", "--profile", "office")
    child.expect("Make these changes")
    child.sendintr()
    child.expect("deskprov run resume")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130


def test_a_password_is_asked_for_where_it_can_be_seen(office: Bench) -> None:
    child = at_terminal(office, "setup", "practice-1", "--profile", "office")
    child.expect("Make these changes")
    child.sendline("y")
    child.expect("first-password")
    with pytest.raises(pexpect.TIMEOUT):  # a live display would wipe the question
        child.expect("\x1b", timeout=1)
    child.sendline("a first password")
    child.expect("the same again")
    child.sendline("a first password")
    child.expect("all verified")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "a first password" not in str(child.before)
