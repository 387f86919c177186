"""The type table: every resource type, in the order in which resources are applied."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib import resources as package_files
from importlib.resources.abc import Traversable
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, cast

from deskprov.model.platform import Platform
from deskprov.model.resource_type import OnPlatform, ResourceType

if TYPE_CHECKING:
    from deskprov.formats.cases import Cases, TypeTexts
    from deskprov.model.practice_models import PracticeModels
    from deskprov.resources import (
        certificates,
        computer,
        environment,
        features,
        file_settings,
        files,
        firewall,
        firewall_rules,
        folders,
        groups,
        links,
        offline_join,
        power,
        printers,
        registry,
        remote_access,
        scheduled_tasks,
        screen_lock,
        services,
        software,
        updates,
        users,
        wifi,
    )


class _OnDemand:
    """Stands for the module of a type, which is loaded when more than its name is asked for.

    A profile names a handful of types, and to load all of them takes as long as to ask a machine about everything.
    """

    def __init__(self, name: str) -> None:
        self.NAME = name

    def __getattr__(self, what: str) -> Any:
        if what.startswith("__"):  # what copy and the like try; nothing that a type has
            raise AttributeError(what)
        vars(self)[what] = found = getattr(import_module(f"{__name__}.{self.NAME}"), what)
        return found

    def __repr__(self) -> str:
        return self.NAME


if not TYPE_CHECKING:  # mypy sees the modules themselves, and holds each against the protocol
    globals().update((package.name, _OnDemand(package.name)) for package in iter_modules(__path__))

TYPES: tuple[ResourceType, ...] = (
    groups,
    users,
    folders,
    files,
    links,
    file_settings,
    registry,
    environment,
    features,
    certificates,
    software,
    services,
    printers,
    firewall_rules,
    firewall,
    remote_access,
    power,
    screen_lock,
    updates,
    scheduled_tasks,
    wifi,
    computer,
    offline_join,
)

SITE_FILES: Mapping[str, str] = {"software": "software.yml", "printers": "printers.yml"}
"""The types of whose things the site says in a file of its own what there is, by name."""

BY_NAME = {resource_type.NAME: resource_type for resource_type in TYPES}


def on_platform(resource_type: ResourceType, platform: Platform) -> OnPlatform:
    """The type's module for a platform, loaded now. Raises KeyError when the type does not exist there."""
    if platform not in resource_type.PLATFORMS:
        raise KeyError(platform)
    return _module(f"{__name__}.{resource_type.NAME}.{platform}")


def cases(resource_type: ResourceType) -> "Cases":
    """The type's examples, tests as data, and levels of proof, out of its `cases.yaml`."""
    from deskprov.formats.cases import read_cases

    return read_cases(_text(resource_type, "cases.yaml"), f"{resource_type.NAME}/cases.yaml")


def texts(resource_type: ResourceType) -> "Mapping[str, TypeTexts]":
    """What the type is called and what it is for, by language, out of its `texts.yaml`."""
    from deskprov.formats.cases import read_texts

    return read_texts(_text(resource_type, "texts.yaml"), f"{resource_type.NAME}/texts.yaml")


def practice_models() -> "Mapping[str, PracticeModels]":
    """What types bring for practice PCs in their `practice_windows.py`, by package, loaded now."""
    with_models = [each for each in TYPES if _file(each, "practice_windows.py").is_file()]
    packages = [f"{__name__}.{each.NAME}" for each in with_models]
    return {name: import_module(f"{name}.practice_windows").MODELS for name in packages}


@cache
def _module(name: str) -> OnPlatform:
    return cast(OnPlatform, import_module(name))


def _text(resource_type: ResourceType, file: str) -> str:
    return _file(resource_type, file).read_text("utf-8")


def _file(resource_type: ResourceType, file: str) -> Traversable:
    return package_files.files(f"{__name__}.{resource_type.NAME}").joinpath(file)
