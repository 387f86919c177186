"""Which Ansible is used is found out without starting it where that is possible; too old or new, it is refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from deskprov.adapters.ansible.installation import ansible_version, find_installation

LOOK = """
import sys
sys.executable = sys.argv[1]
from deskprov.adapters.ansible.installation import find_installation
from deskprov.errors import DeskprovError
try:
    print(find_installation(sys.argv[2]))
except DeskprovError as error:
    print(error.message, "|", error.hint)
"""


def program(folder: Path, says: str) -> Path:
    """A program called ansible-playbook that says this when asked for its version."""
    folder.mkdir()
    path = folder / "ansible-playbook"
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def look(tmp_path: Path, search_path: str) -> str:
    """What a Python without an ansible-playbook beside it finds."""
    command = [sys.executable, "-c", LOOK, str(tmp_path / "bin" / "python"), search_path]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.ansible
def test_the_one_beside_our_python_and_its_own_word() -> None:
    beside = Path(sys.executable).with_name("ansible-playbook")
    found = find_installation("/nowhere")
    said = subprocess.run([beside, "--version"], capture_output=True, text=True, check=True).stdout
    assert found.program == beside
    assert f"[core {found.version}]" in said
    assert ansible_version() == found.version


def test_another_one_on_the_search_path_is_asked(tmp_path: Path) -> None:
    path = program(tmp_path / "other", "ansible-playbook [core 2.21.5]")
    assert look(tmp_path, str(path.parent)).strip() == f"Installation(program={path!r}, version='2.21.5')"


@pytest.mark.ansible
def test_the_real_one_says_its_release_when_asked(tmp_path: Path) -> None:
    path = program(tmp_path / "other", "")
    path.write_text(f'#!/bin/sh\nexec {Path(sys.executable).with_name("ansible-playbook")} "$@"\n')
    assert look(tmp_path, str(path.parent)).strip().startswith(f"Installation(program={path!r}, version='2.")


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("ansible-playbook [core 2.14.18]", "is of ansible-core 2.14.18; deskprov needs 2.19 or newer"),
        ("ansible-playbook [core 2.99.0]", "is of ansible-core 2.99.0; deskprov has been tried with 2.19, 2.20, 2.21"),
        ("ansible-playbook 2.9.27", "does not say its release"),
        ("", "does not say its release"),
    ],
)
def test_one_that_is_not_known_is_refused(tmp_path: Path, says: str, words: str) -> None:
    path = program(tmp_path / "other", says)
    said = look(tmp_path, str(path.parent))
    assert words in said
    assert 'pip install "deskprov[ansible]"' in said


def test_none_at_all_is_said_with_the_way_to_get_it(tmp_path: Path) -> None:
    said = look(tmp_path, "/nowhere")
    assert said.strip() == (
        'Ansible is not installed here, so nothing can be changed. | Install it: pip install "deskprov[ansible]"'
    )


def test_one_that_cannot_be_started(tmp_path: Path) -> None:
    path = program(tmp_path / "other", "")
    path.write_text("#!/nowhere/python\n")
    assert "cannot be run" in look(tmp_path, str(path.parent))


RUN = """
import sys
sys.executable = sys.argv[1]
from pathlib import Path
from deskprov.adapters.ansible.runner import AnsibleRunner
from deskprov.adapters.locks import KernelLock
from deskprov.errors import RunnerFailed
from deskprov.model.inventory import Connection, Host
from deskprov.model.playbook import PlaybookJob
from deskprov.testing import FixedSecrets
job = PlaybookJob(Host("pc-1", Connection("192.0.2.7")), "")
try:
    runner = AnsibleRunner(FixedSecrets({}), Path("/"), given={"PATH": "/nowhere"})
    runner.run(job, KernelLock(0), print, lambda: False)
except RunnerFailed as error:
    print(error.host, "|", error.message, "|", error.hint)
"""


def test_a_run_without_ansible_says_how_to_get_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN, str(tmp_path / "bin" / "python")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.startswith("pc-1 | Ansible is not installed here")
    assert 'pip install "deskprov[ansible]"' in said
