"""Row 1, for the other files of a site: every text of deskprov.yml and of the inventory is text, or is refused.

A text that is accepted is letter by letter the same in the settings, in the machine and in the inventory that Ansible
is given; one that is refused has a finding with its place.
"""

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from deskprov.adapters.ansible.inventory import access, inventory, ssh_arguments
from deskprov.adapters.settings_file import TEXTS, VARIABLES, settings_from
from deskprov.formats import inventory as site_inventory
from deskprov.formats import inventory_edit, strict_yaml
from deskprov.formats.inventory_vars import KNOWN, vars_of_host
from deskprov.formats.json_schema import settings_schema
from deskprov.formats.strict_yaml import REFUSED
from deskprov.model.inventory import Host
from deskprov.model.problem import InvalidInput, Problem, has_errors
from deskprov.model.text import Reach
from tests.formats.hostile_texts import hostile_texts
from tests.reliability.text_fields import A_KEY, THE_KEY, Steps, are_told_with_their_places, candidates, leaves

SETTINGS = "deskprov.yml"
INVENTORY = "inventory_hosts/hosts.yml"
ROOT, HOME = Path("/srv/site"), Path("/home/tech")
AGE_KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJ9RU5Yv8V5U3sE6DhWr8yO9n0m2hN5Qk0xg3b9E5mS"

# --- deskprov.yml ----------------------------------------------------------------------------------------------------

PLACES = {
    (name, *steps): leaf for name, option in settings_schema()["properties"].items() for steps, leaf in leaves(option)
}
"""Every place of text in the settings, found by walking their model."""

EXAMPLES: Mapping[str, str] = {
    "name": "A district",
    "time_zone": "America/Los_Angeles",
    "database": "sqlite:////srv/record.sqlite",
    "login_key": SSH_KEY,
    "login_from": "10.1.0.0/16",
    "escrow_keys": AGE_KEY,
    "env": "WORD",
    "command": "/usr/bin/pass",
    "keyring": "site/word",
    "file": "~/keys/site",
    "password": "vault",
    "entry": "word",
    A_KEY: "word",
    THE_KEY: "word",
}
"""What is right there, by the last word on the way; a new option of the settings needs an example here."""

BESIDE: Mapping[str, Mapping[str, str]] = {"vault": {"file": "secrets.yml", "password": "vault"}}
"""What has to be stated along with it."""

VALUES: Mapping[str, Any] = {
    "secrets": {"ask": True},
    "asset_fields": "text",
    "vars": "text",
    "deskprov_vars": "text",
    "feeds": {"machines_at_once": 2},
}
"""A value for a key that is tried."""

KEYS: Mapping[str, str] = {"feeds": "https://packages.example.org/chocolatey/"}
"""What is right as a key there, where a word is not."""


def _name(steps: Steps) -> str:
    return ".".join(map(str, steps))


def _example(steps: Steps) -> str:
    *before, last = [str(step) for step in steps if step != 0]
    return KEYS.get(before[-1], EXAMPLES[THE_KEY]) if last == THE_KEY else EXAMPLES[last]


def _stating(steps: Steps, text: str, inside: str = "") -> Any:
    """Settings, or a part of them, with the text in this place."""
    if not steps:
        return text
    step, *rest = steps
    if step == THE_KEY:
        return {text: VALUES[inside]}
    value = _stating(tuple(rest), text, str(step))
    return [value] if step == 0 else {**BESIDE.get(inside, {}), step: value}


def _found(steps: Steps, settings: Any) -> Any:
    for step in steps:
        if step == THE_KEY:
            [key] = settings
            return key
        settings = settings[step]
    return settings


