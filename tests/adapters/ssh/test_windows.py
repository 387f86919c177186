"""A Windows PC over SSH: our program, started by PowerShell and answered by a practice PC, and what may go wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.adapters.limits import Limits
from deskprov.adapters.ssh import SshTransport
from deskprov.errors import IdentityNotTrusted, LoginRefused, ProbeFailed, Unreachable
from deskprov.model.facts import Answer
from deskprov.model.inventory import Connection, Host
from deskprov.model.platform import Platform
from deskprov.practice.keys import new_key_pair
from deskprov.practice.windows.faults import Fault
from deskprov.stages.facts import facts, facts_probes
from deskprov.stages.probe import compile_program, parse_answers
from deskprov.testing import FixedSecrets
from tests.adapters.ssh.servers import new_key, public_line
from tests.practice.windows.desk import Desk
from tests.practice.windows.planned import plan_faults

NONCE = "4f1d2c3b4a596877"
PROBES = facts_probes(Platform.WINDOWS)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One practice PC over SSH, which the tests of this file share."""
    found = Desk(tmp_path_factory.mktemp("desk"))
    try:
        found.start(transport="ssh")
        yield found
    finally:
        found.machines.stop()


@pytest.fixture
def host(desk: Desk) -> Host:
    pc = desk.pc
    connection = Connection(pc.address, pc.port, pc.user, password="pw", shell="powershell")
    return Host(pc.name, connection, known_host=pc.host_key)


def ask(desk: Desk, host: Host, password: str = "", limits: Limits | None = None) -> list[Answer]:
    transport = SshTransport(FixedSecrets({"pw": password or desk.password}), desk.folder, limits=limits)
    return list(parse_answers(transport.ask(host, compile_program(PROBES, NONCE)), PROBES, NONCE))


def refusals(desk: Desk) -> int:
    return sum(not entry["taken"] for entry in desk.journal("logon"))


@pytest.mark.parametrize("shell", ["powershell", "cmd"])
def test_facts_come_back(desk: Desk, host: Host, shell: str) -> None:
    answers = ask(desk, replace(host, connection=replace(host.connection, shell=shell)))
    assert facts(Platform.WINDOWS, answers).os.startswith("Windows 11")


def test_facts_come_back_with_a_key(desk: Desk, host: Host) -> None:
    key = replace(host.connection, password="", key_file=str(desk.key_file))
    assert facts(Platform.WINDOWS, ask(desk, replace(host, connection=key))).os.startswith("Windows 11")


def test_another_key_is_refused_with_the_file_where_keys_belong(desk: Desk, host: Host, tmp_path: Path) -> None:
    file = tmp_path / "other"
    file.touch(mode=0o600)
    file.write_text(new_key_pair().private)
    key = replace(host.connection, password="", key_file=str(file))
    with pytest.raises(LoginRefused) as refused:
        ask(desk, replace(host, connection=key))
    assert "administrators_authorized_keys" in refused.value.hint


def test_a_wrong_password_is_tried_once(desk: Desk, host: Host) -> None:
    before = refusals(desk)
    with pytest.raises(LoginRefused, match="refuses the user deskprov with the password pw"):
        ask(desk, host, password="canary-4711")
    assert refusals(desk) == before + 1
    assert "canary" not in desk.place.journal.read_text()


def test_another_host_key_gets_nothing(desk: Desk, host: Host) -> None:
    before = desk.journal("logon")
    with pytest.raises(IdentityNotTrusted, match="has changed"):
        ask(desk, replace(host, known_host=public_line(new_key())))
    assert desk.journal("logon") == before


def test_one_that_nobody_trusts_says_where_its_key_is(desk: Desk, host: Host) -> None:
    with pytest.raises(IdentityNotTrusted) as refused:
        ask(desk, replace(host, known_host=""))
    assert r"C:\ProgramData\ssh\ssh_host_ed25519_key.pub" in refused.value.hint


def test_a_pc_that_the_inventory_has_as_linux_is_told_and_not_logged_in_to(desk: Desk, host: Host) -> None:
    before = desk.journal("logon")
    with pytest.raises(ProbeFailed, match="is a Windows PC") as refused:
        ask(desk, replace(host, connection=replace(host.connection, shell="")))
    assert "ansible_shell_type: powershell" in refused.value.hint
    assert desk.journal("logon") == before


def test_what_a_profile_of_its_prints_does_no_harm(desk: Desk, host: Host) -> None:
    plan_faults(desk.place.faults, [Fault("Command", "noise")])
    assert facts(Platform.WINDOWS, ask(desk, host)).os.startswith("Windows 11")


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (Fault("Command", "drop"), Unreachable, "broke off"),
        (Fault("Command", "break"), Unreachable, "broke off"),
        (Fault("Command", "hang", seconds=60), ProbeFailed, "was not done in time, and was left"),
        (Fault("Command", "deny"), ProbeFailed, "refuses to run commands"),
        (Fault("Create", "quota"), ProbeFailed, "refuses to run commands"),
        (Fault("Command", "timeout"), ProbeFailed, "exit status 1; its last words: practice PC: no model of timeout"),
    ],
)
def test_trouble_is_said_in_words(
    desk: Desk, host: Host, fault: Fault, error: type[ProbeFailed | Unreachable], words: str
) -> None:
    plan_faults(desk.place.faults, [fault])
    with pytest.raises(error, match=words):
        ask(desk, host, limits=Limits(answer=1.0))
    plan_faults(desk.place.faults, [])


def test_an_answer_that_is_too_long_is_left(desk: Desk, host: Host) -> None:
    with pytest.raises(ProbeFailed, match="answers with more than 0 KiB"):
        ask(desk, host, limits=Limits(output=100))
