"""Row 3: the wrong machine is changed. Addresses are swapped; machines that share a key are told apart all the same."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from deskprov import open_site
from deskprov.api.applying import apply
from deskprov.api.assets import edit
from deskprov.api.running import Request
from deskprov.api.verifying import plan
from deskprov.model.history import EventKind
from deskprov.model.plan import HostPlan
from deskprov.model.ports.practice import PracticeMachine
from deskprov.model.result import HostResult, Outcome, Status
from deskprov.testing import FakeSite
from tests.api.test_applying import Watcher
from tests.end_to_end.bench import Bench
from tests.reliability.fleet import Fleet, Machine, set_up
from tests.reliability.names import answering

NAMES = [f"lab-{number:02}" for number in range(1, 9)]


def machine(name: str) -> Machine:
    return Machine(name, f"SER-{name}", f"000000{name[-2:]}-1111-2222-3333-444444444444", f"id{name}")


@pytest.fixture
def fleet() -> Fleet:
    """Eight machines whose keys are all the same, so that nothing but what they say tells them apart."""
    return Fleet({f"10.0.0.{number}": machine(name) for number, name in enumerate(NAMES, 1)})


def sites(fleet: Fleet, count: int) -> list[FakeSite]:
    addresses = {name: f"10.0.0.{number}" for number, name in enumerate(NAMES, 1)}
    return [fleet.site(addresses, serials={name: f"SER-{name}" for name in NAMES}) for _ in range(count)]


def interleaved(fleet: Fleet, count: int) -> Counter[Outcome]:
    """That many runs over two machines each, eight at a time, while addresses are swapped before every connection."""
    chance = random.Random(3)

    def swap(address: str) -> None:
        with fleet.guard:
            if chance.random() < 0.3:
                one, other = chance.sample(sorted(fleet.at), 2)
                fleet.at[one], fleet.at[other] = fleet.at[other], fleet.at[one]

    fleet.before_connecting = swap
    outcomes: Counter[Outcome] = Counter()
    with ThreadPoolExecutor(8) as technicians:
        work = [(site, chance.sample(NAMES, 2)) for site in sites(fleet, count)]
        for result in technicians.map(lambda job: set_up(*job), work):
            outcomes.update(host.outcome for host in result.hosts)
    return outcomes


def only_own_changes(fleet: Fleet) -> None:
    for each in fleet.at.values():
        assert each.folders <= {f"/srv/{each.name}"}, each


def test_a_thousand_interleaved_runs_while_addresses_are_swapped(fleet: Fleet) -> None:
    outcomes = interleaved(fleet, 1000)
    only_own_changes(fleet)
    assert outcomes.total() == 2000
    assert outcomes[Outcome.REFUSED] > 200
    assert any(each.folders for each in fleet.at.values())


def swapped(fleet: Fleet) -> None:
    fleet.at["10.0.0.1"], fleet.at["10.0.0.2"] = fleet.at["10.0.0.2"], fleet.at["10.0.0.1"]


def test_the_record_says_who_answered_as_whom(fleet: Fleet) -> None:
    [site] = sites(fleet, 1)
    swapped(fleet)
    for _ in range(2):
        result = set_up(site, ["lab-01"])
    [host] = result.hosts
    assert host.outcome is Outcome.REFUSED
    assert "its serial number is SER-lab-02, not SER-lab-01" in host.message
    assert "deskprov asset edit lab-01 serial=SER-lab-02" in host.hint
    asset = site.assets.find("lab-01")
    assert asset is not None
    told = [event for event in site.assets.events(asset) if event.kind is EventKind.IDENTITY_MISMATCH]
    assert [event.detail for event in told] == [{"serial": ["SER-lab-01", "SER-lab-02"]}]
    assert site.assets.sightings(asset) is None
    assert site.runner.jobs == []


def test_at_first_contact_the_serial_number_of_another_is_enough(fleet: Fleet) -> None:
    site = fleet.site({"lab-01": "10.0.0.1", "lab-02": "10.0.0.2"}, serials={"lab-02": "SER-lab-02"})
    swapped(fleet)
    [host] = set_up(site, ["lab-01"]).hosts
    assert host.outcome is Outcome.REFUSED
    assert host.message.startswith("lab-02 answers as lab-01")
    only_own_changes(fleet)


def test_a_machine_that_is_another_at_the_second_look_is_not_verified(fleet: Fleet) -> None:
    [site] = sites(fleet, 1)

    def from_the_third_on(address: str) -> None:
        if len(site.transport.asked) == 2:
            swapped(fleet)

    fleet.before_connecting = from_the_third_on
    [host] = set_up(site, ["lab-01"]).hosts
    assert (host.outcome, host.verified) == (Outcome.UNKNOWN, False)
    assert "met another machine" in host.message
    only_own_changes(fleet)


def test_a_new_installation_is_the_same_machine(fleet: Fleet) -> None:
    [site] = sites(fleet, 1)
    set_up(site, ["lab-01"])
    fleet.at["10.0.0.1"].machine_id = "f00d"
    assert [host.outcome for host in set_up(site, ["lab-01"]).hosts] == [Outcome.OK]


def test_a_new_board_needs_the_records_word(fleet: Fleet) -> None:
    [site] = sites(fleet, 1)
    set_up(site, ["lab-01"])
    board = fleet.at["10.0.0.1"]
    board.serial, board.uuid = "NEW-1", "aaaaaaaa-1111-2222-3333-444444444444"
    [host] = set_up(site, ["lab-01"]).hosts
    assert host.outcome is Outcome.REFUSED
    _, _, words = host.hint.partition("deskprov asset edit lab-01 ")
    edit(site, "lab-01", words.split())
    assert [host.outcome for host in set_up(site, ["lab-01"]).hosts] == [Outcome.OK]


def test_two_names_for_one_machine_need_the_records_word(fleet: Fleet) -> None:
    site = fleet.site({"lab-01": "10.0.0.1", "by-root": "10.0.0.1"}, serials={"lab-01": "SER-lab-01"})
    [host] = set_up(site, ["by-root"]).hosts
    assert host.outcome is Outcome.REFUSED
    assert "deskprov asset add host=by-root serial=SER-lab-01" in host.hint


@contextmanager
def two_names(bench: Bench) -> Iterator[list[PracticeMachine]]:
    """Adds lab-01 and lab-02; the list says which machine a name server has for each, and may be changed."""
    machines = bench.machines.list()
    answers = list(machines)

    def target(number: int) -> Callable[[], tuple[str, int]]:
        return lambda: (answers[number].address, answers[number].port)

    with answering(target(0)) as first, answering(target(1)) as second:
        for host, port in (("lab-01", first), ("lab-02", second)):
            way_in = ["--address", "127.0.0.1", "--port", str(port), "--user", machines[0].user]
            bench.run("host", "add", host, *way_in, "--key", machines[0].key_file, "--profile", host)
        known = "".join(f"{host} {machines[0].host_key}\n" for host in ("lab-01", "lab-02"))
        bench.write("inventory_hosts/known_hosts.txt", known)
        yield answers


@pytest.fixture(scope="module")
def cloned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Two practice machines with one host key, as imaged from one disk, each with its maker's serial number."""
    bench = Bench(tmp_path_factory.mktemp("site"))
    bench.run("practice", "start", "linux", "--count", "2")
    try:
        for name in ("lab-01", "lab-02"):
            bench.profile(name, f"folders:\n  - path: /srv/{name}\n")
        key = bench.on("practice-1", "cat", "/etc/ssh/ssh_host_ed25519_key")
        bench.on("practice-2", "tee", "/etc/ssh/ssh_host_ed25519_key", stdin=key)
        bench.on("practice-2", "systemctl", "restart", "ssh")
        for number in (1, 2):
            firmware = "mount -t tmpfs firmware /sys/class && mkdir -p /sys/class/dmi/id && cd /sys/class/dmi/id"
            told = f"echo SER-{number} >product_serial; echo 0000000{number}-1111-2222-3333-444444444444 >product_uuid"
            bench.on(f"practice-{number}", "sh", "-c", f"{firmware} && {told}")
        yield bench
    finally:
        bench.run("practice", "stop")


