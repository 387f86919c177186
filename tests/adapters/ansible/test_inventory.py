"""Ansible and ssh are told what the inventory states, and nothing that could be a template or an option."""

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from deskprov.adapters.ansible.inventory import access, inventory, known_hosts, ssh_arguments
from deskprov.adapters.ansible.settings import ansible_cfg, environment
from deskprov.errors import IdentityNotTrusted, RunnerFailed
from deskprov.model.inventory import Connection, Host
from deskprov.model.secret import SecretRef
from deskprov.model.serving import Offer

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINXcGLZK5AqHtf8VuI09n3tTgpu3iZ36AdJoY9xpFHIc"
ROOT, HOME = Path("/srv/site"), Path("/home/tech")


def host(known_host: str = KEY, **connection: Any) -> Host:
    return Host("pc-1", Connection(**{"address": "192.0.2.7", "user": "tech", **connection}), known_host=known_host)


def variables(machine: Host) -> dict[str, Any]:
    [(name, values)] = yaml.safe_load(inventory(machine, access(machine, ROOT, HOME), {}))["all"]["hosts"].items()
    assert name == "pc-1"
    assert isinstance(values, dict)
    return values


def test_offers_of_files_are_plain_text_for_ansible() -> None:
    machine = host()
    offer = Offer("https://192.0.2.1:4/x", "ab", "{{ 7 * 7 }}")
    text = inventory(machine, access(machine, ROOT, HOME), {"001-1": offer})
    assert '!unsafe "{{ 7 * 7 }}"' in text
    assert "deskprov_served" in text
    assert "deskprov_served" not in variables(machine)


def options(machine: Host) -> dict[str, str]:
    words = shlex.split(ssh_arguments(machine, access(machine, ROOT, HOME), Path("/run/known_hosts")))
    assert words[:2] == ["-F", "none"]
    return dict(word.split("=", 1) for word in words[2:] if word != "-o")


def test_a_key_and_sudo_without_password() -> None:
    machine = host(key_file="keys/id", port=2222)
    values = variables(machine)
    assert values["ansible_host"] == "192.0.2.7"
    assert values["ansible_port"] == 2222
    assert values["ansible_user"] == "tech"
    assert values["ansible_become"] is True
    assert values["ansible_ssh_private_key_file"] == "/srv/site/keys/id"
    assert "ansible_become_password" not in values
    assert options(machine)["PreferredAuthentications"] == "publickey"
    assert options(machine)["BatchMode"] == "yes"
    assert options(machine)["IdentitiesOnly"] == "yes"


def test_passwords_are_names_only() -> None:
    machine = host(password="login", become_password="sudo")
    way_in = access(machine, ROOT, HOME)
    assert (way_in.password, way_in.become_password) == (SecretRef("login"), SecretRef("sudo"))
    values = variables(machine)
    assert values["ansible_become_password"] == "{{ lookup('deskprov.desktop.secret', 'sudo', form='plain') }}"
    assert "ansible_password" not in values, "Ansible would put it into shared memory"
    assert options(machine)["PubkeyAuthentication"] == "no"
    assert options(machine)["NumberOfPasswordPrompts"] == "1"


def test_the_log_in_password_is_sudos_unless_another_is_named() -> None:
    assert access(host(password="login"), ROOT, HOME).become_password == SecretRef("login")


def test_root_needs_no_sudo() -> None:
    machine = host(user="root", password="login")
    assert access(machine, ROOT, HOME).become_password is None
    values = variables(machine)
    assert values["ansible_become"] is False
    assert (values["ansible_become_exe"], values["ansible_become_flags"]) == ("env POSIXLY_CORRECT=1 runuser", "")
    assert "ansible_become_exe" not in variables(host())


@pytest.mark.parametrize(
    ("stated", "path"), [("~/.ssh/id", "/home/tech/.ssh/id"), ("/etc/id", "/etc/id"), ("id rsa", "/srv/site/id rsa")]
)
def test_where_a_key_file_is(stated: str, path: str) -> None:
    assert access(host(key_file=stated), ROOT, HOME).key_file == path


@pytest.mark.parametrize(
    "connection",
    [
        {"address": "-oProxyCommand=id"},
        {"address": "{{ lookup('pipe', 'id') }}"},
        {"address": "192.0.2.7 x"},
        {"address": "a\nb"},
        {"address": ""},
        {"user": '" -o ProxyCommand="id'},
        {"user": "-l"},
        {"user": "{{x}}"},
        {"user": ""},
        {"key_file": 'x" -o y'},
        {"key_file": "~/%d/x"},
        {"key_file": "${HOME}/x"},
        {"key_file": "{{ x }}"},
        {"key_file": "a\nb"},
        {"transport": "winrm"},
    ],
)
def test_what_cannot_be_passed_on_safely_is_refused(connection: dict[str, str]) -> None:
    with pytest.raises(RunnerFailed):
        access(host(**connection), ROOT, HOME)


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7", "fe80::7%eth0", "pc-1.example.org", "::1"])
def test_addresses(address: str) -> None:
    assert variables(host(address=address))["ansible_host"] == address


@pytest.mark.parametrize("user", ["tech", "EXAMPLE\\tech", "tech@example.org", "_tech", "t.e-c_h"])
def test_users(user: str) -> None:
    assert variables(host(user=user))["ansible_user"] == user


def test_the_pinned_key_stands_under_the_machines_name() -> None:
    assert known_hosts(host(KEY + " a comment")) == f"pc-1 {KEY}\n"


@pytest.mark.parametrize("known_host", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "x y", KEY.replace("ed25519", "dss")])
def test_without_a_usable_pin_it_goes_no_further(known_host: str) -> None:
    with pytest.raises(IdentityNotTrusted):
        known_hosts(host(known_host))


def test_only_the_pinned_identity_is_taken() -> None:
    assert options(host()) | {
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": "/run/known_hosts",
        "GlobalKnownHostsFile": "/dev/null",
        "HostKeyAlias": "pc-1",
        "HostKeyAlgorithms": "ssh-ed25519",
        "UpdateHostKeys": "no",
        "ForwardAgent": "no",
    } == options(host())
    rsa = host("ssh-rsa AAAAB3NzaC1yc2E")
    assert options(rsa)["HostKeyAlgorithms"] == "rsa-sha2-512,rsa-sha2-256"


def test_settings_have_no_surprises() -> None:
    text = ansible_cfg(Path("/run/x"), "-F none", 900.0)
    for line in ("host_key_checking = True", "pipelining = True", "forks = 1", "task_timeout = 900"):
        assert line in text.splitlines()


def test_the_environment_is_made_of_named_things_only() -> None:
    given = {"PATH": "/usr/bin", "SSH_AUTH_SOCK": "/run/agent", "DATABASE_URL": "x", "ANSIBLE_FORKS": "9", "HOME": "/x"}
    made = environment(Path("/run/x"), "aa11", given, home=HOME, agent=True, askpass=False)
    assert made["PATH"] == "/run/x/bin:/usr/bin"
    assert made["HOME"] == "/home/tech"
    assert made["SSH_AUTH_SOCK"] == "/run/agent"
    assert not {"DATABASE_URL", "ANSIBLE_FORKS", "SSH_ASKPASS"} & made.keys()
    closed = environment(Path("/run/x"), "aa11", given, home=HOME, agent=False, askpass=True)
    assert "SSH_AUTH_SOCK" not in closed
    assert closed["SSH_ASKPASS"] == "/run/x/bin/askpass"
