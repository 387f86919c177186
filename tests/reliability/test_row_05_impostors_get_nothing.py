"""Row 5: a machine whose key is unknown, or is not the pinned one, gets not one byte of a credential.

An impostor's server writes down every attempt to log in. Before the first look, and also when it takes the machine's
place after the look, so that it is Ansible that comes to it.
"""

import secrets
from collections.abc import Iterator

import pytest

from deskprov.model.ports.practice import PracticeMachine
from tests.end_to_end.bench import Bench
from tests.impostor import impostor

pytestmark = pytest.mark.practice

PROFILE = "folders:\n  - path: /srv/one\n"
PASSWORD = secrets.token_hex(8)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("site"), {"BENCH_SUDO_PASSWORD": PASSWORD})
    bench.run("practice", "start", "linux")
    bench.profile("office", PROFILE)
    bench.on("practice-1", "chpasswd", stdin=f"deskprov:{PASSWORD}\n".encode())
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


@pytest.fixture
def machine(bench: Bench) -> PracticeMachine:
    [machine] = bench.machines.list()
    return machine


def add(bench: Bench, port: int, key: str = "", *way_in: str) -> None:
    """pc-1 at this port of loopback, with this pinned key."""
    bench.write("inventory_hosts/hosts.yml", "all:\n  hosts: {}\n")
    bench.run("host", "add", "pc-1", "--address", "127.0.0.1", "--port", str(port), "--profile", "office", *way_in)
    bench.write("inventory_hosts/known_hosts.txt", f"pc-1 {key}\n" if key else "")


@pytest.mark.parametrize("way_in", [(), ("--password-secret", "sudo-password")])
@pytest.mark.parametrize("verb", ["setup", "plan", "verify"])
def test_an_unknown_machine(bench: Bench, verb: str, way_in: tuple[str, ...]) -> None:
    with impostor() as other:
        add(bench, other.port, "", *way_in)
        said = bench.run(verb, "pc-1", *(["--yes"] if verb == "setup" else []), status=6)
    assert "deskprov host trust pc-1" in said
    assert other.log == []


@pytest.mark.parametrize("way_in", [(), ("--password-secret", "sudo-password")])
def test_a_machine_with_another_key(bench: Bench, machine: PracticeMachine, way_in: tuple[str, ...]) -> None:
    with impostor() as other:
        add(bench, other.port, machine.host_key, *way_in)
        said = bench.run("setup", "pc-1", "--yes", status=6)
    assert "chang" in said
    assert other.met
    assert other.log == []
    assert "pc-1 ssh-ed25519" in (bench.root / "inventory_hosts/known_hosts.txt").read_text("utf-8")


@pytest.mark.parametrize("way_in", ["key", "password"])
def test_a_machine_that_is_replaced_after_the_look(bench: Bench, machine: PracticeMachine, way_in: str) -> None:
    """The first connection is the look; whoever comes after it is Ansible."""
    stated = ("--key", machine.key_file) if way_in == "key" else ("--password-secret", "sudo-password")
    connections = iter([(machine.address, machine.port)])
    bench.on("practice-1", "rm", "-rf", "/srv/one")
    with impostor(lambda: next(connections, None)) as other:
        add(bench, other.port, machine.host_key, *stated)
        said = bench.run("setup", "pc-1", "--yes", status=(1, 4, 6))
    assert other.met, said
    assert other.log == []
    assert bench.machines.command("practice-1", ["test", "-e", "/srv/one"]).returncode == 1
