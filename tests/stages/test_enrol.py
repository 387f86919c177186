"""What a file means for the site: names, the packing list, what is there already, and what cannot be right."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from deskprov.model.asset import Asset, LifeState
from deskprov.model.enrolment import Enrolment
from deskprov.model.inventory import Connection, Host
from deskprov.model.newcomer import NameFrom, Newcomer, Paper, Rules, Standing
from deskprov.stages.enrol import decide, not_enrolled, practised

SAID = Enrolment(
    name="debian",
    addresses=["192.0.2.7", "192.0.2.8"],
    port=22,
    user="deskprov",
    host_key="ssh-ed25519 AAAA1",
    serial="SN-1",
    uuid="",
    machine_id="1" * 32,
    macs=[],
    os="Debian",
    made=datetime(2026, 11, 25, tzinfo=UTC),
    site="School",
    batch="batch-1",
)
OTHER = replace(SAID, host_key="ssh-ed25519 AAAA2", serial="SN-2", machine_id="2" * 32, name="ubuntu")
LISTED = Asset(id=1, tag="GV-0001", serial="sn-1", room="room-12", site_fields={"profile": "office"})
THERE = Host("GV-0001", Connection("192.0.2.8"), known_host=SAID.host_key)


def judged(
    *enrolments: Enrolment, hosts: tuple[Host, ...] = (), assets: tuple[Asset, ...] = (), rules: Rules | None = None
) -> list[Newcomer]:
    papers = [Paper(f"{number}.json", enrolment) for number, enrolment in enumerate(enrolments)]
    return decide(papers, {host.name: host for host in hosts}, assets, rules or Rules())


def test_the_packing_list_is_joined_by_serial_number() -> None:
    [one] = judged(SAID, assets=(LISTED,), rules=Rules(key_file="k"))
    assert (one.standing, one.asset) == (Standing.NEW, LISTED)
    assert one.host == Host(
        "GV-0001", Connection("192.0.2.7", key_file="k"), "office", "room-12", known_host=SAID.host_key
    )


@pytest.mark.parametrize(
    ("rule", "asset", "enrolment", "name"),
    [
        (NameFrom.TAG, LISTED, SAID, "GV-0001"),
        (NameFrom.TAG, replace(LISTED, tag="GV 1"), SAID, "SN-1"),
        (NameFrom.TAG, None, SAID, "SN-1"),
        (NameFrom.TAG, None, replace(SAID, serial="S N"), "debian"),
        (NameFrom.SERIAL, LISTED, SAID, "SN-1"),
        (NameFrom.HOST, LISTED, SAID, "debian"),
        (NameFrom.HOST, LISTED, replace(SAID, name="localhost"), "GV-0001"),
        (NameFrom.HOST, replace(LISTED, host="as-recorded"), SAID, "as-recorded"),
    ],
)
def test_the_rule_names_it_and_a_word_that_is_no_name_does_not(
    rule: NameFrom, asset: Asset | None, enrolment: Enrolment, name: str
) -> None:
    [one] = judged(enrolment, assets=(asset,) if asset else (), rules=Rules(rule))
    assert one.name == name


def test_a_profile_given_beats_that_of_the_list() -> None:
    [one] = judged(SAID, assets=(LISTED,), rules=Rules(profile="lab"))
    assert one.host
    assert one.host.profile == "lab"


def test_what_is_there_is_there() -> None:
    recorded = replace(LISTED, host="GV-0001", machine_id=SAID.machine_id)
    [one] = judged(SAID, hosts=(THERE,), assets=(recorded,))
    assert (one.standing, one.host, one.asset) == (Standing.THERE, THERE, recorded)
    first, second = judged(SAID, replace(SAID, made=datetime(2026, 11, 26, tzinfo=UTC)))
    assert (first.standing, second.standing) == (Standing.NEW, Standing.THERE)
    assert second.host == first.host


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"serial": "SN-7"}, "its serial number is SN-7, not sn-1"),
        ({"machine_id": "9" * 32}, "its installation is"),
        ({"addresses": ["192.0.2.99"]}, "its address is 192.0.2.99, not 192.0.2.8"),
        ({"port": 2222}, "its port is 2222, not 22"),
        ({"user": "root"}, "its account is root, not deskprov"),
    ],
)
def test_a_file_that_says_otherwise_than_before_is_refused(changed: dict[str, object], words: str) -> None:
    recorded = replace(LISTED, host="GV-0001", machine_id=SAID.machine_id)
    [one] = judged(replace(SAID, **changed), hosts=(THERE,), assets=(recorded,))  # type: ignore[arg-type]
    assert one.standing is Standing.REFUSED
    assert words in one.message


def test_what_cannot_be_right_is_refused() -> None:
    image = judged(SAID, replace(OTHER, host_key=SAID.host_key))
    assert [one.standing for one in image] == [Standing.REFUSED] * 2
    assert "both come from one image" in image[0].message
    twice = judged(SAID, replace(OTHER, serial="sn-1"))
    assert [one.standing for one in twice] == [Standing.REFUSED] * 2
    [known] = judged(OTHER, hosts=(THERE,), assets=(replace(LISTED, host="GV-0001", serial="SN-2"),))
    assert "whose pinned key is another" in known.message
    [several] = judged(SAID, assets=(LISTED, replace(LISTED, id=2, tag="GV-0002")))
    assert "GV-0001, GV-0002" in several.message
    [nameless] = judged(replace(SAID, serial="", name="localhost"))
    assert "can be its name" in nameless.message


def test_a_name_is_given_once() -> None:
    first, second = judged(SAID, replace(OTHER, name="DEBIAN"), rules=Rules(NameFrom.HOST))
    assert (first.standing, second.standing) == (Standing.NEW, Standing.REFUSED)
    [taken] = judged(SAID, hosts=(Host("Debian", Connection("192.0.2.1")),), rules=Rules(NameFrom.HOST))
    assert "the name debian is taken" in taken.message
    [owned] = judged(SAID, assets=(Asset(id=5, host="debian"),), rules=Rules(NameFrom.HOST))
    assert owned.standing is Standing.REFUSED


def test_a_refused_signature_counts_for_nothing() -> None:
    """Not even to make a true file doubtful."""
    forged = Paper("forged.json", replace(OTHER, serial="SN-1"), ("forged", "away"))
    bad, good = decide([forged, Paper("good.json", SAID)], {}, [LISTED], Rules())
    assert (bad.standing, bad.message, bad.hint) == (Standing.REFUSED, "forged", "away")
    assert good.standing is Standing.NEW


def test_the_list_says_who_is_still_to_come() -> None:
    waiting = replace(LISTED, id=2, tag="GV-0002", serial="SN-9")
    others = (replace(waiting, id=3, serial=""), replace(waiting, id=4, host="x"))
    assets = (LISTED, waiting, *others, replace(waiting, id=5, state=LifeState.DISPOSED))
    assert not_enrolled(assets, judged(SAID, assets=assets)) == [waiting]


def test_a_practice_machine_has_what_the_list_says_and_the_line_stays() -> None:
    rules = Rules(bare=frozenset({SAID.host_key}))
    line = replace(LISTED, assigned_to="p-1", maker="Example", state=LifeState.STOCK)
    own = Asset(id=7, host="GV-0001", serial="SN-1", maker="Practice", state=LifeState.READY, practice=True)
    given = practised(own, line)
    assert given == replace(own, tag="GV-0001", room="room-12", site_fields={"profile": "office"})
    first = judged(SAID, assets=(line,), rules=rules)
    assert first[0].practised
    assert not_enrolled([line, given], first) == []
    there = replace(THERE, practice=True)
    again = judged(SAID, hosts=(there,), assets=(line, given), rules=rules)
    assert (again[0].standing, again[0].asset) == (Standing.THERE, given)
    assert not_enrolled([line, given], again) == [], "that a practice machine came for it is not told anew"


def test_a_practice_machine_never_takes_the_name_of_a_real_one() -> None:
    rules = Rules(bare=frozenset({SAID.host_key}))
    [one] = judged(SAID, assets=(replace(LISTED, host="lab-1"),), rules=rules)
    assert (one.standing, one.message) == (Standing.REFUSED, "the name lab-1 is taken by another machine")


def test_whoever_has_the_key_of_a_bare_practice_machine_is_practice_and_nobody_else_is() -> None:
    rules = Rules(bare=frozenset({SAID.host_key}))
    bare, real = judged(SAID, OTHER, assets=(LISTED,), rules=rules)
    assert [one.host.practice for one in (bare, real) if one.host] == [True, False]
    assert bare.name == "GV-0001", "the packing list names it all the same"
    there = replace(THERE, practice=True)
    recorded = Asset(id=2, serial="SN-1", host="GV-0001", practice=True, machine_id=SAID.machine_id)
    [again] = judged(SAID, hosts=(there,), assets=(LISTED, recorded), rules=rules)
    assert (again.standing, again.asset) == (Standing.THERE, recorded)
