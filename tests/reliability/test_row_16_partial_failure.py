"""Row 16: machines in trouble among many. The others are done all the same, and no account is locked."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deskprov import open_site
from deskprov.adapters.ssh.transport import SshTransport
from deskprov.api.applying import apply
from deskprov.api.running import Request
from deskprov.cli.exit_status import exit_status
from deskprov.errors import LoginRefused
from deskprov.model.inventory import Connection, Host
from deskprov.model.playbook import EventKind, PlaybookJob, PlaybookOutcome, RunEnd, Statistics, TaskEvent
from deskprov.model.result import HostResult, Outcome, RunResult, Status
from deskprov.testing import FixedSecrets
from tests.adapters.ssh.servers import Script, new_key, public_line, recording_server
from tests.api.test_applying import Watcher
from tests.end_to_end.bench import Bench, statuses
from tests.reliability.fleet import Fleet, Machine, set_up

NAMES = [f"lab-{number:02}" for number in range(1, 51)]
ADDRESSES = {name: f"10.0.0.{number}" for number, name in enumerate(NAMES, 1)}
HANGING, REFUSING, REBOOTING, FULL = NAMES[0], NAMES[10], NAMES[20], NAMES[30]
GOOD = [name for name in NAMES if name not in (HANGING, REFUSING, REBOOTING, FULL)]

BOOT = "/proc/sys/kernel/random/boot_id"

OnEvent = Callable[[TaskEvent], None]


class Finished(Watcher):
    """Sets `others` when all good machines are through."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[str] = []
        self.others = threading.Event()

    def finished(self, result: HostResult) -> None:
        self.order.append(result.host)
        if set(GOOD) <= set(self.order):
            self.others.set()


def by_host(result: RunResult) -> dict[str, HostResult]:
    return {host.host: host for host in result.hosts}


def test_of_fifty_one_hangs_one_refuses_one_reboots_one_is_full() -> None:
    fleet = Fleet({ADDRESSES[name]: Machine(name, f"SER-{name}") for name in NAMES})
    site = fleet.site(ADDRESSES, serials={})
    watcher = Finished()

    def refuse(address: str) -> None:
        if address == ADDRESSES[REFUSING]:
            raise LoginRefused(REFUSING, f"{REFUSING} refuses the user admin.")

    def play(job: PlaybookJob, on_event: OnEvent, halt: Callable[[], bool]) -> PlaybookOutcome:
        name, task = job.host.name, "001 Make the folder"
        if name == HANGING:
            assert watcher.others.wait(60), "the hanging machine held up the others"
            on_event(TaskEvent(name, task, EventKind.STARTED))
            return PlaybookOutcome(RunEnd.TIMED_OUT, None, "The step did not end within 15 min.")
        if name == REBOOTING:
            on_event(TaskEvent(name, task, EventKind.STARTED))
            on_event(TaskEvent(name, task, EventKind.UNREACHABLE, "Connection closed"))
            return PlaybookOutcome(RunEnd.COMPLETED, Statistics(1, 0, 0, 1, 0, 0, 0), f"{name} was no longer reached.")
        if name == FULL:
            on_event(TaskEvent(name, task, EventKind.FAILED, "[Errno 28] No space left on device"))
            return PlaybookOutcome(RunEnd.COMPLETED, Statistics(1, 0, 0, 0, 0, 1, 0))
        return fleet.play(job, on_event, halt)

    fleet.before_connecting = refuse
    site.runner.play = play
    hosts = by_host(set_up(site, NAMES, watcher))
    assert {(hosts[name].outcome, hosts[name].verified) for name in GOOD} == {(Outcome.OK, True)}
    assert hosts[HANGING].outcome is Outcome.FAILED
    assert hosts[REFUSING].outcome is Outcome.REFUSED
    assert hosts[REBOOTING].outcome is Outcome.UNREACHABLE
    assert hosts[FULL].outcome is Outcome.FAILED
    assert hosts[FULL].results[0].message.startswith("The machine's disk is full.")
    assert watcher.order[-1] == HANGING
    assert exit_status(host.outcome for host in hosts.values()) == 1


def test_when_a_third_is_off_the_others_are_done_and_the_exit_status_tells() -> None:
    fleet = Fleet({ADDRESSES[name]: Machine(name, f"SER-{name}") for name in NAMES})
    site = fleet.site(ADDRESSES, serials={})
    off = NAMES[::3]
    switched_off = {ADDRESSES[name]: fleet.at.pop(ADDRESSES[name]) for name in off}
    hosts = by_host(set_up(site, NAMES))
    assert Counter(host.outcome for host in hosts.values()) == {Outcome.OK: 33, Outcome.UNREACHABLE: 17}
    assert exit_status(host.outcome for host in hosts.values()) == 4
    fleet.at |= switched_off
    before = len(site.runner.jobs)
    assert {host.outcome for host in set_up(site, NAMES).hosts} == {Outcome.OK}
    assert sorted(job.host.name for job in site.runner.jobs[before:]) == off


