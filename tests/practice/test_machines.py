"""Practice machines are whole, separate computers that one logs in to, installs on and restarts."""

import subprocess

import pytest

from deskprov.errors import PracticeError
from deskprov.practice.network import no_forwarding
from deskprov.practice.waiting import wait_until
from tests.practice.site import Site

pytestmark = pytest.mark.practice

ALL = ("practice-1", "practice-2", "practice-3")


@pytest.mark.parametrize("name", ALL)
def test_log_in_by_key_with_the_host_key_pinned(site: Site, name: str) -> None:
    done = site.ssh(name, "id --user --name; hostname; sudo --non-interactive id --user")
    assert (done.returncode, done.stdout.split()) == (0, ["deskprov", name, "0"]), done.stderr


def test_another_host_key_is_refused(site: Site) -> None:
    done = site.ssh("practice-1", "true", host_key=site.machine("practice-2").host_key)
    assert done.returncode == 255
    assert "Host key verification failed" in done.stderr


def test_the_list_says_where_and_what_they_are(site: Site) -> None:
    machines = site.machines.list()
    assert [machine.name for machine in machines] == list(ALL)
    assert [machine.isolated for machine in machines] == [False, False, True]
    assert {(machine.platform, machine.user, machine.state) for machine in machines} == {
        ("linux", "deskprov", "running")
    }
    assert len({machine.address for machine in machines}) == 3
    assert all(machine.address.startswith("127.77.") and machine.port != 22 for machine in machines[:2])


@pytest.mark.parametrize("path", ["/etc/machine-id", "/proc/sys/kernel/random/boot_id", "/etc/hostname"])
def test_each_is_a_computer_of_its_own(site: Site, path: str) -> None:
    assert len({site.inside(name, "cat", path) for name in ALL}) == 3


@pytest.mark.parametrize("name", ALL)
def test_everything_in_it_has_started(site: Site, name: str) -> None:
    assert site.inside(name, "systemctl", "is-system-running", "--wait") == "running"


def test_it_has_what_ansible_and_people_need(site: Site) -> None:
    site.inside("practice-1", "python3", "-c", "import apt, json, ssl, zipfile")
    done = site.ssh("practice-1", "locale charmap; timedatectl show --property=Timezone --value; getfacl --version")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == ["UTF-8", "Etc/UTC"]


def test_packages_are_installed_from_where_the_controller_gets_them(site: Site) -> None:
    done = site.ssh("practice-2", "sudo DEBIAN_FRONTEND=noninteractive apt-get install --yes hello && hello")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("Hello, world!\n")
    assert site.machines.command("practice-1", ["which", "hello"]).returncode == 1


def test_an_isolated_one_has_no_way_out_even_for_its_root(site: Site) -> None:
    assert site.inside("practice-3", "ip", "route", "show", "default") == ""
    link = site.slot("practice-3").link
    neighbour = subprocess.run(["ip", "-brief", "address", "show", link], capture_output=True, text=True, check=True)
    controller = neighbour.stdout.split()[2].split("/")[0]
    site.inside("practice-3", "ip", "route", "add", "default", "via", controller)
    try:
        for address, port in (("192.0.2.1", 80), (site.machine("practice-1").address, site.machine("practice-1").port)):
            reach = f"exec 3<>/dev/tcp/{address}/{port}"
            assert site.machines.command("practice-3", ["timeout", "2", "bash", "-c", reach]).returncode != 0
        assert no_forwarding(link).read_text() == "0\n"
    finally:
        site.inside("practice-3", "ip", "route", "del", "default")


@pytest.mark.parametrize("name", ["practice-1", "practice-3"])
def test_a_reboot_is_a_new_boot_of_the_same_disk(site: Site, name: str) -> None:
    before = site.boot_id(name)
    site.inside(name, "touch", "/root/kept")
    site.ssh(name, "sudo systemctl reboot")
    assert wait_until(lambda: site.state(name) == "rebooting", 10)
    assert wait_until(lambda: site.state(name) == "running", 30)
    assert wait_until(lambda: site.ssh(name, "true").returncode == 0, 10)
    assert site.boot_id(name) != before
    site.inside(name, "ls", "/root/kept")


def test_commands_behind_its_back_are_seen_from_inside(site: Site) -> None:
    done = site.machines.command("practice-1", ["sh", "-c", "cat > /etc/motd; echo no >&2; exit 7"], b"\x00\xff\n")
    assert (done.returncode, done.stdout, done.stderr) == (7, b"", b"no\n")
    assert site.ssh("practice-1", "od -An -tx1 /etc/motd").stdout.split() == ["00", "ff", "0a"]


def test_its_files_and_processes_are_not_the_controllers(site: Site) -> None:
    site.inside("practice-1", "test", "!", "-e", str(site.folder))
    assert site.inside("practice-1", "cat", "/proc/1/comm") == "systemd"
    assert "python" not in site.inside("practice-1", "ps", "-eo", "comm")


def test_a_name_that_is_not_there_is_an_error_with_those_that_are(site: Site) -> None:
    for ask in (lambda: site.machines.command("practice-9", ["true"]), lambda: site.machines.stop(["practice-9"])):
        with pytest.raises(PracticeError, match="no practice machine called practice-9") as caught:
            ask()
        assert "practice-1, practice-2, practice-3" in caught.value.hint
