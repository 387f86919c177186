"""The kinds of operating system a profile can be for."""

from enum import StrEnum


class Platform(StrEnum):
    """What `platform:` in a profile may say."""

    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"
    IOS = "ios"
    IPADOS = "ipados"
    ANDROID = "android"