@pytest.mark.practice
@pytest.mark.ansible
def test_swapped_names_change_nothing_on_real_machines(cloned: Bench) -> None:
    with two_names(cloned) as answers:
        site = open_site(str(cloned.root))
        request = Request(["lab-01", "lab-02"])
        assert plan(site, request, Watcher())[1] == []

        def swap(plans: Sequence[HostPlan]) -> bool:
            answers.reverse()
            return True

        between = apply(site, request, Watcher(), swap, verb="setup").hosts
        assert [(host.outcome, statuses(host)) for host in between] == [(Outcome.REFUSED, {Status.SKIPPED})] * 2
        assert all("Nothing was changed" in host.message for host in between)

        said = cloned.run("setup", "lab-01", "lab-02", "--yes", status=6)
        assert "its serial number is SER-2, not SER-1" in " ".join(said.split())
        for number in (1, 2):
            assert cloned.on(f"practice-{number}", "ls", "/srv") == b""

        swap([])
        right = apply(site, request, Watcher(), lambda plans: True, verb="setup").hosts
        assert [(host.outcome, host.verified) for host in right] == [(Outcome.OK, True)] * 2
        for number in (1, 2):
            assert cloned.on(f"practice-{number}", "ls", "/srv") == f"lab-0{number}\n".encode()


def statuses(host: HostResult) -> set[Status]:
    return {result.status for result in host.results}