@pytest.mark.parametrize("steps", PLACES, ids=_name)
def test_every_text_of_the_settings(steps: Steps) -> None:
    accepted, refused = [], []
    for text in [_example(steps), *candidates(_example(steps))]:
        stated = {"format": 1, "name": "X", **_stating(steps, text)}
        content = json.dumps(stated, ensure_ascii=False).encode("utf-8", "surrogatepass")
        try:
            settings = settings_from(content, {}).settings
        except InvalidInput as error:
            are_told_with_their_places(error.problems, content, SETTINGS)
            refused.append(text)
        else:
            assert _found(steps, settings.model_dump()) == text
            accepted.append(text)
    assert _example(steps) in accepted
    _are_as_declared(Reach(PLACES[steps]["x-reach"]), accepted, refused)


def _are_as_declared(reach: Reach, accepted: Sequence[str], refused: Sequence[str]) -> None:
    """Both sides are counted, and each holds what the place's declaration says."""
    assert len(accepted) + len(refused) > 2000
    assert refused
    assert not [text for text in accepted if REFUSED.search(text)]
    match reach:
        case Reach.TEXT:
            assert not [text for text in refused if text.isprintable()]
        case Reach.LINE:
            assert not [text for text in accepted if not text.isprintable()]
        case Reach.WORD:
            assert not [text for text in accepted if not re.fullmatch(r"[A-Za-z0-9._+:~/-]+", text)]


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_of_a_variable_of_the_environment(name: str) -> None:
    [variable] = [variable for variable, option in VARIABLES.items() if option == name]
    accepted, refused = [], []
    for text in [_example((name,)), *candidates(_example((name,)))]:
        if "\0" in text or not text:
            continue  # no environment holds the one, and the other counts as not set
        try:
            settings = settings_from(b"format: 1\nname: X\n", {variable: text}).settings
        except InvalidInput as error:
            assert {problem.source.file for problem in error.problems} == {f"the variable {variable}"}
            assert all(problem.message for problem in error.problems)
            refused.append(text)
        else:
            assert getattr(settings, name) == text
            accepted.append(text)
    _are_as_declared(Reach(PLACES[(name,)]["x-reach"]), accepted, refused)


# --- the inventory ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Variable:
    """Where a machine holds what an inventory variable says, a pattern of all that is taken, texts that are right."""

    of: Callable[[Host], Any]
    takes: str
    right: Sequence[str]


NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
TRIED: Mapping[Steps, Variable] = {
    ("ansible_host",): Variable(
        lambda host: host.connection.address,
        r"[A-Za-z0-9_:][A-Za-z0-9._:-]*(%[A-Za-z0-9._-]+)?",
        ["pc-1.example.org", "192.0.2.1", "fe80::1%eth0"],
    ),
    ("ansible_port",): Variable(lambda host: host.connection.port, "", []),
    ("ansible_user",): Variable(
        lambda host: host.connection.user, r"[A-Za-z0-9_][A-Za-z0-9_.@+\\-]*", ["tech", "SCHOOL\\tech"]
    ),
    ("ansible_ssh_private_key_file",): Variable(
        lambda host: host.connection.key_file, r'[^-"\\%$#{}][^"\\%$#{}]*', ["~/.ssh/id", "keys/id"]
    ),
    ("ansible_connection",): Variable(lambda host: host.connection.transport, "ssh", ["ssh"]),
    ("ansible_shell_type",): Variable(
        lambda host: host.connection.shell or "sh", "powershell|cmd|sh", ["powershell", "cmd", "sh"]
    ),
    ("ansible_winrm_transport",): Variable(lambda host: "ntlm", "ntlm", ["ntlm"]),  # the only word, so kept nowhere
    # of a machine that is not reached by PSRP these are kept nowhere
    ("ansible_psrp_auth",): Variable(lambda host: "ntlm", "ntlm", ["ntlm"]),
    ("ansible_psrp_protocol",): Variable(lambda host: "https", "https", ["https"]),
    ("deskprov_risk_taken",): Variable(lambda host: host.connection.risk_taken, "", []),
    ("deskprov_profile",): Variable(lambda host: host.profile, f"{NAME}(/{NAME})*", ["base/lab"]),
    ("deskprov_place",): Variable(lambda host: host.place, NAME, ["room-1"]),
    ("deskprov_ring",): Variable(lambda host: host.ring, NAME, ["pilot"]),
    ("deskprov_vars",): Variable(lambda host: host.vars, "", []),
    ("deskprov_vars", A_KEY): Variable(lambda host: host.vars[A_KEY], r"((?!\{[{%#]|#jinja2:)[\s\S])*", ["word"]),
    ("deskprov_vars", THE_KEY): Variable(lambda host: next(iter(host.vars)), NAME, ["word"]),
    ("deskprov_password",): Variable(lambda host: host.connection.password, NAME, ["local-admin"]),
    ("deskprov_become_password",): Variable(lambda host: host.connection.become_password, NAME, ["local-admin"]),
}
FREE = {("deskprov_vars", A_KEY), ("ansible_ssh_private_key_file",)}
"""What takes all that the pattern does, if it can be printed."""


