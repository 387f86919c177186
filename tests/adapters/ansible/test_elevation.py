"""Log-in and sudo passwords reach a real machine by their own ways, and a refusal is said in words, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskprov.model.inventory import Connection, Host
from deskprov.model.playbook import RunEnd
from deskprov.model.ports.practice import PracticeMachine
from deskprov.practice.machines import LinuxPracticeMachines
from deskprov.testing import FixedSecrets
from tests.adapters.ansible.stage import Stage, shell, task

pytestmark = [pytest.mark.ansible, pytest.mark.practice]

LOGIN = "log in 'pass' \"wörd\" $x"
SUDO_RS = """\
#!/bin/sh
printf '[sudo: %s] Password: ' mark >&2
read answer
exit 1
"""


class Machine:
    """A practice machine with a user tech, whose sudo wants the log-in's password."""

    def __init__(self, machines: LinuxPracticeMachines, machine: PracticeMachine) -> None:
        self._machines = machines
        self.at = machine
        self.do("useradd --create-home --shell /bin/sh tech")
        self.do("chpasswd", f"tech:{LOGIN}\n")
        self.do("install -d -o tech -m 700 /home/tech/.ssh")
        self.do("install -o tech -m 600 /home/deskprov/.ssh/authorized_keys /home/tech/.ssh")
        self.do("echo 'tech ALL=(ALL) ALL' > /etc/sudoers.d/tech")

    def do(self, script: str, stdin: str = "") -> str:
        """Runs a script as root on the machine, behind Ansible's back."""
        done = self._machines.command(self.at.name, ["sh", "-ec", script], input=stdin.encode())
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    def log(self) -> str:
        """What sshd and sudo wrote since the last call."""
        text = self.do(
            "journalctl --sync; journalctl --no-pager -o cat SYSLOG_IDENTIFIER=sshd + SYSLOG_IDENTIFIER=sudo"
        )
        self.do("journalctl --rotate; journalctl --vacuum-time=1s")
        return text


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machines = LinuxPracticeMachines(tmp_path_factory.mktemp("site") / "practice")
    [started] = machines.start(1, isolated=False, report=print)
    try:
        yield Machine(machines, started)
    finally:
        machines.stop()


def stage_for(machine: Machine, tmp_path: Path, runs: Path, **connection: str) -> Stage:
    at = machine.at
    host = Host("pc-1", Connection(at.address, at.port, **connection), known_host=at.host_key)
    stage = Stage(host, tmp_path, runs, FixedSecrets({"login": LOGIN, "wrong": "no such word"}))
    stage.given = {"PATH": stage.given["PATH"]}
    return stage


WHO = [shell("001 Who", "id -un"), task("002 Write", "copy", {"content": "ñ\n", "dest": "/root/x", "mode": "0600"})]


def test_a_log_in_password_that_is_sudos_too(machine: Machine, tmp_path: Path, runs: Path) -> None:
    stage = stage_for(machine, tmp_path, runs, user="tech", password="login")
    outcome = stage.run(WHO)
    assert outcome.statistics is not None
    assert (outcome.end, outcome.statistics.ok) == (RunEnd.COMPLETED, 2)
    assert [event.result["stdout"] for event in stage.events if event.task == "001 Who" and event.result] == ["root"]
    assert machine.do("cat /root/x") == "ñ\n"


def test_a_password_by_keyboard_interactive_only(machine: Machine, tmp_path: Path, runs: Path) -> None:
    config = "/etc/ssh/sshd_config.d/00-only.conf"
    machine.do(f"printf 'PasswordAuthentication no\\nKbdInteractiveAuthentication yes\\n' > {config}")
    machine.do("systemctl reload ssh")
    try:
        outcome = stage_for(machine, tmp_path, runs, user="tech", password="login").run(WHO)
    finally:
        machine.do(f"rm {config}; systemctl reload ssh")
    assert outcome.statistics is not None
    assert outcome.statistics.ok == 2


def test_a_key_and_sudo_without_a_password(machine: Machine, tmp_path: Path, runs: Path) -> None:
    stage = stage_for(machine, tmp_path, runs, user="deskprov", key_file=machine.at.key_file)
    outcome = stage.run(WHO)
    assert outcome.statistics is not None
    assert outcome.statistics.ok == 2
    assert stage.secrets.asked == []


def test_a_refused_log_in_is_said_and_tried_once(machine: Machine, tmp_path: Path, runs: Path) -> None:
    machine.log()
    stage = stage_for(machine, tmp_path, runs, user="tech", password="wrong")
    outcome = stage.run(WHO)
    assert stage.kinds() == [("001 Who", "unreachable")]
    assert "pc-1 does not let tech in" in outcome.message
    assert machine.log().count("Failed password for tech") == 1


@pytest.mark.parametrize("no_log", [False, True])
def test_a_refused_sudo_password_ends_the_run(machine: Machine, tmp_path: Path, runs: Path, no_log: bool) -> None:
    stage = stage_for(machine, tmp_path, runs, user="tech", password="login", become_password="wrong")
    blocks = [
        {
            "name": f"{number:03} A block",
            "block": [shell(f"{number:03} Go", "true", no_log=no_log)],
            "rescue": [task(f"{number:03} Failed", "set_fact", {"deskprov_failed": [number]})],
        }
        for number in range(1, 9)
    ]
    machine.log()
    outcome = stage.run(blocks)
    assert outcome.end is RunEnd.DIED
    assert "sudo on pc-1 refused the password wrong of tech" in outcome.message
    assert machine.log().count("incorrect password attempt") <= 2, "the account would be locked"


def test_a_sudo_that_wants_a_password_nobody_named(machine: Machine, tmp_path: Path, runs: Path) -> None:
    stage = stage_for(machine, tmp_path, runs, user="tech", key_file=machine.at.key_file)
    outcome = stage.run(WHO)
    assert outcome.end is RunEnd.DIED
    assert "sudo on pc-1 wants the password of tech, and the inventory names none" in outcome.message


def test_a_sudo_that_asks_as_sudo_rs_does(machine: Machine, tmp_path: Path, runs: Path) -> None:
    machine.do("mv /usr/bin/sudo /usr/bin/sudo.kept; cat > /usr/bin/sudo; chmod 755 /usr/bin/sudo", SUDO_RS)
    try:
        outcome = stage_for(machine, tmp_path, runs, user="tech", password="login").run(WHO)
    finally:
        machine.do("mv /usr/bin/sudo.kept /usr/bin/sudo")
    assert outcome.end is RunEnd.DIED
    assert "sudo-rs is such a one" in outcome.message
