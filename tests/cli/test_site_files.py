"""software.yml, printers.yml and places.yml as an author of profiles writes them, on a real folder."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from deskprov.cli.main import run

INVENTORY = """\
all:
  vars: {deskprov_profile: lab, ansible_connection: winrm, ansible_user: tech}
  hosts:
    pc-1: {ansible_host: 192.0.2.1, deskprov_place: room-1}
    pc-2: {ansible_host: 192.0.2.2, deskprov_place: room-2}
"""
PRINTERS = """\
printers:
  - name: north
    address: 192.0.2.40
    place: room-1
    model: Example 4000
  - {name: south, address: 192.0.2.41, place: room-2}
  - {name: plotter, address: plotter.example.org, port: 9101}
"""
PLACES = """\
places:
  - {name: school, kind: building, title: The school}
  - {name: room-1, kind: room, within: school}
  - {name: room-2, kind: cart, within: school}
"""
SOFTWARE = """\
defaults:
  windows: {feed: "https://packages.example.org/chocolatey/"}
software:
  - name: 7zip
    windows: {version: "25.01"}
    linux: {version: "22.01-8"}
  - name: google-chrome
    windows: {at_least: "131.0"}
"""
LAB = """\
profile: lab
platform: windows
software: [7zip, vlc]
printers: [room, plotter]
"""


class Author:
    """A site in a folder, and the command line."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        self.write("deskprov.yml", "format: 1\nname: School\n")
        self.write("inventory_hosts/hosts.yml", INVENTORY)
        self.write("profiles/lab.yml", LAB)
        self.write("printers.yml", PRINTERS)
        self.write("places.yml", PLACES)
        self.write("software.yml", SOFTWARE)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def type(self, *words: str, status: int = 0) -> Any:
        assert run(["-C", str(self.root), *words, "--json"]) == status
        said = self._capsys.readouterr().out
        return json.loads(said) if said else None

    def data(self, *words: str) -> Any:
        assert run(["-C", str(self.root), *words]) == 0
        return json.loads(self._capsys.readouterr().out)

    def problems(self) -> list[str]:
        """Each as file, line, words and hint."""
        found = self.type("validate", status=3)["problems"]
        return [f"{p['file']}:{p['line']}: {p['message']}; {p['hint']}" for p in found]

    def options(self, name: str, key: str) -> dict[str, tuple[Any, str]]:
        """Of a resource of a machine: each value and where it stands."""
        told = self.type("explain", name, key)["settings"]
        return {s["option"]: (s["value"], f"{s['source']['file']}:{s['source']['line']}") for s in told}