def test_every_variable_is_tried() -> None:
    assert {steps[0] for steps in TRIED} == set(KNOWN)
    assert len(hostile_texts()) > 2000


def _read(content: bytes) -> tuple[Host | None, Sequence[Problem]]:
    document, problems = strict_yaml.read_bytes(content, INVENTORY)
    found, more = site_inventory.read([document] if document else [])
    problems = [*problems, *more]
    return (None if has_errors(problems) else found.hosts["pc-1"]), problems


@pytest.mark.parametrize("steps", TRIED, ids=_name)
def test_every_text_of_a_variable_of_the_inventory(steps: Steps) -> None:
    variable = TRIED[steps]
    accepted: dict[str, Host] = {}
    refused = []
    for text in [*variable.right, *(text for right in variable.right or [""] for text in candidates(right))]:
        stated = {"all": {"hosts": {"pc-1": _stating(steps, text, steps[0])}}}
        content = json.dumps(stated, ensure_ascii=False).encode("utf-8", "surrogatepass")
        host, problems = _read(content)
        if host is None:
            are_told_with_their_places(problems, content, INVENTORY)
            refused.append(text)
        else:
            assert variable.of(host) == text
            accepted[text] = host
    assert set(variable.right) <= set(accepted)
    assert len(refused) > 100
    assert not [text for text in accepted if REFUSED.search(text) or not re.fullmatch(variable.takes, text)]
    if steps in FREE:
        assert len(accepted) > 500
        assert not [text for text in refused if text.isprintable() and re.fullmatch(variable.takes, text)]
    for host in accepted.values():
        _is_written_back_equal(host)
        _is_plain_for_ansible_and_ssh(host)


def _is_written_back_equal(host: Host) -> None:
    again, problems = _read(inventory_edit.whole({host.name: vars_of_host(host)}, "machines").encode())
    assert not problems
    assert again and replace(again, source=host.source) == host


def _is_plain_for_ansible_and_ssh(host: Host) -> None:
    """What Ansible reads are the same texts, none of them marked as holding a template; ssh gets constant words."""
    way_in = access(host, ROOT, HOME)
    [variables] = yaml.load(inventory(host, way_in, {}), Loader=yaml.CSafeLoader)["all"]["hosts"].values()
    assert variables["ansible_host"] == host.connection.address
    assert variables["ansible_user"] == host.connection.user
    if stated := host.connection.key_file:
        path = HOME / stated[2:] if f"{stated}/".startswith("~/") else ROOT / stated
        assert variables["ansible_ssh_private_key_file"] == str(path)
    lookup = variables.pop("ansible_become_password", "{{ lookup('deskprov.desktop.secret', 'a', form='value') }}")
    assert re.fullmatch(r"\{\{ lookup\('deskprov\.desktop\.secret', '[A-Za-z0-9._-]+', form='[a-z]+'\) \}\}", lookup)
    assert not [text for text in variables.values() if re.search(r"\{[{%#]", str(text))]
    arguments = ssh_arguments(replace(host, known_host=SSH_KEY), way_in, Path("/run/deskprov/known_hosts"))
    assert re.fullmatch(r"[A-Za-z0-9 =/._@^,:-]+", arguments)
    assert shlex.split(arguments) == arguments.split()
