"""What a command does not need is not loaded: libraries that are loaded are most of the time that a command takes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RECORD = {"sqlalchemy"}
WINRM = {"winrm", "requests", "spnego"}
SSH = {"paramiko"}
ANSIBLE = {"ansible_runner", "jinja2", "deskprov.stages.render", "deskprov.formats.module_options"}
SELDOM = {
    "alembic",
    "passlib",
    "pyrage",
    "keyring",
    "tzlocal",
    "pypsrp",
    "deskprov.api.kept_passwords",
    "deskprov.api.own_password",
    "deskprov.api.password_proof",
    "deskprov.formats.cases",
    "deskprov.formats.certificates",
    "deskprov.formats.enrolment",
    "deskprov.model.enrolment",
    "deskprov.model.plan_file",
    "deskprov.model.workplace",
    "deskprov.adapters.database.history",
    "deskprov.adapters.database.escrow",
    "deskprov.practice",
}
"""What a look at machines does not need."""

HELP = {"deskprov.model.enrolment"}
"""What it needs to say what verbs there are, which are all loaded for that."""

FILE = {"deskprov.model.plan_file"}
"""What it needs because it may write one."""

LOADED = """
import json, sys
from deskprov.cli.main import run
status = run(sys.argv[1:])
print(json.dumps([status, sorted(sys.modules)]))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a Windows PC that nobody can reach, and a record that is there."""
    root = tmp_path_factory.mktemp("site")
    for folder in ("profiles", "inventory_hosts"):
        (root / folder).mkdir()
    (root / "deskprov.yml").write_text("format: 1\nname: Example\nsecrets:\n  admin: {command: [echo, word]}\n")
    (root / "profiles" / "pc.yml").write_text("profile: pc\nplatform: windows\nenvironment:\n  - {name: A, value: b}\n")
    variables = {
        "ansible_host": "127.0.0.1",
        "ansible_port": 1,
        "ansible_user": "admin",
        "ansible_connection": "winrm",
        "ansible_winrm_transport": "ntlm",
        "deskprov_password": "admin",
        "deskprov_profile": "pc",
    }
    (root / "inventory_hosts" / "hosts.yml").write_text(json.dumps({"all": {"hosts": {"pc-1": variables}}}))
    loaded(root, "verify", "pc-1")
    return root


def loaded(root: Path, *arguments: str) -> tuple[int, set[str]]:
    """The status that the command ends with, and all that it has loaded, in a process of its own."""
    command = [sys.executable, "-c", LOADED, "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    status, modules = json.loads(done.stdout.splitlines()[-1])
    return status, set(modules)


@pytest.mark.parametrize(
    ("command", "wanted", "with_it", "without"),
    [
        (["--version"], 0, {"typer"}, RECORD | WINRM | SSH | ANSIBLE | SELDOM - HELP | {"yaml", "deskprov.resources"}),
        (["validate"], 0, {"deskprov.resources"}, RECORD | WINRM | SSH | ANSIBLE | SELDOM),
        (["profile", "list"], 0, {"deskprov.resources"}, RECORD | WINRM | SSH | ANSIBLE | SELDOM),
        (["host", "list"], 0, {"yaml"}, WINRM | SSH | ANSIBLE),
        (["plan", "pc-1"], 4, RECORD, SSH | ANSIBLE | SELDOM - FILE),
        (["verify", "pc-1"], 4, RECORD, SSH | ANSIBLE | SELDOM),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_is_not_needed_is_not_loaded(
    site: Path, command: list[str], wanted: int, with_it: set[str], without: set[str]
) -> None:
    status, modules = loaded(site, *command)
    assert status == wanted
    assert sorted(with_it - modules) == []
    assert sorted(without & modules) == []


@pytest.mark.parametrize("command", [["validate"], ["verify", "pc-1"]], ids=lambda command: command[0])
def test_of_the_types_those_are_loaded_that_a_profile_names(site: Path, command: list[str]) -> None:
    _, modules = loaded(site, *command)
    parts = [name.split(".") for name in modules if name.startswith("deskprov.resources.")]
    assert {part[2] for part in parts} == {"environment"}
