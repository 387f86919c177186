"""Machines that took the log-in and then misbehave: a bounded time, a bounded size, and a sentence that says it."""

import time

import paramiko
import pytest

from deskprov.adapters.ssh import SshTransport
from deskprov.errors import DeskprovError, ElevationRefused, LoginRefused, ProbeFailed, Unreachable
from tests.adapters.ssh.conftest import Limited
from tests.adapters.ssh.servers import Recorded, Run, Script, a_host, new_key, public_line, recording_server

HOST_KEY = new_key()
PROGRAM = b"print('never run')"


def marks(command: str) -> tuple[bytes, bytes]:
    """The ready line and the prompt out of the start command, as a machine can see them."""
    words = command.replace(";", " ").replace("'", " ").replace('"', " ").split()
    ready = next(word for word in words if word.startswith("READY-"))
    prompt = next((word for word in words if word.startswith("deskprov-")), "")
    return f"{ready}\n".encode(), prompt.encode()


def ask(ssh: SshTransport, run: Run, *, exec_answer: bool | None = True, **connection: str) -> tuple[object, Recorded]:
    """The answer, or the error raised."""
    script = Script(password="pass-word", methods="password", run=run, exec_answer=exec_answer)
    with recording_server(script, HOST_KEY) as (port, recorded):
        host = a_host(port, public_line(HOST_KEY), password="login", **connection)
        try:
            return ssh.ask(host, PROGRAM), recorded
        except DeskprovError as error:
            return error, recorded


def text(outcome: object) -> str:
    assert isinstance(outcome, DeskprovError), outcome
    return outcome.message


def end(channel: paramiko.Channel, status: int = 0) -> None:
    channel.send_exit_status(status)
    channel.close()


def read_all(channel: paramiko.Channel) -> bytes:
    received = b""
    while piece := channel.recv(65536):
        received += piece
    return received


def test_noise_of_every_kind_around_the_marks(ssh: SshTransport) -> None:
    """Banners, a login shell that prints, a lecture, a prompt in two pieces: the answer is what comes after READY."""
    received = []

    def run(channel: paramiko.Channel, command: str) -> None:
        ready, prompt = marks(command)
        channel.sendall(b"Welcome!\r\nREADY-for-coffee\n\x1b[2J")
        channel.sendall_stderr(b"bash: warning: setlocale\n+ sudo -S -p " + prompt + b" -- sh -c x\n")
        channel.sendall_stderr(b"We trust you have received the usual lecture.\n\n" + prompt[:10])
        channel.sendall_stderr(prompt[10:])
        received.append(channel.recv(100))
        channel.sendall(b"no line end here:" + ready[:9])
        time.sleep(0.05)
        channel.sendall(ready[9:] + b"first ")
        received.append(read_all(channel))
        channel.sendall(b"second")
        end(channel)

    answer, _ = ask(ssh, run, become_password="sudo")
    assert answer == b"first second"
    assert received == [b"sudo-word\n", PROGRAM]


def test_program_and_password_wait_for_their_marks(limited: Limited) -> None:
    """Nothing is sent to a machine that shows neither mark, whatever else it shows."""
    received = []

    def run(channel: paramiko.Channel, command: str) -> None:
        _, prompt = marks(command)
        channel.sendall(b"READY-\nReady?\n[sudo] password for tech: ")
        channel.sendall_stderr(b"[sudo] password for tech: " + prompt + b"\nPassword: ")
        channel.settimeout(3)
        received.append(channel.recv(100))

    outcome, _ = ask(limited(start=1), run)
    assert isinstance(outcome, ProbeFailed)
    assert "was not done in time" in outcome.message
    assert "Password:" in outcome.message
    time.sleep(0.1)
    assert received == [b""]


def test_password_of_the_log_in_serves_sudo_when_no_other_is_named(ssh: SshTransport) -> None:
    received = []

    def run(channel: paramiko.Channel, command: str) -> None:
        ready, prompt = marks(command)
        channel.sendall_stderr(prompt)
        received.append(channel.recv(100))
        channel.sendall(ready)
        read_all(channel)
        end(channel)

    assert ask(ssh, run)[0] == b""
    assert received == [b"pass-word\n"]