def test_one_mistyped_password_is_refused_twice_by_thirty_machines(tmp_path: Path) -> None:
    """Over SSH as it is, to a server that writes down what it is sent; all thirty at once."""
    key = new_key()
    script = Script(methods="password", password="right-word", login_pause=0.05)
    with recording_server(script, key) as (port, recorded):
        ways = {"port": port, "user": "admin", "password": "lab-password"}
        hosts = [Host(name, Connection("127.0.0.1", **ways), known_host=public_line(key)) for name in NAMES[:30]]
        transport = SshTransport(FixedSecrets({"lab-password": "rihgt-word"}), tmp_path)
        said: list[str] = []

        def ask(host: Host) -> None:
            try:
                transport.ask(host, b"")
            except LoginRefused as error:
                said.append(error.message)

        threads = [threading.Thread(target=ask, args=(host,)) for host in hosts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [attempt[2] for attempt in recorded.attempts] == ["rihgt-word"] * 2
    assert len(said) == 30
    assert sum("was refused by 2 machines and is not sent" in line for line in said) == 28


@pytest.mark.practice
def test_one_mistyped_sudo_password_is_refused_twice(bench: Bench) -> None:
    """Thirty names of one real machine, through the whole of setup; its own log counts."""
    bench.profile("one", "folders:\n  - path: /srv/one\n")
    bench.on("practice-1", "useradd", "--create-home", "--shell", "/bin/bash", "worker")
    keys = "install -d -m 700 -o worker ~worker/.ssh && cp ~deskprov/.ssh/authorized_keys ~worker/.ssh/"
    bench.on("practice-1", "bash", "-c", f"{keys} && chown -R worker ~worker/.ssh")
    bench.on("practice-1", "chpasswd", stdin=b"worker:right-word")
    bench.on("practice-1", "sh", "-c", "echo 'worker ALL=(ALL) ALL' >/etc/sudoers.d/worker; echo >/var/log/sudo.log")
    bench.on("practice-1", "sh", "-c", "echo 'Defaults logfile=/var/log/sudo.log' >/etc/sudoers.d/log")
    [machine] = bench.machines.list()
    names = NAMES[:30]
    way_in = {
        "ansible_host": machine.address,
        "ansible_port": machine.port,
        "ansible_user": "worker",
        "ansible_ssh_private_key_file": machine.key_file,
        "deskprov_become_password": "sudo-password",
        "deskprov_profile": "one",
    }
    lines = "\n".join(f"        {name}: {{{', '.join(f'{k}: {v}' for k, v in way_in.items())}}}" for name in names)
    bench.write("inventory_hosts/hosts.yml", f"all:\n  children:\n    lab:\n      hosts:\n{lines}\n")
    bench.write("inventory_hosts/known_hosts.txt", "".join(f"{name} {machine.host_key}\n" for name in names))
    bench.env["BENCH_SUDO_PASSWORD"] = "rihgt-word"
    run = bench.data("setup", "@lab", "--yes", "--json", status=6)
    assert Counter(host["outcome"] for host in run["hosts"]) == {"refused": 30}
    assert bench.on("practice-1", "cat", "/var/log/sudo.log").count(b"incorrect password attempt") == 2
    bench.env["BENCH_SUDO_PASSWORD"] = "right-word"
    run = bench.data("setup", names[0], "--yes", "--json")
    assert statuses(run, names[0]) == {"folders//srv/one": "changed"}


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A site with eight practice machines."""
    bench = Bench(tmp_path_factory.mktemp("site"))
    bench.run("practice", "start", "linux", "--count", "8")
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


@pytest.mark.practice
@pytest.mark.ansible
@pytest.mark.timeout(400)
def test_of_eight_real_machines_four_in_trouble_leave_the_others_alone(eight: Bench) -> None:
    names = [f"practice-{number}" for number in range(1, 9)]
    hanging, refusing, rebooting, full = names[4:]
    folders = "".join(f"  - path: /srv/{number}\n" for number in range(6))
    eight.profile("busy", f"folders:\n  - path: /full\n{folders}files:\n  - path: /full/note.txt\n    content: hello\n")
    eight.on(hanging, "sh", "-c", "kill -STOP $(systemctl show --property MainPID --value ssh)")
    eight.on(refusing, "sh", "-c", "rm ~deskprov/.ssh/authorized_keys")
    eight.on(
        full, "sh", "-c", "mkdir /full && mount -t tmpfs -o size=64k full /full; cat /dev/zero >/full/ballast || true"
    )

    boot = eight.on(rebooting, "cat", BOOT)

    class Reboots(Watcher):
        def started(self, host: str, resource: str, number: int, total: int) -> None:
            if host == rebooting and number == 2:
                eight.machines.command(rebooting, ["systemctl", "reboot", "--force", "--force"])

    site = open_site(str(eight.root))
    hosts = by_host(apply(site, Request(names, "busy"), Reboots(), lambda plans: True, verb="setup"))
    assert {(hosts[name].outcome, hosts[name].verified) for name in names[:4]} == {(Outcome.OK, True)}
    assert hosts[hanging].outcome is Outcome.UNREACHABLE
    assert hosts[refusing].outcome is Outcome.REFUSED
    assert eight.on(rebooting, "cat", BOOT) != boot
    # it is back within seconds, and Ansible may get through all the same
    done = [name for name in (*names[:4], rebooting) if hosts[name].outcome is Outcome.OK]
    assert hosts[full].outcome is Outcome.FAILED
    assert [r.reason for r in hosts[full].results if r.status is Status.FAILED] == ["no-space"]
    assert max(hosts[name].seconds for name in names[:4]) < 3 * min(hosts[name].seconds for name in names[:4])
    for name in done:
        assert eight.on(name, "ls", "/srv").split() == [b"0", b"1", b"2", b"3", b"4", b"5"]
