"""Machines share a resolved profile as long as it asked nothing to which they answer differently."""

from collections.abc import Mapping

import pytest

from deskprov.api.profiles import ProfileFiles
from deskprov.model.inventory import Connection, Host
from deskprov.model.problem import InvalidInput
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport


def machine(name: str, place: str = "", **variables: str) -> Host:
    return Host(name, Connection("192.0.2.1"), profile="lab", place=place, vars=variables)


def files(content: str, own: Mapping[str, str] | None = None) -> ProfileFiles:
    heading = "profile: lab\nplatform: linux\n" + "".join(f"vars: {{{k}: {v}}}\n" for k, v in (own or {}).items())
    text = f"{heading}files:\n  - {{path: /etc/example, content: '{content}'}}\n"
    site = FakeSite(
        MemoryFiles({"profiles/lab.yml": text}),
        MemoryInventory(),
        ScriptedTransport(lambda host, program: b""),
        ScriptedRunner(lambda *_: None),
    )
    return ProfileFiles(site)


def contents(of: ProfileFiles, *machines: Host) -> list[str]:
    return [of.for_host(each).resources[0].options.content for each in machines]


def test_without_values_of_machines_it_is_the_same_for_all() -> None:
    of = files("all alike")
    assert of.for_host(machine("lab-1")) is of.for_host(machine("lab-2", place="room-12", color="red"))


@pytest.mark.parametrize(
    ("content", "machines", "wanted"),
    [
        ("${host.name}", [machine("lab-1"), machine("lab-2")], ["lab-1", "lab-2"]),
        ("${place.name}", [machine("a", "hall"), machine("b", "gym"), machine("c", "gym")], ["hall", "gym", "gym"]),
        ("${vars.color}", [machine("a"), machine("b", color="red"), machine("c")], ["blue", "red", "blue"]),
    ],
)
def test_each_machine_has_its_own_values(content: str, machines: list[Host], wanted: list[str]) -> None:
    of = files(content, {"color": "blue"})
    assert contents(of, *machines) == wanted


def test_what_is_wrong_for_one_machine_is_not_said_of_another() -> None:
    of = files("${place.name}")
    for _ in range(2):
        assert contents(of, machine("a", "hall")) == ["hall"]
        with pytest.raises(InvalidInput):
            of.for_host(machine("b"))