def test_second_prompt_is_a_refusal_and_gets_nothing(ssh: SshTransport) -> None:
    received = []

    def run(channel: paramiko.Channel, command: str) -> None:
        _, prompt = marks(command)
        channel.sendall_stderr(prompt)
        received.append(channel.recv(100))
        channel.sendall_stderr(b"\nSorry, try again.\n" + prompt)
        received.append(channel.recv(100))

    outcome, _ = ask(ssh, run, become_password="sudo")
    assert isinstance(outcome, ElevationRefused)
    assert "refused the password sudo of tech" in outcome.message
    assert "sudo-word" not in outcome.message
    time.sleep(0.1)
    assert received == [b"sudo-word\n", b""]


def test_more_output_than_allowed(limited: Limited) -> None:
    def run(channel: paramiko.Channel, command: str) -> None:
        channel.sendall(marks(command)[0])
        read_all(channel)
        while True:
            channel.sendall(b"x" * 65536)

    assert "answers with more than 1024 KiB" in text(ask(limited(output=1024 * 1024), run)[0])


@pytest.mark.parametrize("stream", ["sendall", "sendall_stderr"])
def test_endless_noise_before_the_mark(ssh: SshTransport, stream: str) -> None:
    def run(channel: paramiko.Channel, command: str) -> None:
        while True:
            getattr(channel, stream)(b"noise\n" * 5000)

    assert "answers with more than 256 KiB" in text(ask(ssh, run)[0])


def test_slow_drip_ends_at_the_limit(limited: Limited) -> None:
    def run(channel: paramiko.Channel, command: str) -> None:
        channel.sendall(marks(command)[0])
        read_all(channel)
        while True:
            channel.sendall(b".")
            time.sleep(0.05)

    assert "was not done in time" in text(ask(limited(answer=1), run)[0])


def test_machine_that_never_takes_its_program(limited: Limited) -> None:
    def run(channel: paramiko.Channel, command: str) -> None:
        channel.sendall(marks(command)[0])
        time.sleep(5)

    script = Script(password="pass-word", methods="password", run=run)
    with recording_server(script, HOST_KEY) as (port, _), pytest.raises(ProbeFailed, match="does not take its program"):
        limited(answer=1).ask(a_host(port, public_line(HOST_KEY), password="login"), b"#" * 40_000_000)


def test_machine_that_never_answers_the_request_for_a_command(limited: Limited) -> None:
    outcome, _ = ask(limited(start=1), lambda channel, command: None, exec_answer=None)
    assert isinstance(outcome, Unreachable)


def test_machine_that_runs_no_commands(ssh: SshTransport) -> None:
    assert "refuses to run commands" in text(ask(ssh, lambda channel, command: None, exec_answer=False)[0])


def _breaks_before_ready(channel: paramiko.Channel, command: str) -> None:
    channel.get_transport().close()


def _breaks_after_ready(channel: paramiko.Channel, command: str) -> None:
    channel.sendall(marks(command)[0])
    channel.get_transport().close()


def _breaks_in_the_answer(channel: paramiko.Channel, command: str) -> None:
    channel.sendall(marks(command)[0])
    read_all(channel)
    channel.sendall(b"half an ans")
    channel.get_transport().close()


@pytest.mark.parametrize("run", [_breaks_before_ready, _breaks_after_ready, _breaks_in_the_answer])
def test_connection_that_breaks_is_unreachable(ssh: SshTransport, run: Run) -> None:
    outcome, _ = ask(ssh, run)
    assert isinstance(outcome, Unreachable)
    assert "broke off" in outcome.message


def test_half_closed_channel_is_not_an_answer(limited: Limited) -> None:
    """The output ends, but nobody says how."""

    def run(channel: paramiko.Channel, command: str) -> None:
        channel.sendall(marks(command)[0])
        read_all(channel)
        channel.sendall(b"looks complete")
        channel.shutdown_write()
        time.sleep(3)

    assert "without an exit status" in text(ask(limited(farewell=0.5), run)[0])


def test_closed_without_exit_status_is_not_an_answer(ssh: SshTransport) -> None:
    def run(channel: paramiko.Channel, command: str) -> None:
        channel.sendall(marks(command)[0])
        read_all(channel)
        channel.sendall(b"looks complete")
        channel.close()

    assert "without an exit status" in text(ask(ssh, run)[0])


