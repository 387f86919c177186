"""Ansible's settings and environment for one run: ours alone, whatever the controller or its user has set."""

import configparser
import io
import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from deskprov.adapters.ansible.broker import ADDRESS
from deskprov.adapters.ansible.inventory import CONNECT_SECONDS, PYTHON
from deskprov.adapters.ansible.processes import MARKER

HALT = "DESKPROV_HALT"
"""The environment variable that names, for the callback of our Ansible collection, the file that asks for an end."""

HALT_FILE = "halt"

_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def ansible_cfg(folder: Path, ssh_arguments: str, step_seconds: float) -> str:
    """The text of ansible.cfg. `step_seconds` is the limit of a task that states none itself."""
    no, yes = "False", "True"
    sections = {
        "defaults": {
            "local_tmp": str(folder / "tmp"),
            "interpreter_python": PYTHON,
            "gathering": "explicit",
            "inject_facts_as_vars": no,
            "forks": "1",
            "timeout": str(CONNECT_SECONDS),
            "task_timeout": str(max(1, round(step_seconds))),
            "host_key_checking": yes,
            "display_args_to_stdout": no,
            "no_target_syslog": yes,
            "retry_files_enabled": no,
            "deprecation_warnings": no,
            "localhost_warning": no,
            "nocows": yes,
            "nocolor": yes,
            "callbacks_enabled": "deskprov.desktop.halt",
        },
        "inventory": {"enable_plugins": "ansible.builtin.yaml", "any_unparsed_is_failed": yes},
        "ssh_connection": {
            "pipelining": yes,
            "host_key_checking": yes,
            "ssh_args": ssh_arguments,
            "control_path_dir": str(folder / "cp"),
        },
    }
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_dict(sections)
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def collections_path(home: Path) -> str:
    """Where Ansible finds collections: ours, this user's, the system's; those beside ansible-core it finds itself."""
    ours = Path(str(resources.files("deskprov")))
    return ":".join(map(str, (ours, home / ".ansible" / "collections", "/usr/share/ansible/collections")))


def environment(
    folder: Path, marker: str, given: Mapping[str, str], *, home: Path, agent: bool, askpass: bool
) -> dict[str, str]:
    """The whole environment of the playbook's processes. Of the `given` one only the search path, the place of
    Kerberos's settings, and with `agent` the ssh agent's socket get through. `askpass`: ssh asks our program for the
    password.
    """
    chosen = {
        "PATH": f"{folder / 'bin'}:{given.get('PATH', _SYSTEM_PATH)}",
        "HOME": str(home),
        "LANG": _LOCALE,
        "LC_ALL": _LOCALE,
        "TERM": "dumb",
        "TMPDIR": str(folder / "tmp"),
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_COLLECTIONS_PATH": collections_path(home),
        "ANSIBLE_HOST_KEY_CHECKING": "True",
        ADDRESS: str(folder / "s"),
        MARKER: marker,
        HALT: str(folder / HALT_FILE),
    }
    if "KRB5_CONFIG" in given:
        chosen["KRB5_CONFIG"] = given["KRB5_CONFIG"]
    if agent and "SSH_AUTH_SOCK" in given:
        chosen["SSH_AUTH_SOCK"] = given["SSH_AUTH_SOCK"]
    if askpass:
        chosen |= {"SSH_ASKPASS": str(folder / "bin" / "askpass"), "SSH_ASKPASS_REQUIRE": "force"}
    return chosen
