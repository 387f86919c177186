"""The inventory on disk: what is read together, what must not lie there, and edits that survive each other."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deskprov.adapters.inventory_file import SiteInventory
from deskprov.errors import NoHostMatched, SiteNotWritable, WrongUsage
from deskprov.model.inventory import Connection, Host
from deskprov.model.problem import InvalidInput, Severity

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ8u2xkqRSP35TayGBVw4sklChxVyZjQgwHMfwpJT/8"
LAB = """\
# the lab
all:
  vars:
    ansible_user: tech
    deskprov_password: fleet
  children:
    lab:
      hosts:
        lab-01: {ansible_host: 192.0.2.11}   # window
        lab-02:
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site with the lab in its inventory."""
    (tmp_path / "inventory_hosts").mkdir()
    (tmp_path / "inventory_hosts/hosts.yml").write_text(LAB)
    return tmp_path


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def problems(root: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(InvalidInput) as caught:
        SiteInventory(root).read()
    return [(problem.source.file, problem.source.line, problem.message) for problem in caught.value.problems]


def practice(name: str = "practice-1", **more: str) -> Host:
    connection = Connection("127.0.0.2", 2201, key_file="/site/.deskprov/practice/key")
    return Host(name, connection, known_host=KEY, practice=True, **more)


def test_a_site_without_machines(tmp_path: Path) -> None:
    found = SiteInventory(tmp_path).read()
    assert found.hosts == {}
    assert found.groups == {"all": [], "ungrouped": []}


def test_files_in_the_order_of_their_names_with_pins(root: Path) -> None:
    write(root, "inventory_hosts/9-office.yaml", "office: {hosts: {desk-1: , lab-01: {ansible_port: 22022}}}\n")
    write(root, "inventory_hosts/known_hosts.txt", f"lab-01 {KEY}\nlong-gone {KEY}\n")
    write(root, "inventory_hosts/README.md", "no inventory")
    write(root, "inventory_hosts/.hosts.yml.swp", "no inventory")
    found = SiteInventory(root).read()
    assert list(found.hosts) == ["desk-1", "lab-01", "lab-02"]
    assert found.hosts["lab-01"].known_host == KEY
    assert found.hosts["lab-01"].connection == Connection("192.0.2.11", 22022, "tech", password="fleet")
    assert found.hosts["lab-01"].groups == {"lab", "office"}
    assert found.hosts["lab-02"].known_host == ""
    assert str(found.hosts["lab-02"].source) == "inventory_hosts/hosts.yml:10"


def test_every_problem_of_every_file_at_once(root: Path) -> None:
    write(root, "inventory_hosts/a.yml", "all: {hosts: {-x: }}\n")
    write(root, "inventory_hosts/b.yml", "all: [\n")
    write(root, "inventory_hosts/c.yml", "all: {vars: {ansible_password: pw}}\n")
    write(root, "inventory_hosts/known_hosts.txt", "# pins\n192.0.2.1 rubbish\n")
    assert [(file, line) for file, line, _ in problems(root)] == [
        ("inventory_hosts/b.yml", 2),
        ("inventory_hosts/a.yml", 1),
        ("inventory_hosts/c.yml", 1),
        ("inventory_hosts/known_hosts.txt", 2),
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("group_vars/all.yml", "Ansible reads group_vars/, deskprov does not"),
        ("host_vars/lab-01.yml", "Ansible reads host_vars/, deskprov does not"),
        ("building-a/hosts.yml", "Ansible reads building-a/ too"),
        ("hosts.ini", "Ansible would read this file as inventory"),
        ("hosts", "Ansible would read this file as inventory"),
        ("dynamic.py", "Ansible would read this file as inventory"),
        ("hosts.json", "Ansible would read this file as inventory"),
    ],
)
def test_what_ansible_reads_and_deskprov_does_not(root: Path, name: str, words: str) -> None:
    write(root, f"inventory_hosts/{name}", "x")
    [(file, _, message)] = problems(root)
    assert file == f"inventory_hosts/{name.split('/')[0]}"
    assert words in message


def test_executable_file_would_be_run_by_ansible(root: Path) -> None:
    (root / "inventory_hosts/hosts.yml").chmod(0o755)
    assert "would run it" in problems(root)[0][2]


def test_warnings_do_not_stop(root: Path) -> None:
    write(root, "inventory_hosts/x.yml", "all: {vars: {ansible_ssh_common_args: -J jump}}\n")
    inventory = SiteInventory(root)
    assert list(inventory.read().hosts) == ["lab-01", "lab-02"]
    assert [problem.severity for problem in inventory.problems()] == [Severity.WARNING]


def test_practice_machines_stand_alone(root: Path) -> None:
    """They have their own pins, and no secret of the site is meant for them."""
    inventory = SiteInventory(root)
    inventory.write_practice([practice(profile="lab"), practice("practice-2")])
    found = inventory.read()
    assert list(found.hosts) == ["lab-01", "lab-02", "practice-1", "practice-2"]
    assert found.groups["practice"] == ["practice-1", "practice-2"]
    assert found.groups["all"] == list(found.hosts)
    machine = found.hosts["practice-1"]
    assert (machine.practice, machine.known_host, machine.profile) == (True, KEY, "lab")
    assert machine.connection == practice().connection
    assert not found.hosts["lab-01"].practice
    inventory.write_practice([])
    assert list(inventory.read().hosts) == ["lab-01", "lab-02"]


def test_practice_machine_with_a_name_of_the_inventory(root: Path) -> None:
    SiteInventory(root).write_practice([practice("lab-02")])
    assert problems(root) == [("inventory_hosts/hosts.yml", 10, "lab-02 is also the name of a practice machine")]


def test_add_to_a_group_that_says_the_rest(root: Path) -> None:
    inventory = SiteInventory(root)
    inventory.add(Host("lab-03", Connection("192.0.2.13", 2222), profile="lab/windows", ring="on"), "lab")
    text = (root / "inventory_hosts/hosts.yml").read_text()
    added = "lab-03:\n          ansible_host: 192.0.2.13\n          ansible_port: 2222\n"
    assert text == LAB + f'        {added}          deskprov_profile: lab/windows\n          deskprov_ring: "on"\n'
    host = inventory.read().hosts["lab-03"]
    assert host.connection == Connection("192.0.2.13", 2222, "tech", password="fleet")
    assert (host.groups, host.profile, host.ring) == ({"lab"}, "lab/windows", "on")


def test_add_without_a_group_and_to_a_new_one(root: Path) -> None:
    inventory = SiteInventory(root)
    inventory.add(Host("loose", Connection("192.0.2.14")), None)
    inventory.add(Host("cart-1", Connection("192.0.2.15")), "carts")
    inventory.add(Host("cart-2", Connection("cart-2")), "carts")
    found = inventory.read()
    assert found.groups["ungrouped"] == ["loose"]
    assert found.groups["carts"] == ["cart-1", "cart-2"]
    assert (root / "inventory_hosts/hosts.yml").read_text().startswith(LAB.splitlines()[0])


def test_add_goes_to_the_file_that_has_the_group(root: Path) -> None:
    office = write(root, "inventory_hosts/office.yml", "office:\n  hosts:\n    desk-1:\n")
    SiteInventory(root).add(Host("desk-2", Connection("desk-2")), "office")
    assert office.read_text() == "office:\n  hosts:\n    desk-1:\n    desk-2:\n"
    assert (root / "inventory_hosts/hosts.yml").read_text() == LAB


def test_first_machine_of_a_site(tmp_path: Path) -> None:
    inventory = SiteInventory(tmp_path)
    inventory.add(Host("lab-01", Connection("192.0.2.11")), "lab")
    assert inventory.read().groups["lab"] == ["lab-01"]


@pytest.mark.parametrize(
    ("host", "group", "words"),
    [
        (Host("lab-01", Connection("192.0.2.9")), None, "lab-01 is in the inventory already, in inventory_hosts"),
        (Host("practice-1", Connection("192.0.2.9")), None, "already, among the practice machines"),
        (Host("-e", Connection("192.0.2.9")), None, "'-e' cannot be a machine's name"),
        (Host("localhost", Connection("192.0.2.9")), None, "'localhost' is reserved"),
        (Host("ok", Connection("-oProxyCommand=x")), None, "ansible_host must be an IP address or a host name"),
        (Host("ok", Connection("a", user="root -x")), None, "ansible_user must be a log-in name"),
        (Host("ok", Connection("a", password="{{x}}")), None, "template"),
        (Host("ok", Connection("a")), "no group", "'no group' cannot be a group's name"),
    ],
)
def test_add_refuses(root: Path, host: Host, group: str | None, words: str) -> None:
    inventory = SiteInventory(root)
    inventory.write_practice([practice()])
    with pytest.raises(WrongUsage) as caught:
        inventory.add(host, group)
    assert words in caught.value.message
    assert (root / "inventory_hosts/hosts.yml").read_text() == LAB


def test_add_to_a_file_with_problems_changes_nothing(root: Path) -> None:
    path = write(root, "inventory_hosts/hosts.yml", LAB + "bad bad: x: y\n")
    before = path.read_text()
    with pytest.raises(InvalidInput):
        SiteInventory(root).add(Host("lab-03", Connection("a")), "lab")
    assert path.read_text() == before


def test_braces_are_left_to_the_person(root: Path) -> None:
    write(root, "inventory_hosts/hosts.yml", "all: {hosts: {a: }}\n")
    with pytest.raises(WrongUsage, match=r"cannot edit inventory_hosts/hosts\.yml: line 1") as caught:
        SiteInventory(root).add(Host("b", Connection("b")), None)
    assert "by hand" in caught.value.hint


def test_retire_from_every_file(root: Path) -> None:
    office = write(root, "inventory_hosts/office.yml", "office:\n  hosts:\n    lab-01:\n    desk-1:\n")
    inventory = SiteInventory(root)
    inventory.retire("lab-01")
    assert list(inventory.read().hosts) == ["lab-02", "desk-1"]
    assert office.read_text() == "office:\n  hosts:\n    desk-1:\n"
    assert "# the lab" in (root / "inventory_hosts/hosts.yml").read_text()


def test_retire_refuses(root: Path) -> None:
    write(root, "inventory_hosts/cart.yml", "cart:\n  hosts:\n    cart-[1:3]:\n    cart-2: {ansible_port: 22}\n")
    inventory = SiteInventory(root)
    inventory.write_practice([practice()])
    with pytest.raises(NoHostMatched) as unknown:
        inventory.retire("lab-1")
    assert "lab-01" in unknown.value.hint
    with pytest.raises(WrongUsage, match="practice machine"):
        inventory.retire("practice-1")
    with pytest.raises(WrongUsage, match=r"part of a range in inventory_hosts/cart\.yml:3"):
        inventory.retire("cart-2")
    assert "cart-2: {" in (root / "inventory_hosts/cart.yml").read_text()


def test_twenty_edits_at_once_lose_nothing(root: Path) -> None:
    def add(number: int) -> None:
        SiteInventory(root).add(Host(f"cart-{number}", Connection("a")), "cart")

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(add, range(20)))
    assert set(SiteInventory(root).read().groups["cart"]) == {f"cart-{number}" for number in range(20)}


def test_mode_and_link_of_the_file_stay(root: Path) -> None:
    path = root / "inventory_hosts/hosts.yml"
    real = path.rename(root / "shared.yml")
    real.chmod(0o640)
    path.symlink_to("../shared.yml")
    SiteInventory(root).add(Host("lab-03", Connection("a")), "lab")
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "lab-03" in real.read_text()
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["hosts.yml"]


@pytest.mark.ansible
def test_ansible_reads_the_same_machines_without_a_complaint(root: Path) -> None:
    inventory = SiteInventory(root)
    inventory.add(Host("cart-1", Connection("192.0.2.15", 2222)), "carts")
    write(root, "inventory_hosts/known_hosts.txt", f"lab-01 {KEY}\n")
    listed = subprocess.run(
        [Path(sys.executable).with_name("ansible-inventory"), "-i", root / "inventory_hosts", "--list"],
        capture_output=True,
        check=True,
        text=True,
        env={"HOME": str(root), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    assert listed.stderr == ""
    theirs = json.loads(listed.stdout)["_meta"]["hostvars"]
    assert theirs["cart-1"]["ansible_port"] == 2222
    assert set(theirs) == set(inventory.read().hosts)


def test_practice_machines_where_nothing_can_be_written(root: Path) -> None:
    write(root, ".deskprov", "a file in the place of the folder")
    with pytest.raises(SiteNotWritable, match="a part of its path is no folder"):
        SiteInventory(root).write_practice([practice()])


def test_practice_machines_are_told_when_the_rest_is_wrong(root: Path) -> None:
    inventory = SiteInventory(root)
    inventory.write_practice([practice(profile="lab")])
    (root / "inventory_hosts/batch.yml").write_text("batch: {hosts: {practice-1: {}}}\n")
    with pytest.raises(InvalidInput) as refused:
        inventory.read()
    assert [problem.message for problem in refused.value.problems] == [
        "practice-1 is also the name of a practice machine"
    ]
    assert [(host.name, host.profile) for host in inventory.practice()] == [("practice-1", "lab")]
    inventory.write_practice([])
    assert inventory.practice() == []
