"""What can cut deskprov off is really cut off, and the machine takes it back by itself; what is right stays."""

from collections.abc import Iterator

import pytest

from deskprov import open_site
from deskprov.api.guarding import Guard
from deskprov.model.plan import Action, Change, Segment
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.source import Source
from tests.end_to_end.bench import SETTINGS, Bench, statuses

pytestmark = pytest.mark.practice

OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9"
SSHD = "files:\n  - path: /etc/ssh/sshd_config.d/00-school.conf\n    content: |\n      {}\n"
SUDO = "files:\n  - path: /etc/sudoers.d/zz-school\n    mode: '0440'\n    content: |\n      {}\n"
SUDO_CONF = "files:\n  - path: /etc/sudo.conf\n    content: |\n      {}\n"
ACCOUNT = "users:\n  - name: deskprov\n    {}\n"
RULES = """\
flush ruleset
table inet school {{
  chain input {{
    type filter hook input priority 0; policy accept;
    tcp dport {{ 22, 2222-2321 }} {}
  }}
}}
"""
FIREWALL = "files:\n  - path: /etc/nftables.conf\n    content: |\n" + "".join(
    f"      {line}\n" for line in RULES.splitlines()
)

BAD = {
    "sshd-keys": SSHD.format("PubkeyAuthentication no"),
    "sshd-users": SSHD.format("AllowUsers nobody"),
    "sudo": SUDO.format("deskprov ALL=(ALL) !ALL"),
    "sudo-conf": SUDO_CONF.format("Plugin sudoers_policy no_such_plugin.so"),
    "keys": ACCOUNT.format(f"authorized_keys: ['{OTHER_KEY}']"),
    "expired": ACCOUNT.format('expires: "2020-01-01"'),
    "shell": ACCOUNT.format("shell: /usr/sbin/nologin"),
    "firewall": FIREWALL.format("drop"),
}
GOOD = {
    "sshd-keys": SSHD.format("MaxAuthTries 4"),
    "sshd-users": SSHD.format("LoginGraceTime 60"),
    "sudo": SUDO.format("Defaults timestamp_timeout=5"),
    "sudo-conf": SUDO_CONF.format("Set disable_coredump true"),
    "keys": ACCOUNT.format("authorized_keys: ['{own}', '" + OTHER_KEY + "']"),
    "expired": ACCOUNT.format('expires: "2099-01-01"'),
    "shell": ACCOUNT.format("shell: /bin/sh"),
    "firewall": FIREWALL.format("accept"),
}
HOSTS = {name: f"practice-{number}" for number, name in enumerate(BAD, 1)}
STILL_MADE = "folders:\n  - path: /srv/{}\n"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A machine with a network of its own for each way to be cut off; all take it back within a minute."""
    bench = Bench(tmp_path_factory.mktemp("site"))
    bench.write("deskprov.yml", f"{SETTINGS}undo_minutes: 0.75\n")
    for name, host in HOSTS.items():
        bench.profile(name, "files: []\n")
        bench.run("practice", "start", "linux", "--isolated", "--profile", name)
        assert bench.on(host, "hostname").decode().strip() == host
    bench.on(HOSTS["firewall"], "tee", "/etc/nftables.conf", stdin=b"flush ruleset\n")
    bench.on(HOSTS["firewall"], "systemctl", "enable", "--now", "--quiet", "nftables")
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


def state_of(bench: Bench, host: str) -> bytes:
    """All that our way in is made of, as the machine has it."""
    accounts = "/etc/passwd /etc/shadow /etc/group /etc/gshadow"
    files = f"{accounts} /home/deskprov/.ssh/authorized_keys /etc/nftables.conf /etc/sudo.conf"
    folders = "/etc/ssh /etc/sudoers.d /home/deskprov/.ssh"
    rights = f"find {folders} -printf '%p %m %u %g\\n' | sort"
    content = f"find {folders} -type f | sort | xargs cat {files}"
    return bench.on(host, "sh", "-c", f"{rights}; {content}; nft list ruleset")


def test_what_cuts_us_off_is_taken_back_by_the_machine(bench: Bench) -> None:
    before = {name: state_of(bench, host) for name, host in HOSTS.items()}
    for name, body in BAD.items():
        bench.profile(name, body + STILL_MADE.format(name))
    plan = bench.run("plan", *HOSTS.values())
    assert plan.count("last, with a timed undo") == len(BAD)
    run = bench.data("setup", *HOSTS.values(), "--yes", "--json", status=1)
    assert {host["host"]: host["outcome"] for host in run["hosts"]} == dict.fromkeys(HOSTS.values(), "failed")
    for name, host in HOSTS.items():
        [result] = [entry for entry in run["hosts"] if entry["host"] == host]
        [guarded, made] = sorted(result["results"], key=lambda each: each["resource"].startswith("folders"))
        assert (made["resource"], made["status"], made["verified"]) == (f"folders//srv/{name}", "changed", True)
        assert (guarded["status"], guarded["reason"]) == ("failed", "way-in-lost"), (name, guarded)
        assert "the machine took it back by itself" in guarded["message"]
        assert state_of(bench, host) == before[name], name
        assert bench.machines.command(host, ["ls", "/var/lib/deskprov/undo"]).returncode != 0
    shown = bench.run("run", "show", run["run"])
    assert shown.count("took it back by itself") == len(BAD)


def test_what_is_right_stays(bench: Bench) -> None:
    own = bench.on(HOSTS["keys"], "cat", "/home/deskprov/.ssh/authorized_keys").decode().strip()
    for name, body in GOOD.items():
        bench.profile(name, body.replace("{own}", own) + STILL_MADE.format(name))
    run = bench.data("setup", *HOSTS.values(), "--yes", "--json")
    for name, host in HOSTS.items():
        assert set(statuses(run, host).values()) == {"changed", "ok"}, name
        assert bench.machines.command(host, ["ls", "/var/lib/deskprov/undo"]).returncode != 0
        timers = bench.on(host, "systemctl", "list-timers", "--all", "--no-legend")
        assert b"deskprov" not in timers
    assert b"maxauthtries 4\n" in bench.on(HOSTS["sshd-keys"], "sshd", "-T")
    assert b"accept" in bench.on(HOSTS["firewall"], "nft", "list", "ruleset")
    again = bench.data("setup", *HOSTS.values(), "--yes", "--json")
    assert {status for host in HOSTS.values() for status in statuses(again, host).values()} == {"ok"}


def test_what_sshd_would_not_start_with_is_taken_back_at_once(bench: Bench) -> None:
    host = HOSTS["sshd-users"]
    before = state_of(bench, host)
    bench.profile("sshd-users", SSHD.format("NoSuchOption yes"))
    run = bench.data("setup", host, "--yes", "--json", status=1)
    [result] = run["hosts"][0]["results"]
    assert (result["status"], result["reason"]) == ("failed", "way-in-check")
    assert "NoSuchOption" in result["message"]
    assert state_of(bench, host) == before


@pytest.mark.soak
def test_a_run_that_is_killed_before_it_confirms_leaves_the_machine_as_it_was(bench: Bench) -> None:
    host = HOSTS["sshd-keys"]
    before = state_of(bench, host)
    bench.profile("sshd-keys", BAD["sshd-keys"])
    with bench.start("setup", host, "--yes") as begun:
        assert begun.stderr is not None
        for line in begun.stderr:
            if b"logging in afresh" in line:
                break
        begun.kill()
    assert state_of(bench, host) != before
    wait = "while [ -e /var/lib/deskprov/undo/saved.json ]; do sleep 0.2; done"
    bench.on(host, "sh", "-c", wait)
    assert state_of(bench, host) == before
    bench.profile("sshd-keys", GOOD["sshd-keys"])
    bench.run("setup", host, "--yes")


def test_what_an_earlier_run_left_unconfirmed_is_taken_back_before_the_next_looks(bench: Bench) -> None:
    """The earlier run is its first half: armed, changed, and never confirmed."""
    host = HOSTS["sudo"]
    site = open_site(str(bench.root))
    path = "/etc/sudoers.d/zz-school"
    change = Change(Resource("files", path, ResourceOptions(), Source("lab.yml", 1)), Action.UPDATE)
    guard = Guard(site, site.inventory.read().hosts[host], Segment([change], guards={f"files/{path}": "sudo"}))
    assert guard.arm() == ""
    bench.on(host, "tee", path, stdin=b"Defaults timestamp_timeout=7\n")
    assert "did not come to confirm it" in bench.run("plan", host)
    run = bench.data("setup", host, "--yes", "--json")
    assert statuses(run, host)[f"files/{path}"] == "ok"
    assert bench.on(host, "cat", path) == b"Defaults timestamp_timeout=5\n"
    assert guard.arm() == ""
    bench.on(host, "systemctl", "start", "deskprov-undo.service")
    told = f"an earlier run changed files/{path}, nobody came to confirm it, and the machine took it back by itself"
    assert told in " ".join(bench.run("plan", host).split())
    assert told in " ".join(bench.run("setup", host, "--yes").split())
    assert told not in " ".join(bench.run("plan", host).split())


def test_nothing_is_changed_where_no_undo_can_be_set_up(bench: Bench) -> None:
    host = HOSTS["expired"]
    bench.on(host, "mount", "-t", "tmpfs", "-o", "ro", "none", "/var/lib")
    try:
        bench.profile("expired", BAD["expired"])
        run = bench.data("setup", host, "--yes", "--json", status=1)
    finally:
        bench.on(host, "umount", "/var/lib")
    [result] = run["hosts"][0]["results"]
    assert (result["status"], result["reason"]) == ("failed", "no-undo")
    assert bench.on(host, "chage", "--list", "deskprov").count(b"2099") == 1
