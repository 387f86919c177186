"""One-time passwords on their way: only the key of the certificate opens them."""

import base64

import pytest

from deskprov.adapters.enrolment_seals import RsaSeals
from deskprov.model.enrolment import SealingPair

PASSWORD = "aA1- contraseña"


@pytest.fixture(scope="module")
def pairs() -> tuple[SealingPair, SealingPair]:
    seals = RsaSeals()
    return seals.new_pair("batch-1"), seals.new_pair("batch-2")


def test_what_is_sealed_is_opened_by_its_key_only(pairs: tuple[SealingPair, SealingPair]) -> None:
    seals, (own, other) = RsaSeals(), pairs
    sealed = seals.sealed(PASSWORD, own.certificate)
    assert seals.opened(sealed, own.private) == PASSWORD
    assert sealed != seals.sealed(PASSWORD, own.certificate)
    assert PASSWORD not in base64.b64decode(sealed).decode("latin-1")
    with pytest.raises(ValueError):
        seals.opened(sealed, other.private)
    with pytest.raises(ValueError):
        seals.opened(sealed[:-8] + "AAAAAAA=", own.private)


@pytest.mark.parametrize("bad", ["", "no base64", "AAAA"])
def test_what_is_damaged_is_refused_in_one_way(pairs: tuple[SealingPair, SealingPair], bad: str) -> None:
    seals, (own, _) = RsaSeals(), pairs
    with pytest.raises(ValueError):
        seals.opened(bad, own.private)
    with pytest.raises(ValueError):
        seals.opened(seals.sealed("a", own.certificate), bad)
    with pytest.raises(ValueError):
        seals.sealed("a", bad)


def test_nothing_of_the_private_half_is_shown(pairs: tuple[SealingPair, SealingPair]) -> None:
    assert pairs[0].private not in repr(pairs[0])
