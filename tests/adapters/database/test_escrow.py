"""What is kept sealed: the same promises in memory, in an SQLite file and in a real PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deskprov.adapters.database.database import Database
from deskprov.adapters.escrow.identity import Identity
from deskprov.adapters.escrow.key_store import PersonalKeys
from deskprov.adapters.escrow.sealing import Seal
from deskprov.errors import SecretUnavailable
from deskprov.model.escrow import EscrowAct, EscrowEvent, EscrowState, NewSecret, Owner
from deskprov.model.history import EventKind
from deskprov.model.ports.escrow import Escrow
from deskprov.model.secret import Value
from deskprov.model.settings import IdentityPlace
from deskprov.testing import MemoryEscrow, MemoryRecord
from tests.adapters.database.conftest import Whole
from tests.adapters.database.samples import LATER, NOON, new

TECH = Owner("pc-1", "users/tech")
WIFI = Owner("", "wifi")
FIRST, SECOND = Value("fen-the-first", "m1"), Value("fen-the-second", "m2")

OpenEscrow = Callable[[], Escrow]


def no_other_place(place: IdentityPlace) -> str:
    raise AssertionError(place)


def seal_in(folder: Path) -> Seal:
    """A seal with one key of its own."""
    keys = PersonalKeys(folder)
    pair = keys.new_pair()
    return Seal([pair.public], Identity(IdentityPlace(file=keys.save(pair, "site")), Path("/site"), no_other_place))


@pytest.fixture
def escrow(whole: Whole, tmp_path: Path) -> Escrow:
    """An empty one, in a record that knows pc-1."""
    whole.assets.save([new(host="pc-1")], NOON, "robin")
    if isinstance(whole.record, MemoryRecord):
        return MemoryEscrow(whole.record)
    assert isinstance(whole, Database)
    return whole.escrow(seal_in(tmp_path / "keys"))


def test_what_is_kept_comes_back(escrow: Escrow) -> None:
    tech = escrow.keep(NewSecret(TECH, FIRST), NOON, "robin")
    wifi = escrow.keep(NewSecret(WIFI, SECOND, EscrowState.CURRENT, EscrowAct.SET), LATER, "kim")
    assert escrow.kept() == [wifi, tech]
    assert escrow.of(Owner("PC-1", "users/tech")) == [tech]
    assert (escrow.open(tech), escrow.open(wifi)) == (FIRST, SECOND)
    assert (tech.state, tech.mark, tech.by, tech.at) == (EscrowState.PENDING, "m1", "robin", NOON)
    assert len(tech.keys) == 1


def test_proving_burns_all_else_whether_older_or_newer(escrow: Escrow) -> None:
    first = escrow.keep(NewSecret(TECH, FIRST), NOON, "robin")
    escrow.prove(first, NOON, "robin")
    wrong = escrow.keep(NewSecret(TECH, SECOND), LATER, "robin")
    escrow.prove(first, LATER, "robin")
    assert [(kept.id, kept.state) for kept in escrow.of(TECH)] == [(first.id, EscrowState.CURRENT)]
    second = escrow.keep(NewSecret(TECH, SECOND), LATER, "robin")
    assert [kept.id for kept in escrow.of(TECH)] == [second.id, first.id]
    assert escrow.open(first) == FIRST
    escrow.prove(second, LATER, "robin")
    assert [kept.id for kept in escrow.of(TECH)] == [second.id]
    for burned in (first, wrong):
        with pytest.raises(SecretUnavailable, match="has been replaced"):
            escrow.open(burned)


def test_what_was_burned_meanwhile_is_not_proved_and_burns_nothing(escrow: Escrow) -> None:
    old = escrow.keep(NewSecret(TECH, FIRST, EscrowState.CURRENT), NOON, "robin")
    new = escrow.keep(NewSecret(TECH, SECOND), NOON, "robin")
    escrow.prove(old, LATER, "kim")
    told = list(escrow.events(TECH))
    with pytest.raises(SecretUnavailable, match="What was kept for pc-1/tech has been replaced"):
        escrow.prove(new, LATER, "robin")
    assert escrow.of(TECH) == [old]
    assert escrow.open(old) == FIRST
    assert escrow.events(TECH) == told


def test_what_is_current_from_the_start_replaces_all(escrow: Escrow) -> None:
    escrow.keep(NewSecret(WIFI, FIRST, EscrowState.CURRENT, EscrowAct.SET), NOON, "robin")
    now = escrow.keep(NewSecret(WIFI, SECOND, EscrowState.CURRENT, EscrowAct.SET), LATER, "kim")
    assert escrow.of(WIFI) == [now]


def test_what_a_person_sets_burns_nothing_and_is_burned_by_a_proof(escrow: Escrow) -> None:
    proved = escrow.keep(NewSecret(TECH, FIRST, EscrowState.CURRENT), NOON, "robin")
    given = escrow.keep(NewSecret(TECH, SECOND, EscrowState.GIVEN, EscrowAct.SET), LATER, "kim")
    assert escrow.kept() == escrow.of(TECH) == [given, proved]
    assert (escrow.open(given), escrow.open(proved)) == (SECOND, FIRST)
    escrow.prove(proved, LATER, "robin")
    assert escrow.of(TECH) == [proved]


def test_everything_is_in_the_log_and_that_of_a_machine_in_its_asset(escrow: Escrow, whole: Whole) -> None:
    kept = escrow.keep(NewSecret(TECH, FIRST), NOON, "robin")
    escrow.prove(kept, NOON, "robin")
    escrow.log(EscrowEvent(LATER, "kim", EscrowAct.REVEALED, TECH, "locked out"))
    escrow.log(EscrowEvent(LATER, "kim", EscrowAct.REVEALED, WIFI, "a guest"))
    acts = [(event.act, event.by, event.reason) for event in escrow.events(TECH)]
    assert acts == [
        (EscrowAct.REVEALED, "kim", "locked out"),
        (EscrowAct.PROVED, "robin", ""),
        (EscrowAct.MADE, "robin", ""),
    ]
    assert [event.reason for event in escrow.events(WIFI)] == ["a guest"]
    asset = whole.assets.find("pc-1")
    assert asset is not None
    told = [event for event in whole.assets.events(asset) if event.kind is EventKind.SECRET]
    assert (told[0].by, told[0].text, told[0].detail) == ("kim", "locked out", {"act": "revealed", "key": "users/tech"})


def test_a_machine_that_the_record_does_not_know(escrow: Escrow) -> None:
    with pytest.raises(SecretUnavailable, match="does not know pc-9 yet") as told:
        escrow.keep(NewSecret(Owner("pc-9", "users/tech"), FIRST), NOON, "robin")
    assert not isinstance(escrow, MemoryEscrow) or "deskprov" not in told.value.hint


def test_of_several_all_are_kept_or_none(escrow: Escrow) -> None:
    old = escrow.keep(NewSecret(WIFI, FIRST, EscrowState.CURRENT), NOON, "robin")
    both = [NewSecret(WIFI, SECOND, EscrowState.CURRENT), NewSecret(TECH, SECOND)]
    with pytest.raises(SecretUnavailable, match="does not know pc-9 yet"):
        escrow.keep_all([*both, NewSecret(Owner("pc-9", "users/tech"), FIRST)], NOON, "robin")
    assert escrow.kept() == [old]
    assert escrow.open(old) == FIRST
    kept = escrow.keep_all(both, LATER, "robin")
    assert [each.owner for each in kept] == [WIFI, TECH]
    assert escrow.kept() == list(kept)


def test_no_value_is_in_the_file(sqlite: Database, tmp_path: Path) -> None:
    sqlite.assets.save([new(host="pc-1")], NOON, "robin")
    escrow = sqlite.escrow(seal_in(tmp_path / "keys"))
    kept = escrow.keep(NewSecret(TECH, FIRST), NOON, "robin")
    sqlite.close()
    files = [path for path in (tmp_path / ".deskprov").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if FIRST.plain.encode() in path.read_bytes()]
    assert "fen" not in repr(NewSecret(TECH, FIRST)) + repr(kept)


def test_a_sealed_value_in_the_place_of_another_is_noticed(sqlite: Database, tmp_path: Path) -> None:
    sqlite.assets.save([new(host="pc-1"), new(host="pc-2")], NOON, "robin")
    escrow = sqlite.escrow(seal_in(tmp_path / "keys"))
    escrow.keep(NewSecret(TECH, FIRST), NOON, "robin")
    other = escrow.keep(NewSecret(Owner("pc-2", "users/tech"), SECOND), NOON, "robin")
    with sqlite.transactions.writing() as connection:
        connection.exec_driver_sql("UPDATE escrow SET sealed = (SELECT sealed FROM escrow WHERE id = 1)")
    with pytest.raises(SecretUnavailable, match="tampered"):
        escrow.open(other)


def test_another_key_opens_nothing_until_it_is_sealed_anew(sqlite: Database, tmp_path: Path) -> None:
    sqlite.assets.save([new(host="pc-1")], NOON, "robin")
    mine, theirs = seal_in(tmp_path / "mine"), seal_in(tmp_path / "theirs")
    kept = sqlite.escrow(mine).keep(NewSecret(TECH, FIRST), NOON, "robin")
    with pytest.raises(SecretUnavailable, match="does not open the secret of pc-1/tech"):
        sqlite.escrow(theirs).open(kept)
    with pytest.raises(SecretUnavailable, match="does not open"):
        sqlite.escrow(theirs).reseal(NOON, "kim")
    both = sqlite.escrow(Seal([*mine.keys, *theirs.keys], mine._identity))
    assert both.reseal(LATER, "robin") == 1
    assert sqlite.escrow(theirs).open(kept) == FIRST
    assert sqlite.escrow(mine).open(kept) == FIRST
    assert [set(each.keys) for each in both.kept()] == [{*mine.keys, *theirs.keys}]


def test_without_keys_nothing_is_kept(sqlite: Database, tmp_path: Path) -> None:
    escrow = sqlite.escrow(Seal([], seal_in(tmp_path / "keys")._identity))
    with pytest.raises(SecretUnavailable, match="no keys") as told:
        escrow.keep(NewSecret(WIFI, FIRST), NOON, "robin")
    assert "deskprov secret init" in told.value.hint
    assert escrow.kept() == []
