"""A technician is told what an option takes in words, never as a regular expression."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from deskprov.formats.option_problems import Places, accepted, option_problems
from deskprov.model.platform import Platform, validated
from deskprov.model.source import Source
from deskprov.resources import BY_NAME, TYPES

PLACES = Places(lambda path: Source("profiles/p.yml", 1), lambda path: Source("profiles/p.yml", 1))


def patterns(schema: Any) -> Iterator[str]:
    match schema:
        case {"pattern": str(pattern)}:
            yield pattern
        case dict():
            yield from (pattern for each in schema.values() for pattern in patterns(each))
        case list():
            yield from (pattern for each in schema for pattern in patterns(each))


@pytest.mark.parametrize("name", [kind.NAME for kind in TYPES])
def test_every_pattern_of_every_type_has_words(name: str) -> None:
    options = BY_NAME[name].Options
    assert set(patterns(options.model_json_schema())) <= accepted(options).keys()


@pytest.mark.parametrize(
    ("name", "stated", "told"),
    [
        ("computer", {"keyboards": ["spanish"]}, "`keyboards[0]` cannot be `spanish`; it takes a language such as"),
        ("computer", {"region": "USA"}, "`region` cannot be `USA`; it takes two letters of ISO 3166-1, such as US"),
        ("computer", {"time_zone": "Pacific Standard Time"}, "its name in Windows; write America/Los_Angeles"),
        ("computer", {"time_zone": "America/Los_Angelos"}, "did you mean America/Los_Angeles?"),
        ("computer", {"ou": "Lab"}, "`ou` cannot be `Lab`; it takes a place such as `OU=Lab,DC=example,DC=org`"),
        ("certificates", {"thumbprint": "AA:BB"}, "40 hexadecimal digits, without colons"),
        ("features", {"name": "OpenSSH.Server~~~~0.0.1.0"}, "Add-WindowsCapability -Online -Name OpenSSH.Server~~~~"),
    ],
)
def test_what_is_not_taken_is_told_in_words(name: str, stated: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        validated(BY_NAME[name].Options, stated, Platform.WINDOWS)
    [problem] = option_problems(caught.value, BY_NAME[name].Options, stated, PLACES)
    assert told in problem.words
    assert "^" not in problem.words
