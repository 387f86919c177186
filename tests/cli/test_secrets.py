"""secret …, as a person types it and as a program runs it; no machine is needed for these."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pexpect
import pytest

VALUE = "pa ss-wörd {{ 7*7 }} '\"\\$x"
PROFILE = "profile: office\nplatform: linux\nusers:\n  - name: tech\n    password: per-device\n"


@dataclass
class Desk:
    """A site with keys, in a folder; the private key is in `config`."""

    root: Path
    config: Path

    def __post_init__(self) -> None:
        done = subprocess.run(self.command("init", str(self.root), site=False), env=self.env, capture_output=True)
        assert done.returncode == 0, done.stderr
        settings = (self.root / "deskprov.yml").read_text()
        (self.root / "deskprov.yml").write_text(settings.replace("{ask: true} ", "{escrow: true} "))
        (self.root / "inventory_hosts/hosts.yml").write_text(
            "all:\n  hosts:\n    pc-1: {ansible_host: 192.0.2.1, deskprov_profile: office}\n"
        )
        (self.root / "profiles/office.yml").write_text(PROFILE)

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, "XDG_CONFIG_HOME": str(self.config), "NO_COLOR": "1", "TERM": "xterm"}

    def command(self, *arguments: str, site: bool = True) -> list[str]:
        return [sys.executable, "-m", "deskprov", *(["-C", str(self.root)] if site else []), *arguments]

    def run(self, *arguments: str, value: str = "", status: int = 0) -> tuple[str, str]:
        done = subprocess.run(
            self.command(*arguments), env=self.env, input=value.encode(), capture_output=True, check=False
        )
        assert done.returncode == status, done.stderr.decode()
        return done.stdout.decode(), done.stderr.decode()

    def at_terminal(self, *arguments: str) -> "pexpect.spawn[str]":
        program, *rest = self.command(*arguments)
        return pexpect.spawn(program, rest, env=self.env, timeout=60, encoding="utf-8", dimensions=(40, 80))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "site", tmp_path / "config")


def ended(child: "pexpect.spawn[str]") -> int | None:
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


def test_a_value_from_a_pipe_is_kept_tested_and_shown_to_who_asks_for_it(desk: Desk) -> None:
    assert "No value is kept for tech-password" in desk.run("secret", "test", status=6)[0]
    said = "".join(desk.run("secret", "set", "tech-password", "--stdin", value=f"{VALUE}\n"))
    assert "✓ Kept, sealed to 1 key: tech-password" in said
    assert desk.run("secret", "test")[0] == "✓ tech-password\n"
    listed = json.loads(desk.run("secret", "list", "--json")[0])["secrets"]
    assert [(each["secret"], each["provider"], len(each["kept"])) for each in listed] == [
        ("tech-password", "escrow", 1)
    ]
    shown = desk.run("secret", "reveal", "tech-password", "--pipe", "--yes", "--reason", "a test")
    assert shown[0] == f"{VALUE}\n"
    assert "Written down that you looked" in shown[1]


def test_nothing_is_shown_where_it_would_be_kept(desk: Desk) -> None:
    desk.run("secret", "set", "tech-password", "--stdin", value=VALUE)
    for arguments in (
        ("--yes", "--reason", "x"),
        ("--json", "--yes", "--reason", "x"),
        ("--pipe", "--yes"),
        ("--pipe", "--reason", "x"),
        ("--pipe", "--yes", "--reason", "  "),
        ("--pipe", "--yes", "--reason", "-.-"),
        ("--pipe", "--yes", "--reason", "a\nb"),
        ("--pipe", "--yes", "--reason", "a\x1b[2Jb"),
    ):
        out, err = desk.run("secret", "reveal", "tech-password", *arguments, status=64)
        assert not out
        assert VALUE not in err
    for arguments in (("secret", "list"), ("secret", "test"), ("secret", "keys"), ("config", "show", "--json")):
        assert VALUE not in "".join(desk.run(*arguments))


def test_at_a_terminal_it_is_typed_unseen_twice_and_shown_after_a_reason(desk: Desk) -> None:
    child = desk.at_terminal("secret", "set", "tech-password")
    child.expect("Value of tech-password: ")
    child.sendline("mistyped")
    child.expect("The same again: ")
    child.sendline("misstyped")
    child.expect("The two were not the same")
    assert ended(child) == 64
    child = desk.at_terminal("secret", "set", "tech-password")
    child.expect("Value of tech-password: ")
    child.sendline("typed-unseen")
    child.expect("The same again: ")
    child.sendline("typed-unseen")
    child.expect("Kept, sealed")
    assert "typed-unseen" not in child.before
    assert ended(child) == 0
    child = desk.at_terminal("secret", "reveal", "tech-password")
    child.expect("Why")
    child.sendline("locked out")
    child.expect("Show the password of tech-password on this screen")
    child.sendline("n")
    child.expect("Nothing was shown")
    assert ended(child) == 1
    child = desk.at_terminal("secret", "reveal", "tech-password", "--reason", "locked out")
    child.expect("on this screen")
    child.sendline("y")
    child.expect("typed-unseen")
    assert ended(child) == 0


def test_what_makes_no_sense_is_said(desk: Desk) -> None:
    for arguments, told in (
        (("set", "tech-password"), "nobody at a terminal"),
        (("set", "wifi", "--stdin"), "There is no secret called wifi"),
        (("rotate",), "Which secret?"),
        (("rotate", "one", "two"), "Which secret?"),
        (("rotate", "--for", "pc-1", "--ask"), "are made, not given"),
    ):
        assert told in desk.run("secret", *arguments, status=64)[1]
    assert "No machine has the name" in desk.run("secret", "reveal", "pc-9", "--pipe", status=5)[1]


def test_what_is_no_text_is_refused_in_words(desk: Desk) -> None:
    command = desk.command("secret", "set", "tech-password", "--stdin")
    for value, why in ((b"\xff\xfe", "no text in UTF-8"), (b"a\x1bb", "control character"), (b"x" * 1025, "longer")):
        done = subprocess.run(command, env=desk.env, input=value, capture_output=True, check=False)
        assert (done.returncode, why in " ".join(done.stderr.decode().split())) == (64, True), done.stderr
    assert json.loads(desk.run("secret", "list", "--json")[0])["secrets"][0]["kept"] == []


def test_a_password_of_a_machine_can_be_kept_before_it_was_ever_reached(desk: Desk) -> None:
    desk.run("secret", "set", "admin", "--for", "pc-1", "--stdin", value=VALUE)
    shown = desk.run("secret", "reveal", "pc-1", "--pipe", "--json", "--yes", "--reason", "x")[0]
    assert [each["value"] for each in json.loads(shown)["values"]] == [VALUE]
    assert "pc-1/admin" in desk.run("secret", "list")[0]
    assert "admin set by hand" in desk.run("asset", "show", "pc-1")[0]
    said = " ".join(desk.run("secret", "set", "admin", "--for", "pc-1", "--stdin", value="mistyped")[1].split())
    assert "What was kept before (1 value) is not burned until a machine shows which is in force" in said
    both = desk.run("secret", "reveal", "pc-1", "--pipe", "--yes", "--reason", "a test")
    assert f"{VALUE}   (set by " in both[0]
    assert "has not shown yet which of these is in force. deskprov secret test --for pc-1" in " ".join(both[1].split())


def test_a_site_without_keys_says_how_to_get_them(desk: Desk) -> None:
    settings = desk.root / "deskprov.yml"
    kept = [line for line in settings.read_text().splitlines() if "age1" not in line and "escrow_" not in line]
    settings.write_text("\n".join(kept) + "\n")
    assert "no keys to seal it to; deskprov secret init makes them" in "".join(desk.run("validate", status=3))
    assert "deskprov secret init" in desk.run("secret", "set", "tech-password", "--stdin", value="x", status=6)[1]
    lines, said = desk.run("secret", "init")
    assert "Keep a copy of that file in the safe" in said
    settings.write_text(settings.read_text() + lines)
    desk.run("validate")
    desk.run("secret", "set", "tech-password", "--stdin", value="x")
    assert "✓ What is kept can be opened on this computer." in desk.run("secret", "keys")[0]
    further, said = desk.run("secret", "init")
    assert further.startswith("  - age1")
    assert "deskprov secret reseal" in said