def test_words_of_a_failed_program_are_harmless_and_hide_the_password(ssh: SshTransport) -> None:
    def run(channel: paramiko.Channel, command: str) -> None:
        ready, prompt = marks(command)
        channel.sendall_stderr(prompt)
        password = channel.recv(100).strip()
        channel.sendall(ready)
        read_all(channel)
        channel.sendall_stderr(b"one\ntwo\n\x1b]0;title\x07\x1b[31mred \xe2\x80\xae" + password + b"\xff\n\nthree\n")
        end(channel, 3)

    message = text(ask(ssh, run, become_password="sudo")[0])
    assert "exit status 3" in message
    assert message.isprintable()
    assert "sudo-word" not in message
    assert message.endswith("its last words: two | ]0;title [31mred ***\ufffd | three")


SUDO_WORDS: list[tuple[bytes, int, type[DeskprovError], str]] = [
    (b"sudo: sorry, you must have a tty to run sudo\n", 1, ElevationRefused, "works at a terminal only"),
    (b"tech is not in the sudoers file.\n", 1, ElevationRefused, "does not allow tech"),
    (b"tech is not in the sudoers file.  This incident will be reported.\n", 1, ElevationRefused, "does not allow"),
    (b"Sorry, user tech may not run sudo on lab-01.\n", 1, ElevationRefused, "does not allow tech"),
    (b"Sorry, user tech is not allowed to execute '/bin/sh -c x' as root on l.\n", 1, ElevationRefused, "not allow"),
    (b"sudo: I'm sorry tech. I'm afraid I can't do that\n", 1, ElevationRefused, "does not allow tech"),
    (b"sudo: account validation failure, is your account locked?\n", 1, ElevationRefused, "expired or locked"),
    (b"sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set\n", 1, ElevationRefused, "does not work"),
    (b"sudo: 1 incorrect password attempt\n", 1, ElevationRefused, "refused the password"),
    (b"sudo: Maximum 1 incorrect authentication attempts\n", 1, ElevationRefused, "refused the password"),
    (b"sudo: unrecognized option '-p'\n", 1, ElevationRefused, "too old to be asked safely"),
    (b"", 121, ElevationRefused, "sudo is not installed on lab-01"),
    (b"", 122, ProbeFailed, "python3 is not installed on lab-01"),
    (b"This account is currently not available.\n", 1, LoginRefused, "lets tech in, but not work"),
    (b"Your password has expired. Password change required but no TTY available.\n", 1, LoginRefused, "not work"),
    (b"something else\n", 9, ProbeFailed, "exit status 9): something else"),
]


@pytest.mark.parametrize(("words", "status", "kind", "expected"), SUDO_WORDS)
def test_why_python_could_not_be_started(
    ssh: SshTransport, words: bytes, status: int, kind: type[DeskprovError], expected: str
) -> None:
    def run(channel: paramiko.Channel, command: str) -> None:
        channel.sendall_stderr(words)
        end(channel, status)

    outcome, _ = ask(ssh, run)
    assert isinstance(outcome, kind)
    assert expected in outcome.message
    assert outcome.hint


def test_one_attempt_only_where_sudo_allows_only_one(ssh: SshTransport) -> None:
    """`passwd_tries=1`: sudo ends instead of asking again."""

    def run(channel: paramiko.Channel, command: str) -> None:
        channel.sendall_stderr(marks(command)[1])
        channel.recv(100)
        end(channel, 1)

    outcome, _ = ask(ssh, run, become_password="sudo")
    assert isinstance(outcome, ElevationRefused)
    assert "refused the password sudo" in outcome.message


def test_root_is_not_sent_through_sudo(ssh: SshTransport) -> None:
    def run(channel: paramiko.Channel, command: str) -> None:
        assert "sudo" not in command
        channel.sendall(marks(command)[0])
        channel.sendall(read_all(channel))
        end(channel)

    answer, recorded = ask(ssh, run, user="root")
    assert answer == PROGRAM
    assert PROGRAM.decode() not in recorded.commands[0]


def test_marks_are_new_for_every_connection(ssh: SshTransport) -> None:
    commands = [ask(ssh, lambda channel, command: end(channel))[1].commands[0] for _ in range(2)]
    assert marks(commands[0]) != marks(commands[1])
