"""Becoming root on real, booted Debian machines: Debian 12's sudo, Debian 13's, and sudo-rs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskprov.adapters.ssh import SshTransport
from deskprov.errors import DeskprovError, ElevationRefused, LoginRefused, ProbeFailed
from deskprov.testing import FixedSecrets
from tests.adapters.ssh.conftest import LIMITS
from tests.adapters.ssh.practice_user import PASSWORD, Bench, started

pytestmark = pytest.mark.practice

WHO = b"import os, sys; print(os.getuid(), sys.stdin.read() == '')"
ROOT = b"0 True\n"


@pytest.fixture(scope="module")
def bookworm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    yield from _bench(tmp_path_factory.mktemp("bookworm"), "bookworm")


@pytest.fixture(scope="module")
def trixie(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    yield from _bench(tmp_path_factory.mktemp("trixie"), "trixie")


@pytest.fixture(scope="module")
def sudo_rs(trixie: Bench) -> Bench:
    """The machine with Debian 13, on which sudo-rs is called sudo."""
    trixie.inside("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qq", "-y", "sudo-rs")
    trixie.inside("ln", "-s", "/usr/bin/sudo-rs", "/usr/local/bin/sudo")
    return trixie


def _bench(folder: Path, suite: str) -> Iterator[Bench]:
    bench = started(folder, suite)
    try:
        yield bench
    finally:
        bench.machines.stop()


@pytest.fixture
def words() -> FixedSecrets:
    return FixedSecrets({"right": PASSWORD, "wrong": "another-word"})


@pytest.fixture
def ssh(words: FixedSecrets, tmp_path: Path) -> SshTransport:
    return SshTransport(words, tmp_path, home=tmp_path, limits=LIMITS)


def refusal(ssh: SshTransport, bench: Bench, user: str, **connection: str) -> DeskprovError:
    with pytest.raises(DeskprovError) as caught:
        ssh.ask(bench.host(user, **connection), WHO)
    assert PASSWORD not in caught.value.message + caught.value.hint
    return caught.value


def test_without_a_password(ssh: SshTransport, bookworm: Bench, words: FixedSecrets) -> None:
    bookworm.account("free", "free ALL=(ALL) NOPASSWD: ALL")
    assert ssh.ask(bookworm.host("free", become_password="right"), WHO) == ROOT
    assert words.asked == []


def test_with_a_password(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("asked", "asked ALL=(ALL) ALL")
    assert ssh.ask(bookworm.host("asked", become_password="right"), WHO) == ROOT


def test_log_in_and_sudo_with_one_password(ssh: SshTransport, bookworm: Bench, words: FixedSecrets) -> None:
    bookworm.account("typist", "typist ALL=(ALL) ALL")
    assert ssh.ask(bookworm.host("typist", key_file="", password="right"), WHO) == ROOT
    assert words.asked == ["right", "right"]


def test_log_in_with_a_wrong_password_is_tried_once(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("mistyped")
    error = refusal(ssh, bookworm, "mistyped", key_file="", password="wrong")
    assert isinstance(error, LoginRefused)
    assert "refuses the user mistyped with the password wrong" in error.message
    assert bookworm.inside("journalctl", "-b", "-t", "sshd").count("Failed password for mistyped") == 1


def test_wrong_password_is_tried_once(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("locksmith", "locksmith ALL=(ALL) ALL")
    error = refusal(ssh, bookworm, "locksmith", become_password="wrong")
    assert isinstance(error, ElevationRefused)
    assert "refused the password wrong of locksmith" in error.message
    journal = bookworm.inside("journalctl", "-b", "-t", "sudo").splitlines()
    assert sum("authentication failure" in line and "user=locksmith" in line for line in journal) == 1


def test_wrong_password_where_sudo_asks_only_once(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("once", "once ALL=(ALL) ALL\nDefaults:once passwd_tries=1")
    assert "refused the password wrong" in refusal(ssh, bookworm, "once", become_password="wrong").message


def test_no_password_stated(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("silent", "silent ALL=(ALL) ALL")
    error = refusal(ssh, bookworm, "silent")
    assert isinstance(error, ElevationRefused)
    assert "wants the password of silent, and the inventory names none" in error.message


def test_lecture_and_bad_luck(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("pupil", "pupil ALL=(ALL) ALL\nDefaults:pupil lecture=always, insults")
    assert ssh.ask(bookworm.host("pupil", become_password="right"), WHO) == ROOT


def test_remembered_from_before(ssh: SshTransport, bookworm: Bench, words: FixedSecrets) -> None:
    bookworm.account("regular", "regular ALL=(ALL) ALL\nDefaults:regular timestamp_type=global")
    bookworm.inside("runuser", "-u", "regular", "--", "sudo", "-S", "-v", text=f"{PASSWORD}\n")
    assert ssh.ask(bookworm.host("regular", become_password="wrong"), WHO) == ROOT
    assert words.asked == []


def test_at_a_terminal_only(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("clerk", "clerk ALL=(ALL) NOPASSWD: ALL\nDefaults:clerk requiretty")
    error = refusal(ssh, bookworm, "clerk")
    assert isinstance(error, ElevationRefused)
    assert "works at a terminal only" in error.message
    assert "requiretty" in error.hint


def test_not_in_the_sudoers_file(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("guest")
    error = refusal(ssh, bookworm, "guest", become_password="right")
    assert isinstance(error, ElevationRefused)
    assert "does not allow guest to run programs as root" in error.message
    assert "usermod -aG sudo guest" in error.hint


def test_allowed_something_else_only(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("printer", "printer ALL=(ALL) NOPASSWD: /usr/bin/id")
    assert "does not allow printer" in refusal(ssh, bookworm, "printer", become_password="right").message


def test_login_scripts_that_talk_and_trace(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("chatty", "chatty ALL=(ALL) ALL")
    bookworm.write("/home/chatty/.bashrc", "echo Welcome; echo Password: >&2; printf 'no line end'; set -xv\n")
    assert ssh.ask(bookworm.host("chatty", become_password="right"), WHO) == ROOT


def test_another_login_shell(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.inside("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qq", "-y", "tcsh")
    bookworm.account("seashell", "seashell ALL=(ALL) ALL")
    bookworm.inside("usermod", "--shell", "/bin/tcsh", "seashell")
    assert ssh.ask(bookworm.host("seashell", become_password="right"), WHO) == ROOT


def test_root_without_sudo(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.authorise("root", "/root")
    assert ssh.ask(bookworm.host("root"), WHO) == ROOT


def test_sudo_missing(ssh: SshTransport, bookworm: Bench) -> None:
    _path_without_programs(bookworm)
    bookworm.account("bare")
    bookworm.write("/home/bare/.bashrc", "PATH=/opt/bare\n")
    error = refusal(ssh, bookworm, "bare")
    assert isinstance(error, ElevationRefused)
    assert "sudo is not installed on lab-01" in error.message


def test_python_missing(ssh: SshTransport, bookworm: Bench) -> None:
    _path_without_programs(bookworm)
    bookworm.account("snake", "snake ALL=(ALL) NOPASSWD: ALL\nDefaults:snake secure_path=/opt/bare")
    error = refusal(ssh, bookworm, "snake")
    assert isinstance(error, ProbeFailed)
    assert "python3 is not installed on lab-01" in error.message


def _path_without_programs(bench: Bench) -> None:
    bench.inside("install", "-d", "/opt/bare")
    bench.inside("ln", "-sf", "/bin/sh", "/opt/bare/sh")


def test_account_that_may_not_work(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("gone", "gone ALL=(ALL) NOPASSWD: ALL")
    bookworm.inside("usermod", "--shell", "/usr/sbin/nologin", "gone")
    error = refusal(ssh, bookworm, "gone")
    assert isinstance(error, LoginRefused)
    assert "lets gone in, but not work: This account is currently not available." in error.message


def test_password_that_must_be_changed_first(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("fresh", "fresh ALL=(ALL) NOPASSWD: ALL")
    bookworm.inside("chage", "-d", "0", "fresh")
    by_key = refusal(ssh, bookworm, "fresh")
    assert isinstance(by_key, LoginRefused)
    assert "assword" in by_key.message
    by_password = refusal(ssh, bookworm, "fresh", key_file="", password="right")
    assert isinstance(by_password, LoginRefused)


def test_account_that_has_expired(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("former", "former ALL=(ALL) NOPASSWD: ALL")
    bookworm.inside("usermod", "--expiredate", "1", "former")
    assert isinstance(refusal(ssh, bookworm, "former"), LoginRefused)


def test_broken_sudoers(ssh: SshTransport, bookworm: Bench) -> None:
    bookworm.account("victim", "victim ALL=(ALL) NOPASSWD: ALL")
    bookworm.inside("chmod", "o+w", "/etc/sudoers")
    try:
        error = refusal(ssh, bookworm, "victim")
    finally:
        bookworm.inside("chmod", "440", "/etc/sudoers")
    assert isinstance(error, ElevationRefused)
    assert "does not work" in error.message


class TestDebian13:
    """sudo 1.9.16, which runs commands in a terminal of their own where it can."""

    def test_passwords(self, ssh: SshTransport, trixie: Bench) -> None:
        trixie.account("asked", "asked ALL=(ALL) ALL")
        assert ssh.ask(trixie.host("asked", become_password="right"), WHO) == ROOT
        assert "refused the password wrong" in refusal(ssh, trixie, "asked", become_password="wrong").message

    def test_a_large_answer_to_a_large_program(self, ssh: SshTransport, trixie: Bench) -> None:
        program = b"#" * 1_000_000 + b"\nimport sys; sys.stdout.write('x' * 3_000_000)"
        assert ssh.ask(trixie.host("deskprov"), program) == b"x" * 3_000_000


class TestSudoRs:
    """sudo-rs shows the prompt mark in a prompt of its own."""

    RULES = "/etc/sudoers-rs"

    def test_it_is_sudo_rs(self, sudo_rs: Bench) -> None:
        assert "sudo-rs" in sudo_rs.inside("sh", "-c", "/usr/local/bin/sudo --version 2>&1")

    def test_without_a_password(self, ssh: SshTransport, sudo_rs: Bench, words: FixedSecrets) -> None:
        sudo_rs.account("rust-free", "rust-free ALL=(ALL) NOPASSWD: ALL", rules=self.RULES)
        assert ssh.ask(sudo_rs.host("rust-free", become_password="right"), WHO) == ROOT
        assert words.asked == []

    def test_passwords(self, ssh: SshTransport, sudo_rs: Bench) -> None:
        sudo_rs.account("rust", "rust ALL=(ALL) ALL", rules=self.RULES)
        assert ssh.ask(sudo_rs.host("rust", become_password="right"), WHO) == ROOT
        assert "refused the password wrong" in refusal(ssh, sudo_rs, "rust", become_password="wrong").message
        assert "and the inventory names none" in refusal(ssh, sudo_rs, "rust").message

    def test_not_allowed(self, ssh: SshTransport, sudo_rs: Bench) -> None:
        sudo_rs.account("rust-guest", "somebody ALL=(ALL) ALL", rules=self.RULES)
        error = refusal(ssh, sudo_rs, "rust-guest", become_password="right")
        assert isinstance(error, ElevationRefused)
        assert "does not allow rust-guest" in error.message
