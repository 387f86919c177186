"""The kinds of operating system a profile can be for, and options that depend on it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

Options = TypeVar("Options", bound=BaseModel)


class Platform(StrEnum):
    """What `platform:` in a profile may say."""

    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"
    IOS = "ios"
    IPADOS = "ipados"
    ANDROID = "android"


class OnlyOn:
    """An annotation of an option that some platforms of its type do not have: stated there, it is refused."""

    def __init__(self, *platforms: Platform) -> None:
        self._platforms = platforms

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The option's schema behind the question for the platform."""
        return core_schema.with_info_before_validator_function(self._refuse_elsewhere, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The option's schema with `x-only-on`, which editors pass over."""
        return {**handler(schema), "x-only-on": [platform.value for platform in self._platforms]}

    def _refuse_elsewhere(self, value: Any, info: ValidationInfo) -> Any:
        platform = platform_of(info)
        if platform is not None and platform not in self._platforms:
            where = " and ".join(platform.value for platform in self._platforms)
            raise ValueError(f"exists on {where} only: leave it out on {platform}")
        return value


class PerPlatform:
    """An annotation of text whose form differs between platforms, such as the name of an account.

    Each function returns the text as it goes on, or raises `ValueError` with the end of a sentence about the option.
    Where the platform is not known, any of the forms will do.
    """

    def __init__(self, forms: Mapping[Platform, Callable[[str], str]]) -> None:
        self._forms = forms

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema of the text with the platform's form after it."""
        return core_schema.with_info_after_validator_function(self._checked, handler(source))

    def _checked(self, text: str, info: ValidationInfo) -> str:
        platform = platform_of(info)
        if platform is not None:
            return self._forms[platform](text)
        refusals = []
        for form in self._forms.values():
            try:
                return form(text)
            except ValueError as error:
                refusals.append(error)
        raise refusals[0]


def told_apart(name: str, platform: Platform | None) -> str:
    """A name as the platform tells things apart: two that are equal so are one thing there.

    Windows ignores case in names of accounts, groups, services, files, keys of the registry and variables.
    """
    return name.casefold() if platform is Platform.WINDOWS else name


def validated(model: type[Options], stated: Mapping[str, Any], platform: Platform | None) -> Options:
    """The options that a file states, for a platform if it is known. Raises pydantic's `ValidationError`."""
    return model.model_validate(stated, context={_PLATFORM: platform})


def platform_of(info: ValidationInfo) -> Platform | None:
    """The platform that options are validated for, None when they are only described."""
    return info.context.get(_PLATFORM) if info.context else None


_PLATFORM = "platform"
