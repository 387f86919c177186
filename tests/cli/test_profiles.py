"""init, validate, explain, profile and config as an author of profiles types them, on a real folder."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deskprov.cli.main import run

SETTINGS = """\
format: 1
name: Example school district
secrets:
  tech-password: {env: TECH}
vars:
  help: Call us
"""
INVENTORY = """\
all:
  hosts:
    pc-1:
      ansible_host: 192.0.2.1
      deskprov_profile: office
      deskprov_place: room-12
      deskprov_vars: {printer: north}
    pc-2: {ansible_host: 192.0.2.2, deskprov_profile: office}
"""
BASE = """\
profile: base/linux
platform: linux
users:
  - name: tech
    role: administrator
    shell: /bin/bash
    password: tech-password
"""
OFFICE = """\
profile: office
extends: [base/linux]
users:
  - name: tech
    shell: /bin/zsh
files:
  - path: /etc/motd
    content: |
      ${host.name} in ${site.name}. ${vars.help}
"""


class Author:
    """A site in a folder, and the command line."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        self.write("deskprov.yml", SETTINGS)
        self.write("inventory_hosts/hosts.yml", INVENTORY)
        self.write("profiles/base/linux.yml", BASE)
        self.write("profiles/office.yml", OFFICE)

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")
        return file

    def change(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text("utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def run(self, *arguments: str, status: int = 0) -> str:
        """All that a command says, on both streams; it must end with this status."""
        assert run(["-C", str(self.root), *arguments]) == status, self._capsys.readouterr()
        said = self._capsys.readouterr()
        return said.out + said.err

    def data(self, *arguments: str, status: int = 0) -> Any:
        assert run(["-C", str(self.root), *arguments]) == status
        return json.loads(self._capsys.readouterr().out)

    def problems(self, *paths: str) -> list[str]:
        found = self.data("validate", "--format", "json", *(str(self.root / path) for path in paths), status=3)
        assert found["ok"] is False
        return [f"{p['file']}:{p['line']}:{p['column']} {p['rule']}" for p in found["problems"]]


@pytest.fixture
def author(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Author:
    return Author(tmp_path, capsys)


# --- validate -------------------------------------------------------------------------------------------------------


def test_a_site_in_order(author: Author) -> None:
    assert author.data("validate", "--format", "json") == {
        "ok": True,
        "files": ["deskprov.yml", "inventory_hosts/hosts.yml", "profiles/base/linux.yml", "profiles/office.yml"],
        "problems": [],
    }
    assert author.run("validate").strip() == "✓ 4 files in order."
    assert author.data("validate", "--json")["ok"]


def test_every_mistake_of_every_file_at_once(author: Author) -> None:
    author.change("deskprov.yml", "vars:", "concurrency: many\nvars:")
    author.change("inventory_hosts/hosts.yml", "deskprov_profile: office}", "deskprov_profil: office}")
    author.change("profiles/base/linux.yml", "role: administrator", "rol: administrator")
    author.change("profiles/office.yml", "path: /etc/motd", "path: etc/motd")
    author.write("profiles/other.yml", "profile: other\nplatform: linux\nuser: []\n")
    assert author.problems() == [
        "deskprov.yml:5:14 invalid-value",
        "inventory_hosts/hosts.yml:8:37 unknown-key",
        "profiles/base/linux.yml:5:5 unknown-option",
        "profiles/office.yml:7:11 invalid-value",
        "profiles/other.yml:3:1 unknown-key",
    ]


def test_the_promised_keys_of_a_problem(author: Author) -> None:
    author.change("profiles/office.yml", "shell: /bin/zsh", "shel: /bin/zsh")
    [problem] = author.data("validate", "--json", status=3)["problems"]
    assert problem == {
        "severity": "error",
        "file": "profiles/office.yml",
        "line": 5,
        "column": 5,
        "path": "users[0].shel",
        "rule": "unknown-option",
        "message": "there is no option `shel`",
        "hint": "did you mean `shell`?",
    }


def test_text_has_one_line_per_problem_for_programs(author: Author) -> None:
    author.change("profiles/office.yml", "shell: /bin/zsh", "shell: yes")
    said = author.run("validate", status=3)
    assert said.splitlines() == [
        'profiles/office.yml:5:12: `yes` is true to some YAML readers and a word to others; write true, or "yes" in'
        " quotes if the word is meant",
        "✗ 1 problem in 4 files.",
    ]


def test_a_terminal_sees_the_line_and_a_caret(author: Author) -> None:
    author.change("profiles/office.yml", "shell: /bin/zsh", "shell: 漢字 # \t x\n    role: boss")
    author.write(
        "profiles/wide.yml", "profile: wide\nplatform: linux\nusers: [{name: a, full_name: 漢字, role: boss}]\n"
    )
    shown = on_a_terminal("-C", str(author.root), "validate")
    assert "✗ profiles/office.yml:6:11: `role` must be administrator or standard\n" in shown
    assert "\n    6 │     role: boss\n      │           ^\n" in shown
    assert "\n    3 │ users: [{name: a, full_name: 漢字, role: boss}]\n      │" + " " * 42 + "^\n" in shown
    assert "\n    5 │     shell: 漢字 #   x\n      │            ^\n" in shown


def test_only_some_files(author: Author) -> None:
    author.change("profiles/base/linux.yml", "role: administrator", "role: boss")
    author.change("profiles/office.yml", "shell: /bin/zsh", "shel: /bin/zsh")
    assert author.problems("profiles/base") == ["profiles/base/linux.yml:5:11 invalid-value"]
    assert author.problems("profiles/office.yml") == ["profiles/office.yml:5:5 unknown-option"]
    assert author.data("validate", "--json", str(author.root / "deskprov.yml"))["files"] == ["deskprov.yml"]
    assert len(author.problems(".")) == 2
    assert "nothing to check in profiles/nowhere" in author.run(
        "validate", str(author.root / "profiles/nowhere"), status=64
    )
    assert "is not in the site" in author.run("validate", "/etc", status=64)


def test_machines_must_state_what_their_profile_asks_for(author: Author) -> None:
    author.change("profiles/office.yml", "${vars.help}", "${vars.printer} ${place.name}")
    found = author.data("validate", "--json", status=3)["problems"]
    assert {f"{p['file']}:{p['line']} {p['message']}" for p in found} == {
        "inventory_hosts/hosts.yml:8 pc-2: `${place.name}` has no value for this machine, which profiles/office.yml:8"
        " asks for",
        "inventory_hosts/hosts.yml:8 pc-2: there is no variable `vars.printer`, which profiles/office.yml:8 asks for",
    }
    assert "deskprov_vars" in found[0]["hint"]


def test_machines_with_profiles_and_secrets_that_are_not_there(author: Author) -> None:
    author.change(
        "inventory_hosts/hosts.yml", "deskprov_profile: office}", "deskprov_profile: ofice, deskprov_password: x}"
    )
    assert author.problems() == [
        "inventory_hosts/hosts.yml:8:5 profile-unknown",
        "inventory_hosts/hosts.yml:8:5 secret-undeclared",
    ]


def test_a_profile_for_windows_is_not_for_a_linux_machine(author: Author) -> None:
    author.write("profiles/pc.yml", "profile: pc\nplatform: windows\n")
    author.change("inventory_hosts/hosts.yml", "deskprov_profile: office}", "deskprov_profile: pc}")
    [problem] = author.data("validate", "--json", status=3)["problems"]
    assert problem["rule"] == "profile-platform"
    assert problem["message"] == "the profile pc is for windows, and pc-2 is reached as a Linux machine"
    assert "ansible_shell_type: powershell" in problem["hint"]
    assert "reached as a Linux machine" in author.run("plan", "pc-2", status=3)
    author.change("inventory_hosts/hosts.yml", "profile: pc}", "profile: pc, ansible_shell_type: cmd}")
    assert author.run("validate")


def test_bad_settings_do_not_make_profiles_bad(author: Author) -> None:
    author.write("deskprov.yml", "format: 1\n")
    assert author.problems() == ["deskprov.yml:1:1 missing-option"]


def test_a_base_for_any_platform_needs_none(author: Author) -> None:
    author.write("profiles/base/motd.yml", "profile: base/motd\nfiles: [{path: /etc/issue, content: Hi}]\n")
    assert author.problems() == ["profiles/base/motd.yml:1:1 platform-missing"]
    author.change("profiles/office.yml", "[base/linux]", "[base/linux, base/motd]")
    assert author.run("validate")


def test_shipped_yaml_is_no_profile(author: Author) -> None:
    author.write("profiles/files/app.yml", "not: [a profile")
    author.change(
        "profiles/office.yml", "content: |\n      ${host.name} in ${site.name}. ${vars.help}", "source: files/app.yml"
    )
    assert author.run("validate").strip() == "✓ 4 files in order."


def test_a_link_out_of_the_site_is_not_shipped(author: Author, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret"
    secret.write_text("x")
    (author.root / "profiles/out").symlink_to(secret)
    author.change("profiles/office.yml", "content: |\n      ${host.name} in ${site.name}. ${vars.help}", "source: out")
    [problem] = author.data("validate", "--json", status=3)["problems"]
    assert problem["message"] == "profiles/out leads out of the site"


def test_one_bad_profile_does_not_spoil_the_others(author: Author) -> None:
    author.write("profiles/broken.yml", "profile: [\n")
    assert author.data("explain", "office", "--json")["profile"] == "office"
    assert "profiles/broken.yml:2:1: a value is missing here" in author.run("explain", "broken", status=3)
    [listed] = [p for p in author.data("profile", "list", "--json")["profiles"] if p["profile"] == "broken"]
    assert listed["platform"] is None


def test_a_profile_under_a_wrong_name_is_not_used(author: Author) -> None:
    author.change("profiles/office.yml", "profile: office", "profile: offices")
    assert "must be its path below profiles/, office" in author.run("explain", "office", status=3)


def test_a_profile_that_leads_out_of_the_site(author: Author, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "away.yml"
    elsewhere.write_text("profile: away\nplatform: linux\n")
    (author.root / "profiles/away.yml").symlink_to(elsewhere)
    assert author.problems() == ["profiles/away.yml:1:1 unreadable"]


def test_a_machine_needs_a_profile_that_there_is(author: Author) -> None:
    author.change("inventory_hosts/hosts.yml", ", deskprov_profile: office}", "}")
    assert "pc-2 has no profile; state deskprov_profile" in author.run("explain", "pc-2", status=3)
    author.change("inventory_hosts/hosts.yml", "deskprov_profile: office", "deskprov_profile: ofice")
    assert "there is no profile ofice; did you mean office?" in author.run("explain", "pc-1", status=3)


# --- explain --------------------------------------------------------------------------------------------------------


def test_explain_says_where_each_value_comes_from(author: Author) -> None:
    said = author.run("explain", "pc-1", "users/tech")
    assert "office  linux  builds on base/linux" in said
    lines = [line.split() for line in said.splitlines()]
    assert ["shell", "/bin/zsh", "profiles/office.yml:5"] in lines
    assert ["instead", "of", "/bin/bash", "profiles/base/linux.yml:6"] in lines
    assert "motd" not in said


def test_explain_for_programs(author: Author) -> None:
    explained = author.data("explain", "pc-1", "users/tech.shell", "--json")
    assert explained["settings"] == [
        {
            "resource": "users/tech",
            "option": "shell",
            "value": "/bin/zsh",
            "source": {"file": "profiles/office.yml", "line": 5},
            "overridden": [{"value": "/bin/bash", "source": {"file": "profiles/base/linux.yml", "line": 6}}],
        }
    ]
    assert explained["lineage"] == ["base/linux", "office"]


def test_a_machine_has_its_own_values_and_a_profile_samples(author: Author) -> None:
    author.change("profiles/office.yml", "${vars.help}", "${vars.printer} ${asset.tag}")
    [content] = author.data("explain", "office", "files//etc/motd.content", "--json")["settings"]
    assert content["value"] == "sample-1 in Example school district. north A-0001\n"
    assert "`${asset.tag}` has no value" in author.run("explain", "pc-1", status=3)
    author.run("asset", "add", "host=pc-1", "tag=A-17", "serial=5CD0000001")
    [content] = author.data("explain", "pc-1", "files//etc/motd.content", "--json")["settings"]
    assert content["value"] == "pc-1 in Example school district. north A-17\n"
    assert author.data("explain", "A-17", "--json")["variables"]["host.name"] == "pc-1"


def test_explain_of_what_is_not_there(author: Author) -> None:
    assert "Did you mean office?" in author.run("explain", "ofice", status=5)
    assert "Did you mean users/tech?" in author.run("explain", "office", "user/tech", status=64)
    assert "Name a machine or a profile" in author.run("explain", status=64)


def test_explain_a_type(author: Author) -> None:
    said = author.run("explain", "--type", "users")
    assert "users  on linux, windows; bare text stands for its name" in said
    assert "name of a secret" in said
    options = {o["option"]: o for o in author.data("explain", "--type", "users", "--json")["options"]}
    assert options["role"]["takes"] == "administrator or standard"
    assert options["uid"]["limits"] == "1000 to 59999"
    assert options["name"]["required"]
    assert not any(name.startswith("source_") for name in options)
    assert "Did you mean users?" in author.run("explain", "--type", "user", status=64)


# --- profile, config ------------------------------------------------------------------------------------------------


def test_profile_list(author: Author) -> None:
    listed = author.data("profile", "list", "--json")["profiles"]
    assert [(p["profile"], p["platform"], p["file"], p["hosts"]) for p in listed] == [
        ("base/linux", "linux", "profiles/base/linux.yml", []),
        ("office", "linux", "profiles/office.yml", ["pc-1", "pc-2"]),
    ]
    assert "base/linux" in author.run("profile", "list")
    assert "files//etc/motd" in author.run("profile", "show", "office")


def test_schemas_go_where_they_are_wanted(author: Author) -> None:
    schema = author.data("profile", "schema")
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    author.run("profile", "schema", "-o", str(author.root / "p.json"))
    author.run("config", "schema", "-o", str(author.root / "s.json"))
    assert json.loads((author.root / "p.json").read_text()) == schema
    assert "time_zone" in (author.root / "s.json").read_text()
    assert "cannot be written" in author.run("profile", "schema", "-o", str(author.root), status=64)


def test_config_show_names_the_origin_and_hides_passwords(author: Author, tmp_path: Path) -> None:
    author.change("deskprov.yml", "vars:", "database: postgresql://deskprov:hunter2@db.example.org/deskprov\nvars:")
    shown = author.run("config", "show")
    assert "hunter2" not in shown
    settings = {s["setting"]: s for s in author.data("config", "show", "--json")["settings"]}
    assert settings["database"]["value"] == "postgresql://deskprov:…@db.example.org/deskprov"
    assert settings["name"]["from"] == "deskprov.yml:2"
    assert settings["concurrency"] == {"setting": "concurrency", "value": 10, "from": "default"}
    environment = {**os.environ, "DESKPROV_CONCURRENCY": "3"}
    command = [sys.executable, "-m", "deskprov", "-C", str(author.root), "config", "show", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    settings = {s["setting"]: s for s in json.loads(done.stdout)["settings"]}
    assert settings["concurrency"] == {"setting": "concurrency", "value": 3, "from": "DESKPROV_CONCURRENCY"}


def test_without_a_site_it_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(tmp_path), "validate"]) == 3
    assert "deskprov init makes a site" in capsys.readouterr().err


# --- init -----------------------------------------------------------------------------------------------------------


def test_a_new_site_is_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / 'My "site" ñ 🏫'
    assert run(["init", str(folder)]) == 0
    assert "deskprov validate" in capsys.readouterr().err
    assert run(["-C", str(folder), "validate", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"]
    assert found["files"] == [
        "deskprov.yml",
        "inventory_hosts/hosts.yml",
        "profiles/base/linux.yml",
        "profiles/office-desktop.yml",
    ]
    assert run(["-C", str(folder), "config", "show", "--json"]) == 0
    settings = {s["setting"]: s["value"] for s in json.loads(capsys.readouterr().out)["settings"]}
    assert settings["name"] == 'My "site" ñ 🏫'
    assert ".deskprov/" in (folder / ".gitignore").read_text()


def test_editors_find_the_schemas(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path), "--name", "X"]) == 0
    marked = 0
    for file in tmp_path.rglob("*.yml"):
        first = file.read_text("utf-8").splitlines()[0]
        if "$schema=" in first:
            marked += 1
            assert (file.parent / first.split("$schema=")[1]).resolve().is_file(), file
    assert marked == 3


def test_nothing_is_ever_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".git").mkdir()
    assert run(["init", str(tmp_path)]) == 0
    assert run(["init", str(tmp_path)]) == 64
    assert "is a site already" in capsys.readouterr().err
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    assert run(["init", str(other)]) == 64
    assert "is not empty: notes.txt" in capsys.readouterr().err
    assert [file.name for file in other.iterdir()] == ["notes.txt"]
    assert run(["init", str(other / "notes.txt")]) == 64


def on_a_terminal(*arguments: str) -> str:
    """What a person sees, without colours."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "deskprov", *arguments]
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120", "TERM": "xterm"}
    with subprocess.Popen(command, stdout=follower, stderr=follower, stdin=follower, env=environment):
        os.close(follower)
        said = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            said += part
    os.close(leader)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said.decode().replace("\r\n", "\n"))
    return "\n".join(line.rstrip() for line in plain.split("\n"))
