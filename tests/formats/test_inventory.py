"""The inventory as Ansible reads it, and everything in it that deskprov must not take."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from deskprov.formats import inventory, strict_yaml
from deskprov.formats.inventory_vars import host_from_vars, vars_of_host
from deskprov.model.inventory import Connection, Host, Inventory
from deskprov.model.platform import Platform
from deskprov.model.problem import Problem, Severity
from deskprov.model.source import Source


def read(*texts: str) -> tuple[Inventory, list[Problem]]:
    documents = []
    for number, text in enumerate(texts):
        document, problems = strict_yaml.read(text, f"inventory_hosts/{number}.yml")
        assert document is not None
        assert not problems
        documents.append(document)
    return inventory.read(documents)


def hosts(*texts: str) -> dict[str, Host]:
    found, problems = read(*texts)
    assert problems == []
    return dict(found.hosts)


EVERYTHING = """\
# our lab
all:
  vars:
    deskprov_ring: general
    ansible_user: tech
  children:
    lab:
      vars:
        deskprov_profile: lab/windows
        deskprov_place: room-12
        deskprov_vars: {printer: left, desk: "1"}
      hosts:
        lab-01:
          ansible_host: 192.0.2.11
          ansible_port: 2222
          ansible_user: "EXAMPLE\\\\tech"
          ansible_ssh_private_key_file: ~/.ssh/fleet
          ansible_connection: ssh
          deskprov_password: lab-login
          deskprov_become_password: lab-sudo
          deskprov_ring: first
          deskprov_vars:
            printer: right
        lab-02:
  hosts:
    front-desk: {ansible_host: "2001:db8::1"}
"""


def test_every_variable_arrives() -> None:
    found = hosts(EVERYTHING)
    assert list(found) == ["lab-01", "lab-02", "front-desk"]
    assert found["lab-01"] == Host(
        name="lab-01",
        connection=Connection(
            address="192.0.2.11",
            port=2222,
            user="EXAMPLE\\tech",
            key_file="~/.ssh/fleet",
            password="lab-login",
            become_password="lab-sudo",
        ),
        profile="lab/windows",
        place="room-12",
        ring="first",
        vars={"printer": "right"},
        groups=frozenset({"lab"}),
        source=Source("inventory_hosts/0.yml", 13, 9),
    )
    assert found["lab-02"].connection == Connection("lab-02", user="tech")
    assert found["lab-02"].vars == {"printer": "left", "desk": "1"}
    assert found["front-desk"].connection.address == "2001:db8::1"
    assert found["front-desk"].groups == frozenset()


def test_groups_hold_the_machines_of_their_children() -> None:
    found, problems = read(
        """
        school: {children: {lab: , office: {hosts: {desk: }}}}
        lab: {hosts: {pc-2: , pc-1: }}
        empty:
        all: {hosts: {loose: }}
        """
    )
    assert problems == []
    assert found.groups == {
        "all": ["desk", "pc-2", "pc-1", "loose"],
        "ungrouped": ["loose"],
        "school": ["desk", "pc-2", "pc-1"],
        "lab": ["pc-2", "pc-1"],
        "office": ["desk"],
        "empty": [],
    }
    assert found.hosts["desk"].groups == {"school", "office"}


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("pc-[01:03]", ["pc-01", "pc-02", "pc-03"]),
        ("pc-[8:11]", ["pc-8", "pc-9", "pc-10", "pc-11"]),
        ("pc[1:7:3]x", ["pc1x", "pc4x", "pc7x"]),
        ("r[a:c]-[1:2]", ["ra-1", "ra-2", "rb-1", "rb-2", "rc-1", "rc-2"]),
        ("pc-[0:2]", ["pc-0", "pc-1", "pc-2"]),
        ("plain", ["plain"]),
    ],
)
def test_ranges(pattern: str, names: list[str]) -> None:
    found = hosts(f'all: {{hosts: {{"{pattern}": {{deskprov_ring: x}}}}}}')
    assert list(found) == names
    assert {host.ring for host in found.values()} == {"x"}


PRECEDENCE = (
    """\
all:
  vars: {deskprov_ring: from-all, deskprov_place: from-all, ansible_user: from-all, ansible_port: 1}
  children:
    zebra:
      vars: {deskprov_ring: zebra, deskprov_place: zebra}
      children:
        below: {vars: {ansible_user: below}, hosts: {"pc[1:3]": {ansible_port: 11}}}
    ant:
      vars: {deskprov_ring: ant, deskprov_place: ant, ansible_user: ant}
      hosts: {pc1: , pc2: {deskprov_ring: host}}
      children: {middle: {children: {below: }}}
    middle: {vars: {deskprov_place: middle, ansible_user: middle}}
  hosts: {pc2: {deskprov_ring: later-host}, lone: }
