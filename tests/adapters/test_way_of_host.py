"""Which way a question goes, and that many at once share it."""

import threading
from contextlib import suppress

from deskprov.adapters.way_of_host import WayOfHost
from deskprov.model.inventory import SSH, WINRM, Connection, Host
from deskprov.model.ports.machine import Transport
from deskprov.testing import ScriptedTransport


def test_each_machine_is_asked_over_its_own_way() -> None:
    ways = {name: ScriptedTransport(lambda host, program, name=name: name.encode()) for name in (SSH, WINRM)}
    way = WayOfHost({name: lambda name=name: ways[name] for name in ways})
    hosts = [Host(name, Connection("192.0.2.1", transport=name)) for name in (SSH, WINRM)]
    assert [way.ask(host, b"") for host in hosts] == [b"ssh", b"winrm"]


def test_a_way_is_made_once_however_many_ask_at_the_same_time() -> None:
    """It remembers which passwords were refused: a second one would send a wrong password again."""
    made: list[Transport] = []
    all_are_here, another_makes_one = threading.Barrier(8), threading.Barrier(2)

    def make() -> Transport:
        way = ScriptedTransport(lambda host, program: b"")
        made.append(way)
        with suppress(threading.BrokenBarrierError):
            another_makes_one.wait(timeout=0.2)
        return way

    way = WayOfHost({SSH: make})

    def ask() -> None:
        all_are_here.wait()
        way.ask(Host("pc", Connection("192.0.2.1")), b"")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
