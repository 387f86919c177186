"""Options that one platform has and another lacks, and text whose form differs between them."""

from typing import Annotated

import pytest
from pydantic import ValidationError

from deskprov.model.platform import OnlyOn, PerPlatform, Platform, validated
from deskprov.model.resource import ResourceOptions


def small(text: str) -> str:
    if not text.islower():
        raise ValueError("must be small letters")
    return text


def short(text: str) -> str:
    if len(text) > 3:
        raise ValueError("must be short")
    return text


class Options(ResourceOptions):
    name: Annotated[str, PerPlatform({Platform.LINUX: small, Platform.WINDOWS: short})]
    number: Annotated[int | None, OnlyOn(Platform.LINUX, Platform.MACOS)] = None


def refusals(platform: Platform | None, **stated: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        validated(Options, stated, platform)
    return [error["msg"] for error in caught.value.errors()]


def test_an_option_of_one_platform_is_refused_on_another() -> None:
    assert validated(Options, {"name": "ab", "number": 1}, Platform.LINUX).number == 1
    assert validated(Options, {"name": "ab"}, Platform.WINDOWS).number is None
    assert refusals(Platform.WINDOWS, name="ab", number=1) == [
        "Value error, exists on linux and macos only: leave it out on windows"
    ]


def test_each_platform_has_its_own_form_of_a_text() -> None:
    assert validated(Options, {"name": "abcd"}, Platform.LINUX).name == "abcd"
    assert validated(Options, {"name": "ABC"}, Platform.WINDOWS).name == "ABC"
    assert refusals(Platform.LINUX, name="ABC") == ["Value error, must be small letters"]
    assert refusals(Platform.WINDOWS, name="abcd") == ["Value error, must be short"]


def test_where_no_platform_is_known_any_form_will_do() -> None:
    assert validated(Options, {"name": "abcd", "number": 1}, None).name == "abcd"
    assert validated(Options, {"name": "ABC"}, None).name == "ABC"
    assert refusals(None, name="ABCD") == ["Value error, must be small letters"]


def test_the_schema_says_where_an_option_exists() -> None:
    assert Options.model_json_schema()["properties"]["number"]["x-only-on"] == ["linux", "macos"]
