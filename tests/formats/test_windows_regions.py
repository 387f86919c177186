"""Windows' numbers of countries."""

from itertools import product
from string import ascii_uppercase

import pytest

from deskprov.formats.windows_regions import geo_id, region_code


def number(code: str) -> int | None:
    try:
        return geo_id(code)
    except KeyError:
        return None


def test_each_country_of_iso_has_a_number_of_its_own() -> None:
    numbers = {code: found for pair in product(ascii_uppercase, repeat=2) if (found := number(code := "".join(pair)))}
    assert len(numbers) == 249, "ISO 3166-1 has as many: XK is one more, and Windows has none for EH"
    assert [region_code(str(found)) for found in numbers.values()] == list(numbers)


@pytest.mark.parametrize(
    ("code", "known"), [("US", 244), ("MX", 166), ("ES", 217), ("DE", 94), ("GB", 242), ("CA", 39), ("PR", 202)]
)
def test_some_that_are_well_known(code: str, known: int) -> None:
    assert number(code) == known


@pytest.mark.parametrize("text", ["39070", "", "x", "-1", "\u0662"])
def test_what_is_no_country_is_left_as_it_is(text: str) -> None:
    assert region_code(text) == text