""",
    """\
zebra: {vars: {deskprov_ring: later-file}}
ungrouped: {hosts: {lone: {ansible_port: 5}, pc1: }, vars: {deskprov_place: no-group}}
pets: {vars: {deskprov_profile: pets}, children: {below: }}
all: {hosts: {pc3: {ansible_port: 33}}}
""",
)


@pytest.mark.ansible
def test_precedence_is_that_of_ansible(tmp_path: Path) -> None:
    for number, text in enumerate(PRECEDENCE):
        (tmp_path / f"{number}.yml").write_text(text)
    (tmp_path / "known_hosts.txt").write_text("pc1 ssh-ed25519 AAAA\n")
    listed = subprocess.run(
        [Path(sys.executable).with_name("ansible-inventory"), "-i", tmp_path, "--list"],
        capture_output=True,
        check=True,
        text=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    assert "WARNING" not in listed.stderr
    theirs = json.loads(listed.stdout)
    ours, problems = read(*PRECEDENCE)
    assert problems == []
    assert {
        name: {
            "deskprov_ring": host.ring,
            "deskprov_place": host.place,
            "ansible_user": host.connection.user,
            "ansible_port": host.connection.port,
        }
        | ({"deskprov_profile": host.profile} if host.profile else {})
        for name, host in ours.hosts.items()
    } == theirs["_meta"]["hostvars"]

    def members(group: str) -> set[str]:
        below = theirs.get(group, {})
        return set(below.get("hosts", ())).union(*map(members, below.get("children", ())))

    assert {group: set(names) for group, names in ours.groups.items()} == {
        group: members(group) for group in ours.groups
    }


PROBLEMS: Sequence[tuple[str, str, int, int, str]] = [
    ("all:\n  host:\n    pc: {}", "unknown-key", 2, 3, "hosts"),
    ("all:\n  hosts: [pc]", "inventory-shape", 2, 10, "host names"),
    ("all:\n  hosts:\n    pc: fast", "inventory-shape", 3, 9, "variables"),
    ("- pc", "inventory-shape", 1, 1, "groups"),
    ("all: {children: {lab: 3}}", "inventory-shape", 1, 23, "hosts"),
    ("all:\n  hosts:\n    -e: {}", "inventory-name", 3, 5, "'-e'"),
    ("all:\n  hosts:\n    lab;id: {}", "inventory-name", 3, 5, "'lab;id'"),
    ("all: {hosts: {../../x: }}", "inventory-name", 1, 15, "'../../x'"),
    ("all: {hosts: {localhost: }}", "inventory-name", 1, 15, "reserved"),
    ("all: {hosts: {All: }}", "inventory-name", 1, 15, "reserved"),
    ("all: {hosts: {'pc:2222': }}", "inventory-name", 1, 15, "'pc:2222'"),
    ("all: {hosts: {'pc[5:1]': }}", "inventory-name", 1, 15, "no machine"),
    ("all: {hosts: {'pc[01:100]': }}", "inventory-name", 1, 15, "no machine"),
    ("all: {hosts: {'pc[0:999999999]': }}", "inventory-name", 1, 15, "too many"),
    ("all: {hosts: {'pc[0:99][0:99]': }}", "inventory-name", 1, 15, "too many"),
    ("la b: {hosts: {pc: }}", "inventory-name", 1, 1, "'la b'"),
    ("all: {hosts: {pc: {deskprov_profle: a}}}", "unknown-key", 1, 20, "deskprov_profile"),
    ("all: {vars: {ansible_password: hunter2}}", "plain-password", 1, 14, "plain sight"),
    ("all: {vars: {ansible_become_pass: hunter2}}", "plain-password", 1, 14, "plain sight"),
    ("all: {vars: {ansible_become_password: hunter2}}", "plain-password", 1, 14, "plain sight"),
    ("all: {vars: {ansible_ssh_pass: hunter2}}", "plain-password", 1, 14, "plain sight"),
    ("all: {vars: {ansible_sudo_pass: hunter2}}", "plain-password", 1, 14, "plain sight"),
    ("all: {vars: {ansible_ssh_private_key_passphrase: hunter2}}", "plain-password", 1, 14, "plain sight"),
    ("all: {vars: {ansible_ssh_host: 192.0.2.1}}", "inventory-key", 1, 14, "ansible_host"),
    ("all: {vars: {ansible_group_priority: 2}}", "inventory-key", 1, 14, "group_priority"),
    ("all: {vars: {motd: '{{ lookup(1) }}'}}", "inventory-template", 1, 20, "template"),
    ("all: {vars: {list: [1, {a: '{% x %}'}]}}", "inventory-template", 1, 28, "template"),
    ("all: {vars: {deskprov_place: '{{ room }}'}}", "inventory-template", 1, 30, "template"),
    ("all: {hosts: {pc: {ansible_host: '-oProxyCommand=x'}}}", "inventory-value", 1, 34, "host name"),
    ("all: {hosts: {pc: {ansible_host: 12}}}", "inventory-value", 1, 34, "text"),
    ("all: {hosts: {pc: {ansible_port: '22'}}}", "inventory-value", 1, 34, "port number"),
    ("all: {hosts: {pc: {ansible_port: 70000}}}", "inventory-value", 1, 34, "port number"),
    ("all: {hosts: {pc: {ansible_port: true}}}", "inventory-value", 1, 34, "port number"),
    ("all: {hosts: {pc: {ansible_user: '-l root'}}}", "inventory-value", 1, 34, "log-in name"),
    ("all: {hosts: {pc: {ansible_ssh_private_key_file: ''}}}", "inventory-value", 1, 50, "key file"),
    ("all: {hosts: {pc: {ansible_connection: local}}}", "inventory-value", 1, 40, "`ssh` or `winrm` or `psrp`"),
    ("all: {hosts: {pc: {ansible_shell_type: csh}}}", "inventory-value", 1, 40, "`powershell` or `cmd`"),
    ("all: {hosts: {pc: {deskprov_profile: ../x}}}", "inventory-value", 1, 38, "profile's name"),
    ("all: {hosts: {pc: {deskprov_ring: 0}}}", "inventory-value", 1, 35, "text"),
    ("all: {hosts: {pc: {deskprov_vars: {n: 1}}}}", "inventory-value", 1, 35, "no text"),
    ("all: {hosts: {pc: {deskprov_vars: [a]}}}", "inventory-value", 1, 35, "names with a text"),
    ("all: {hosts: {pc: {deskprov_vars: {'a b': x}}}}", "inventory-value", 1, 35, "'a b'"),
    ("all: {hosts: {pc: {deskprov_password: 'a b'}}}", "inventory-value", 1, 39, "name"),
    ("a: {children: {b: }}\nb: {children: {c: }}\nc: {children: {a: }}", "inventory-loop", 1, 1, "circle"),
    ("a: {children: {a: }}", "inventory-loop", 1, 1, "a > a"),
    ("lab: {children: {all: }}", "inventory-loop", 1, 1, "circle"),
]


@pytest.mark.parametrize(("text", "rule", "line", "column", "words"), PROBLEMS)
def test_what_is_refused(text: str, rule: str, line: int, column: int, words: str) -> None:
    _, [problem] = read(text)
    assert (problem.rule, problem.severity) == (rule, Severity.ERROR)
    if rule != "inventory-loop":
        assert (problem.source.line, problem.source.column) == (line, column)
    assert words in problem.message + problem.hint
    assert "hunter2" not in str(problem)


def test_every_problem_at_once_in_the_order_of_the_files() -> None:
    _, problems = read(
        "all:\n  hosts:\n    pc-1: {deskprov_x: 1, ansible_port: no-port}\n    pc 2: {}\n",
        "all: {vars: {ansible_password: x}}",
    )
    assert [(p.source.file[-5:], p.source.line, p.rule) for p in problems] == [
        ("0.yml", 3, "unknown-key"),
        ("0.yml", 3, "inventory-value"),
        ("0.yml", 4, "inventory-name"),
        ("1.yml", 1, "plain-password"),
    ]
    assert problems[0].path == "all.hosts.pc-1.deskprov_x"


def test_what_other_tools_use_is_a_warning_only() -> None:
    found, problems = read("all: {hosts: {pc: {ansible_ssh_common_args: -J jump, http_port: 80}}}")
    assert [(problem.rule, problem.severity) for problem in problems] == [("inventory-unused", Severity.WARNING)]
    assert list(found.hosts) == ["pc"]


def test_machine_and_group_of_one_name_is_a_warning() -> None:
    _, problems = read("lab: {hosts: {lab: }}")
    assert [(problem.rule, problem.severity) for problem in problems] == [("inventory-name", Severity.WARNING)]


def test_a_chain_of_thousands_of_groups_is_read() -> None:
    chain = "".join(f"g{n}: {{children: {{g{n + 1}: }}}}\n" for n in range(3000)) + "g3000: {hosts: {pc: }}\n"
    found = hosts(chain)
    assert len(found["pc"].groups) == 3001


def test_nothing_is_an_inventory_too() -> None:
    assert hosts("", "all:", "# only a comment\n") == {}


def test_a_machine_over_winrm_has_its_port() -> None:
    found = hosts(
        "all: {hosts: {pc-1: {ansible_connection: winrm}, pc-2: {ansible_connection: winrm, ansible_port: 1}}}"
    )
    assert [found[name].connection for name in found] == [
        Connection("pc-1", 5986, transport="winrm"),
        Connection("pc-2", 1, transport="winrm"),
    ]


def test_a_machine_is_stated_as_it_is_reached() -> None:
    host = Host("pc-1", Connection("192.0.2.1", 5986, password="pc", transport="winrm"))
    stated = vars_of_host(host)
    assert stated == {"ansible_host": "192.0.2.1", "ansible_connection": "winrm", "deskprov_password": "pc"}
    assert host_from_vars("pc-1", stated) == host


@pytest.mark.parametrize("shell", ["powershell", "cmd"])
def test_a_pc_over_ssh_says_which_shell_it_has(shell: str) -> None:
    host = hosts(f"all: {{hosts: {{pc-1: {{ansible_shell_type: {shell}}}}}}}")["pc-1"]
    assert host.connection == Connection("pc-1", shell=shell)
    assert host.connection.platform is Platform.WINDOWS
    assert vars_of_host(host) == {"ansible_shell_type": shell}


def test_other_machines_have_no_shell_of_windows() -> None:
    found = hosts(
        "all: {hosts: {desk: {ansible_shell_type: sh}, "
        "pc: {ansible_connection: winrm, ansible_shell_type: powershell}}}"
    )
    assert [found[name].connection.shell for name in ("desk", "pc")] == ["", ""]
    assert [found[name].connection.platform for name in ("desk", "pc")] == [Platform.LINUX, Platform.WINDOWS]


def test_other_log_ons_over_winrm_are_refused() -> None:
    _, [problem] = read("all: {hosts: {pc: {ansible_connection: winrm, ansible_winrm_transport: basic}}}")
    assert (problem.rule, problem.severity) == ("inventory-value", Severity.ERROR)


def test_psrp_over_http_has_its_port_and_goes_back_as_it_came() -> None:
    found, problems = read(
        "all: {hosts: {pc: {ansible_connection: psrp, ansible_psrp_protocol: http, ansible_psrp_auth: kerberos}}}"
    )
    assert problems == []
    connection = found.hosts["pc"].connection
    assert connection == Connection("pc", 5985, transport="psrp", scheme="http", log_on="kerberos")
    assert vars_of_host(found.hosts["pc"]) == {
        "ansible_connection": "psrp",
        "ansible_psrp_protocol": "http",
        "ansible_psrp_auth": "kerberos",
    }


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ("ansible_psrp_auth: basic", "it is sent its password as it is"),
        ("ansible_psrp_auth: basic, ansible_psrp_protocol: http", "go over the network in clear"),
        ("ansible_psrp_protocol: http", "nothing proves who it is"),
    ],
)
def test_a_weak_way_is_refused_until_somebody_puts_up_with_it(variables: str, words: str) -> None:
    text = f"all: {{hosts: {{pc: {{ansible_connection: psrp, {variables}}}}}}}"
    [problem] = read(text)[1]
    assert (problem.rule, problem.severity) == ("inventory-weak", Severity.ERROR)
    assert words in problem.message
    assert "deskprov_risk_taken: true" in problem.hint
    [warning] = read(text.replace("}}}", ", deskprov_risk_taken: true}}}"))[1]
    assert (warning.severity, words in warning.message) == (Severity.WARNING, True)


def test_kerberos_is_spoken_over_psrp() -> None:
    [problem] = read("all: {hosts: {pc: {ansible_connection: winrm, ansible_winrm_transport: kerberos}}}")[1]
    assert "ansible_connection: psrp" in problem.message
