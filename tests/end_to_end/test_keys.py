"""Keys of accounts: whom they reach, and that no account can lead root's hand to where they do not belong."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from deskprov import open_site
from deskprov.api.applying import apply
from deskprov.api.running import Request
from deskprov.model.plan import HostPlan
from deskprov.model.result import Status
from tests.api.test_applying import Watcher
from tests.end_to_end.bench import Bench, statuses

pytestmark = pytest.mark.practice

PLAYBOOK = str(Path(sys.executable).with_name("ansible-playbook"))
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEO/Ep1cl4YpWU1Rs8+CU57yxg4iP2/xaIa8ZwrkXqkJ"
PEOPLE = f"""\
users:
  - name: ana
    authorized_keys: [{KEY} ana@example.org]
  - name: backup-pull
    shell: /usr/sbin/nologin
    authorized_keys: [{KEY} backup@example.org]
  - name: gone
    expires: "2020-01-01"
    authorized_keys: [{KEY} gone@example.org]
"""
OURS = f"""\
users:
  - name: deskprov
    authorized_keys: [{KEY} deskprov@example.org]
  - name: berta
    shell: /usr/sbin/nologin
    authorized_keys: [{KEY} berta@example.org]
"""


def keys_of(bench: Bench, account: str) -> tuple[bytes, bytes]:
    """The keys of an account, and whom the file belongs to, with its permissions."""
    path = f"/home/{account}/.ssh/authorized_keys"
    return bench.on("practice-1", "cat", path), bench.on("practice-1", "stat", "-c", "%U %a", path)


def set_up(bench: Bench, host: str, profile: str) -> set[str]:
    run = bench.data("setup", host, "--profile", profile, "--yes", "--json")
    return set(statuses(run, host).values())


def test_keys_of_people_and_services(bench: Bench) -> None:
    bench.profile("people", PEOPLE)
    assert set_up(bench, "practice-1", "people") == {"changed"}
    for account, word in (("ana", "ana"), ("backup-pull", "backup"), ("gone", "gone")):
        expected = f"{KEY} {word}@example.org\n".encode(), f"{account} 600\n".encode()
        assert keys_of(bench, account) == expected
    assert set_up(bench, "practice-1", "people") == {"ok"}


def test_an_account_that_makes_its_folder_a_link_reaches_nothing(bench: Bench) -> None:
    bench.profile("mallory", "users:\n  - mallory\n")
    assert set_up(bench, "practice-1", "mallory") == {"changed"}
    bench.profile("mallory", f"users:\n  - name: mallory\n    authorized_keys: [{KEY} mallory@example.org]\n")
    bench.on("practice-1", "sh", "-c", "mkdir -p -m 700 /root/.ssh; echo '# as it was' >/root/.ssh/authorized_keys")

    def swapped(plans: Sequence[HostPlan]) -> bool:
        bench.on("practice-1", "runuser", "-u", "mallory", "--", "ln", "-s", "/root/.ssh", "/home/mallory/.ssh")
        return True

    request = Request(["practice-1"], "mallory")
    [host] = apply(open_site(str(bench.root)), request, Watcher(), swapped, verb="setup").hosts
    assert [result.status for result in host.results] == [Status.FAILED]
    assert bench.on("practice-1", "cat", "/root/.ssh/authorized_keys") == b"# as it was\n"
    assert bench.on("practice-1", "stat", "-c", "%U %a", "/root/.ssh") == b"root 700\n"
    again = bench.run("setup", "practice-1", "--profile", "mallory", "--yes", status=1)
    assert "no answer about this: authorized_keys" in again


def test_the_stand_alone_playbook_does_as_much_for_any_inventory(bench: Bench, tmp_path: Path) -> None:
    """Also for one that says become root, where Ansible does not pipeline, and on a machine without setfacl(1)."""
    bench.profile("alone", f"users:\n  - name: carla\n    authorized_keys: [{KEY} carla@example.org]\n")
    bench.run("render", "alone", "-o", str(tmp_path))
    [machine] = bench.data("practice", "list", "--json")["machines"]
    (tmp_path / "known").write_text(f"pc-1 {machine['host_key']}\n")
    way_in = {
        "ansible_host": machine["address"],
        "ansible_port": machine["port"],
        "ansible_user": machine["user"],
        "ansible_ssh_private_key_file": machine["key_file"],
        "ansible_ssh_common_args": f"-o UserKnownHostsFile={tmp_path}/known -o HostKeyAlias=pc-1",
        "ansible_become_user": "root",
        "ansible_pipelining": False,
    }
    (tmp_path / "hosts.yml").write_text(json.dumps({"all": {"hosts": {"pc-1": way_in}}}))
    bench.on("practice-1", "sh", "-c", "chmod a-x /usr/bin/setfacl")
    for changed in (True, False):
        done = subprocess.run(
            [PLAYBOOK, "alone.yml", "--inventory", "hosts.yml", "--extra-vars", "deskprov_target=pc-1"],
            cwd=tmp_path,
            env={**os.environ, "ANSIBLE_NOCOLOR": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert ("changed=0" not in done.stdout) is changed
    assert keys_of(bench, "carla") == (f"{KEY} carla@example.org\n".encode(), b"carla 600\n")


def test_where_root_logs_in_sudo_is_not_needed(bench: Bench) -> None:
    bench.profile("ours", OURS)
    [machine] = bench.data("practice", "list", "--json")["machines"]
    let_in = "mkdir -p -m 700 /root/.ssh; cp /home/deskprov/.ssh/authorized_keys /root/.ssh; chmod a-x /usr/bin/sudo"
    bench.on("practice-1", "sh", "-c", let_in)
    way_in = ["--address", machine["address"], "--port", str(machine["port"]), "--user", "root"]
    bench.run("host", "add", "by-root", *way_in, "--key", machine["key_file"], "--profile", "ours")
    bench.write("inventory_hosts/known_hosts.txt", f"by-root {machine['host_key']}\n")
    assert set_up(bench, "by-root", "ours") == {"changed"}
    for account in ("deskprov", "berta"):
        expected = f"{KEY} {account}@example.org\n".encode(), f"{account} 600\n".encode()
        assert keys_of(bench, account) == expected
    assert set_up(bench, "by-root", "ours") == {"ok"}
