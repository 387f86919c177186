"""Each machine is reached on its own way, and nothing is made for a way that no machine needs."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from deskprov.adapters.way_of_host import ApproachOfHost, WayOfHost
from deskprov.model.inventory import Connection, Host
from deskprov.model.ports.machine import Greeting, HostKey
from deskprov.testing import ScriptedApproach, ScriptedTransport


def host(transport: str) -> Host:
    return Host("pc-1", Connection("192.0.2.1", transport=transport))


def transport(answer: bytes, made: list[bytes]) -> Callable[[], ScriptedTransport]:
    def make() -> ScriptedTransport:
        made.append(answer)
        return ScriptedTransport(lambda host, program: answer)

    return make


def test_a_question_goes_the_way_of_its_machine() -> None:
    made: list[bytes] = []
    ways = WayOfHost({"ssh": transport(b"by ssh", made), "winrm": transport(b"by winrm", made)})
    assert [ways.ask(host("winrm"), b"") for _ in range(2)] == [b"by winrm"] * 2
    assert made == [b"by winrm"]
    assert ways.ask(host("ssh"), b"") == b"by ssh"


def test_so_does_the_approach() -> None:
    key = HostKey("x509-sha256 00", "SHA256:00")
    theirs = ScriptedApproach({"pc-1": ["192.0.2.1"]}, {"pc-1": Greeting("192.0.2.1", "HTTPS")}, {"pc-1": key})
    ways = ApproachOfHost({"ssh": lambda: pytest.fail("made for nobody"), "winrm": lambda: theirs})
    assert ways.addresses(host("winrm")) == ["192.0.2.1"]
    assert ways.greeting(host("winrm")).line == "HTTPS"
    assert ways.identity(host("winrm")) == key


def test_a_way_is_made_once_however_many_ask_at_the_same_time() -> None:
    """It remembers which passwords were refused: a second one would send a wrong password again."""
    made: list[bytes] = []
    all_are_here, another_makes_one = threading.Barrier(8), threading.Barrier(2)

    def make() -> ScriptedTransport:
        with suppress(threading.BrokenBarrierError):
            another_makes_one.wait(timeout=0.2)
        return transport(b"", made)()

    ways = WayOfHost({"ssh": make})

    def ask() -> None:
        all_are_here.wait()
        ways.ask(host("ssh"), b"")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [b""]
