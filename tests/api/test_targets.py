import pytest

from deskprov.api.targets import match
from deskprov.errors import NoHostMatched, WrongUsage
from deskprov.model.inventory import Connection, Host, Inventory
from deskprov.model.place import Place, PlaceKind
from deskprov.model.source import Source


def _host(name: str, profile: str = "", place: str = "", ring: str = "") -> Host:
    return Host(name, Connection("192.0.2.1"), profile=profile, place=place, ring=ring)


HOSTS = [
    _host("lab-02", "lab", "room-12", "0"),
    _host("lab-01", "lab", "room-12", "1"),
    _host("desk-1", "office", "front", "1"),
]
INVENTORY = Inventory(
    {host.name: host for host in HOSTS},
    {"all": ["lab-02", "lab-01", "desk-1"], "lab": ["lab-02", "lab-01"], "empty": []},
)
PLACES = {
    "main": Place("main", PlaceKind.BUILDING, "", "", Source("places.yml", 1)),
    "floor-1": Place("floor-1", PlaceKind.BUILDING, "", "main", Source("places.yml", 2)),
    "room-12": Place("room-12", PlaceKind.ROOM, "", "floor-1", Source("places.yml", 3)),
    "round": Place("round", PlaceKind.ROOM, "", "round", Source("places.yml", 4)),
}
ASSETS = {"T-100": "lab-01", "SER9": "desk-1", "gone": "retired-1"}


def names(*targets: str) -> list[str]:
    return [host.name for host in match(INVENTORY, targets, ASSETS.get, lambda: PLACES)]


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (["lab-01"], ["lab-01"]),
        (["@lab"], ["lab-02", "lab-01"]),
        (["@all"], ["lab-02", "lab-01", "desk-1"]),
        (["profile:lab"], ["lab-02", "lab-01"]),
        (["place:front"], ["desk-1"]),
        (["place:main"], ["lab-02", "lab-01"]),
        (["ring:1"], ["lab-01", "desk-1"]),
        (["T-100"], ["lab-01"]),
        (["SER9"], ["desk-1"]),
        (["desk-1", "@lab", "lab-01", "T-100"], ["desk-1", "lab-02", "lab-01"]),
    ],
)
def test_targets_in_order_without_duplicates(targets: list[str], expected: list[str]) -> None:
    assert names(*targets) == expected


@pytest.mark.parametrize(
    ("target", "words", "hint"),
    [
        ("lab-3", "name, tag or serial lab-3", "lab-0"),
        ("@lob", "no group lob", "@lab"),
        ("@empty", "has no machines", "host list"),
        ("profile:lap", "No machine has the profile lap", "profile:lab"),
        ("ring:", "ring: needs a name after the colon", "ring:0"),
        ("place:", "place: needs a name after the colon", "place:front"),
        ("all", "name, tag or serial all", "host list"),
        ("gone", "name, tag or serial gone", "host list"),
    ],
)
def test_nothing_matched_names_the_target_and_what_is_near(target: str, words: str, hint: str) -> None:
    with pytest.raises(NoHostMatched) as caught:
        names("lab-01", target)
    assert words in caught.value.message
    assert hint in caught.value.hint


def test_no_target_is_never_all() -> None:
    with pytest.raises(WrongUsage, match="Which machines"):
        names()
