"""What Ansible puts on the standard input of PowerShell, decoded: which module, with which arguments, as whom.

The format is Ansible's own affair and no promise of it (ansible/executor/powershell/module_manifest.py, ansible-core
2.19 to 2.20): a JSON document that starts the wrapper, a line of four NULs, the JSON document of what to run, and
perhaps another such line and lines of input. A contract test holds real Ansible to it.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

SEPARATOR = b"\0\0\0\0"
WRAPPER = "exec_wrapper"
MODULE_WRAPPER = "module_wrapper.ps1"


class Payload(Struct, frozen=True):
    """One run of a module or of one of Ansible's own scripts.

    `script` is the name of what runs: `ansible_collections.ansible.windows.plugins.modules.win_ping.ps1` or
    `winrm_put_file.ps1`; `sha256` is of its text. `arguments` are those of the module or the parameters of the script,
    `settings` what Ansible adds to a module's, without `_ansible_`. `wrappers` run around it, such as
    `become_wrapper.ps1`; `lines` is its input.
    """

    script: str
    sha256: str
    arguments: Mapping[str, Any]
    settings: Mapping[str, Any]
    wrappers: tuple[str, ...]
    lines: tuple[bytes, ...]

    @property
    def module(self) -> str:
        """The module's full name, such as `ansible.windows.win_ping`; empty for one of Ansible's own scripts."""
        parts = self.script.removesuffix(".ps1").split(".")
        if parts[0] != "ansible_collections" or parts[3:5] != ["plugins", "modules"]:
            return ""
        return ".".join([*parts[1:3], *parts[5:]])

    @property
    def check(self) -> bool:
        """True when it shall only say what it would change."""
        return self.settings.get("check_mode") is True

    @property
    def no_log(self) -> bool:
        """True when nothing of its arguments may be kept."""
        return self.settings.get("no_log") is True


def decode(stdin: bytes) -> Payload:
    """The run that this input asks for. Raises `ValueError` with what is not as agreed."""
    start, first, rest = _partition(stdin)
    document, _, lines = _partition(rest)
    if not first:
        raise ValueError("there is no line of four NULs")
    begin = _json(start)
    if begin.get("name") != WRAPPER:
        raise ValueError(f"it starts {begin.get('name')!r} and not {WRAPPER}")
    manifest = _json(document)
    try:
        return _payload(manifest, tuple(lines.splitlines()))
    except (KeyError, TypeError, IndexError, AttributeError, binascii.Error) as error:
        raise ValueError(f"the manifest is not of the form that is known: {error!r}") from error


def _payload(manifest: Mapping[str, Any], lines: tuple[bytes, ...]) -> Payload:
    *around, last = manifest["actions"]
    parameters = last["params"]
    of_module = last["name"] == MODULE_WRAPPER
    script = parameters["Script"] if of_module else last["name"]
    text = base64.b64decode(manifest["scripts"][script]["script"], validate=True)
    given = _arguments(parameters) if of_module else parameters
    ours = {name: value for name, value in given.items() if not name.startswith("_ansible_")}
    settings = {name.removeprefix("_ansible_"): value for name, value in given.items() if name not in ours}
    wrappers = tuple(action["name"] for action in around)
    return Payload(script, hashlib.sha256(text).hexdigest(), ours, settings, wrappers, lines)


def _arguments(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    (variable,) = [each for each in parameters["Variables"] if each["Name"] == "complex_args"]
    arguments: Mapping[str, Any] = variable["Value"]
    return arguments


def _partition(text: bytes) -> tuple[bytes, bytes, bytes]:
    """As `bytes.partition`, at a line that is the separator."""
    before, found, after = text.partition(b"\n" + SEPARATOR)
    return before, found, after.lstrip(b"\r\n")


def _json(text: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ValueError("it is no JSON") from error
    if not isinstance(document, dict):
        raise ValueError("it is no JSON object")
    return document