@pytest.fixture
def author(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Author:
    return Author(tmp_path, capsys)


def test_a_printer_is_described_once_and_the_room_stands_for_its_own(author: Author) -> None:
    assert author.type("validate")["files"][2:5] == ["software.yml", "printers.yml", "places.yml"]
    north = author.options("pc-1", "printers/north")
    assert north["address"] == ("192.0.2.40", "printers.yml:3")
    assert author.options("pc-2", "printers/south")["place"] == ("room-2", "printers.yml:6")
    assert author.options("pc-2", "printers/plotter")["port"] == (9101, "printers.yml:7")
    author.type("explain", "pc-1", "printers/south", status=64)


def test_a_profile_wins_over_what_the_site_says_and_defaults_come_last(author: Author) -> None:
    seven = author.options("pc-1", "software/7zip")
    assert seven["version"] == ("25.01", "software.yml:5")
    assert seven["feed"] == ("https://packages.example.org/chocolatey/", "software.yml:2")
    assert author.options("pc-1", "software/vlc").keys() == {"name", "feed"}
    author.write("profiles/lab.yml", LAB.replace("[7zip, vlc]", '[{name: 7zip, version: "24.09"}]'))
    assert author.options("pc-1", "software/7zip")["version"] == ("24.09", "profiles/lab.yml:3")


def test_winget_can_be_the_feed_of_a_site_for_what_it_knows(author: Author) -> None:
    author.write("software.yml", SOFTWARE.replace('"https://packages.example.org/chocolatey/"', "winget"))
    assert author.options("pc-1", "software/vlc")["feed"] == ("winget", "software.yml:2")
    author.write("profiles/lab.yml", LAB.replace("vlc", "nobody-knows-it"))
    [problem] = author.problems()
    assert problem.startswith("profiles/lab.yml:3: needs a winget_id, such as Mozilla.Firefox")


def test_what_holds_on_one_platform_is_not_looked_at_on_another(author: Author) -> None:
    author.write("profiles/desk.yml", "profile: desk\nplatform: linux\nsoftware: [7zip]\n")
    assert author.type("validate")["ok"] is True
    linux = author.options("desk", "software/7zip")
    assert {name: value for name, (value, _) in linux.items()} == {"name": "7zip", "version": "22.01-8"}


def test_every_mistake_is_told_at_its_line(author: Author) -> None:
    author.write("printers.yml", PRINTERS.replace("192.0.2.41", "not a host").replace("room-1", "rooom-1"))
    author.write("profiles/lab.yml", LAB.replace("plotter", "ploter"))
    author.write("software.yml", SOFTWARE.replace('"131.0"', "latest").replace("- name: 7zip", "- name: 7 zip"))
    assert author.problems() == [
        "printers.yml:4: there is no place rooom-1 in places.yml; did you mean room-1?",
        "printers.yml:6: `address` must be the IP address or the host name of the printer; ",
        "profiles/lab.yml:4: there is no ploter in printers.yml; did you mean plotter?",
        "software.yml:4: `name` must be a name of the catalogue, or of a package: small letters, digits, "
        "`+`, `-` and `.`; ",
        "software.yml:8: `at_least` cannot be `latest`, which no look can prove: leave it out, or state "
        'at_least with a version, "25.01"; ',
    ]


def test_printers_state_nothing_of_machines(author: Author) -> None:
    author.write("printers.yml", "printers:\n  - {name: north, address: 192.0.2.40, state: absent}\n  - room\n")
    author.write("profiles/lab.yml", "profile: lab\nplatform: windows\n")
    assert author.problems() == [
        "printers.yml:2: printers.yml says what there is, and not where: `state` stands in profiles; take it out",
        "printers.yml:3: `name` stands for the printers of this machine's room, which printers.yml says: add them "
        "there; ",
    ]
    author.write("printers.yml", PRINTERS + "x: 1\n")
    author.write("profiles/lab.yml", LAB.replace("plotter", "ploter"))
    assert author.problems() == ["printers.yml:8: printers.yml has no `x`; it has `printers` and `defaults`"]
    author.write("printers.yml", "[]\n")
    [shape] = author.problems()
    assert shape.startswith("printers.yml:1: printers.yml must be a list of printers; begin with the line `printers:`")


def test_a_file_that_cannot_be_read_stops_what_needs_it(author: Author) -> None:
    author.write("printers.yml", "printers:\n  - name: north\n    name: south\n")
    assert author.type("validate", status=3)["problems"]
    author.type("explain", "pc-1", status=3)


def test_places_are_one_each_within_others_and_machines_are_in_one(author: Author) -> None:
    wrong = """\
places:
  - {name: room-1, kind: room, within: schol}
  - {name: room-1, kind: room}
  - {name: a b, kind: room}
  - {name: hall, kind: garden, colour: red}
  - {name: ring-1, kind: room, within: ring-2}
  - {name: ring-2, kind: room, within: ring-1}
"""
    author.write("places.yml", wrong)
    assert author.problems() == [
        "places.yml:2: there is no place schol; add it, or take `within` out",
        "places.yml:3: the place room-1 is there already; ",
        "places.yml:4: a place needs a name; letters, digits, `.`, `_` and `-`, as deskprov_place in the "
        "inventory has it",
        "places.yml:5: `kind` must be one of building, room, cart; ",
        "places.yml:5: a place has no `colour`; a place has name, kind, title, within",
        "places.yml:6: ring-1 is in the end within itself; ",
        "places.yml:7: ring-2 is in the end within itself; ",
    ]
    author.write("places.yml", PLACES.replace("room-2", "room-3"))
    assert author.problems() == [
        "inventory_hosts/hosts.yml:5: there is no place room-2 in places.yml; did you mean room-3?",
        "printers.yml:6: there is no place room-2 in places.yml; did you mean room-3?",
    ]


def test_room_needs_to_know_which(author: Author) -> None:
    author.write("inventory_hosts/hosts.yml", INVENTORY.replace(", deskprov_place: room-2", ""))
    [problem] = author.problems()
    assert problem.startswith(
        "inventory_hosts/hosts.yml:5: pc-2: `room` stands for the printers of this machine's room"
    )
    assert author.type("explain", "pc-1")["settings"]


@pytest.mark.parametrize("file", ["software.yml", "printers.yml", "places.yml"])
def test_editors_complete_and_check_each_file(author: Author, file: str) -> None:
    schema = author.data("config", "schema", file)
    right = yaml.safe_load((author.root / file).read_text())
    jsonschema.validate(right, schema)
    [(_, entries)] = [item for item in right.items() if item[0] != "defaults"]
    for wrong in ({**entries[0], "colour": "red"}, {**entries[0], "name": 7}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**right, file.removesuffix(".yml"): [wrong]}, schema)
    assert run(["-C", str(author.root), "config", "schema", "rooms.yml"]) == 64
