"""The type table: every resource type, in the order in which resources are applied."""

from importlib import import_module
from typing import cast

from deskprov.model.platform import Platform
from deskprov.model.resource_type import OnPlatform, ResourceType
from deskprov.resources import files, folders, groups, software, users

TYPES: tuple[ResourceType, ...] = (groups, users, folders, files, software)

BY_NAME = {resource_type.NAME: resource_type for resource_type in TYPES}


def on_platform(resource_type: ResourceType, platform: Platform) -> OnPlatform:
    """The type's module for a platform, loaded now. Raises KeyError when the type does not exist there."""
    if platform not in resource_type.PLATFORMS:
        raise KeyError(platform)
    return cast(OnPlatform, import_module(f"{__name__}.{resource_type.NAME}.{platform}"))
