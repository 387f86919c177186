"""Paths of Windows: which are taken, and which belong to Windows or to deskprov's way in.

Windows does not tell upper from lower case, and neither do the questions here; the drive does not matter to them, as
Windows need not be on C.
"""

import re

from deskprov.model.platform import Platform, told_apart

_FORBIDDEN = re.compile(r'[<>:"/|?*]')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|(COM|LPT)[0-9\u00b9\u00b2\u00b3])(\..*)?", re.IGNORECASE)
_LONGEST = 259
_LONGEST_PART = 255
"""learn.microsoft.com/windows/win32/fileio: Naming files, paths, and namespaces; Maximum path length limitation."""

_NEVER_SET_UP = (
    *(r"\windows\system32\config", r"\system volume information", r"\$recycle.bin", r"\recovery", r"\boot", r"\efi"),
    *(r"\bootmgr", r"\bootnxt", r"\pagefile.sys", r"\hiberfil.sys", r"\swapfile.sys", r"\dumpstack.log"),
)
_KEPT_WITH_ALL_BELOW = (r"\windows", r"\programdata\microsoft", r"\users\default")
_WINDOWS_OWN = re.compile(r"\\windows(\\.*)?|\\program files( \(x86\))?\\windows( [^\\]+|powershell|apps)(\\.*)?")
_PROGRAM = re.compile(
    r".*\.(exe|dll|sys|drv|efi|com|ocx|cpl|scr|msc|mui|nls|cat|mum|manifest|ps1|psm1|psd1|ps1xml|ttf|ttc)"
)
_PROGRAMS = tuple(
    rf"{root}{below}" for root in (r"\program files", r"\program files (x86)") for below in ("", r"\common files")
)
_KEPT = (*_PROGRAMS, r"\programdata", r"\users", r"\perflogs")
_SHORT = re.compile(r"~[0-9]")
_ALIASES = {
    r"\documents and settings": r"\Users",
    r"\users\all users": r"\ProgramData",
    r"\programdata\application data": r"\ProgramData",
}
"""Links that Windows makes, so that what is below them has two names: what is looked for below one is not found."""

_WAY_IN = (r"\programdata\ssh", r"\windows\system32\openssh", r"\program files\openssh")


def windows_path(text: str) -> str:
    """The path as it is. Raises `ValueError` for one that is not whole, or that Windows or Ansible would change."""
    if not re.match(r"[A-Za-z]:\\", text):
        raise ValueError(r"must be a whole path with its drive, such as C:\Example")
    if not text.isprintable():
        raise ValueError("holds a character that cannot be printed")
    if re.search("%[^%]+%", text):
        raise ValueError("holds a variable such as %TEMP%, which would become another path: write it out")
    parts = text[3:].split("\\") if len(text) > len("C:\\") else []
    if any(part in ("", ".", "..") for part in parts):
        raise ValueError(r"must be written with single `\`, without `.`, `..` and without `\` at its end")
    for part in parts:
        _check(part)
    if alias := next((alias for alias in _ALIASES if _is_at_or_below(_place(text), alias)), ""):
        raise ValueError(rf"goes through {alias}, another name of {_ALIASES[alias]}: write that")
    if len(text.encode("utf-16-le")) > 2 * _LONGEST:
        raise ValueError(f"is longer than the {_LONGEST} characters that Windows takes everywhere")
    return text


def is_windows_path(path: str) -> bool:
    """True for a path with a drive."""
    return path[1:3] == ":\\"


def ancestors(path: str) -> list[str]:
    """Every folder above a path, nearest first, without the drive itself."""
    drive, *parts = path.split("\\")
    return ["\\".join([drive, *parts[:count]]) for count in range(len(parts) - 1, 0, -1)]


def is_never_set_up(path: str) -> bool:
    """True for a drive itself, and for what Windows boots from, swaps to, restores from and keeps its registry in."""
    place = _place(path)
    return is_windows_path(path) and (place == "\\" or any(_is_at_or_below(place, kept) for kept in _NEVER_SET_UP))


def is_kept(path: str) -> bool:
    """True for folders that Windows or a person's account is not whole without: neither removed nor closed."""
    place = _place(path)
    if not is_windows_path(path):
        return False
    above_all = re.fullmatch(r"\\users\\[^\\]+", place)
    below = is_windows_own(path) or any(_is_at_or_below(place, kept) for kept in _KEPT_WITH_ALL_BELOW)
    return bool(above_all) or below or any(_is_at_or_below(kept, place) for kept in (*_KEPT, *_KEPT_WITH_ALL_BELOW))


def is_windows_own(path: str) -> bool:
    """True for the folders that Windows fills, where what it brought and what a site put there look alike."""
    return is_windows_path(path) and bool(_WINDOWS_OWN.fullmatch(_place(path)))


def is_windows_program(path: str) -> bool:
    """True for a file there that Windows starts or loads, by the ending of its name."""
    return is_windows_own(path) and bool(_PROGRAM.fullmatch(_place(path)))


def is_way_in(path: str) -> bool:
    """True for what the SSH server of Windows is and reads."""
    place = _place(path)
    return is_windows_path(path) and any(_is_at_or_below(place, kept) for kept in _WAY_IN)


def place_problem(path: str) -> str:
    """Why nothing is set up there, as a sentence, or an empty text."""
    if is_never_set_up(path):
        return f"{path} belongs to Windows and cannot be set up"
    return (
        f"{path} belongs to the way that deskprov comes in by, and is not set from a profile" if is_way_in(path) else ""
    )


def _place(path: str) -> str:
    return told_apart(path[2:], Platform.WINDOWS)


def _is_at_or_below(place: str, other: str) -> bool:
    return place == other or place.startswith(other.rstrip("\\") + "\\")


def _check(part: str) -> None:
    if found := _FORBIDDEN.search(part):
        raise ValueError(f"holds a `{found[0]}`, which no name of a file can hold")
    if part.endswith((" ", ".")):
        raise ValueError("has a part that ends with a space or a dot, which Windows drops")
    if _SHORT.search(part):
        raise ValueError(f"has a part {part}, which may be the short name of something else: write names in full")
    if _RESERVED.fullmatch(part):
        raise ValueError(f"has a part {part}, which Windows takes for a device")
    if len(part.encode("utf-16-le")) > 2 * _LONGEST_PART:
        raise ValueError(f"has a part of more than {_LONGEST_PART} characters")
