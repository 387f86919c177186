"""The words that a Unix machine takes."""

from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from deskprov.formats.posix import (
    SYSTEM_GROUPS,
    SYSTEM_USERS,
    AccountName,
    MachinePath,
    Mode,
    ancestors,
    belongs_to_kernel,
    belongs_to_system,
)

PATH, MODE, ACCOUNT = (TypeAdapter[Any](kind) for kind in (MachinePath, Mode, AccountName))


@pytest.mark.parametrize(
    "path", ["/", "/srv", "/srv/a b", "/srv/{{ x }}/ñ 漢字", "/srv/...", "/srv/-rf", "/srv/*?[x]", "/srv/~"]
)
def test_paths(path: str) -> None:
    assert PATH.validate_python(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "srv", "./srv", "~/x", "//srv", "/srv//a", "/srv/", "/srv/.", "/srv/..", "/srv/../etc", "/./srv"),
        *("/srv/$HOME", "/srv/${x}", "/srv/a\n", "/srv/a\0b", "/srv/\u202e", "/srv/\u00a0"),
        *("/" + "x" * 256, "/" + "ñ" * 128, "/x" * 600),
    ],
)
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValidationError):
        PATH.validate_python(path)


@pytest.mark.parametrize(("mode", "value"), [("644", "0644"), ("0644", "0644"), ("2775", "2775"), ("000", "0000")])
def test_modes(mode: str, value: str) -> None:
    assert MODE.validate_python(mode) == value


@pytest.mark.parametrize("mode", ["", "64", "06440", "888", "u=rw", "0o644", "644\n", "٦٤٤"])
def test_what_is_no_mode(mode: str) -> None:
    with pytest.raises(ValidationError):
        MODE.validate_python(mode)


@pytest.mark.parametrize("name", ["a", "_x", "ana-2", "www-data", "x" * 32])
def test_account_names(name: str) -> None:
    assert ACCOUNT.validate_python(name) == name


@pytest.mark.parametrize("name", ["", "Ana", "2x", "-x", "a.b", "a b", "añ", "x" * 33, "ana\n", "a:b", "{{ x }}"])
def test_what_is_no_account_name(name: str) -> None:
    with pytest.raises(ValidationError):
        ACCOUNT.validate_python(name)


def test_names_of_the_system_are_account_names() -> None:
    assert {"root", "nobody"} <= SYSTEM_USERS <= SYSTEM_GROUPS >= {"sudo", "shadow"}
    assert all(ACCOUNT.validate_python(name) for name in SYSTEM_GROUPS)


def test_the_schema_says_what_is_allowed() -> None:
    documented = TypeAdapter(Annotated[Mode | None, "of an option"]).json_schema()
    stated = {"type": "string", "pattern": "^[0-7]{3,4}$", "x-accepts": "three or four octal digits", "x-reach": "word"}
    assert documented["anyOf"][0] == stated


def test_ancestors_from_near_to_far() -> None:
    assert ancestors("/srv/a/b") == ["/srv/a", "/srv"]
    assert ancestors("/srv") == ancestors("/") == []


@pytest.mark.parametrize("path", ["/", "/dev", "/dev/sda", "/proc/self/fd/0", "/sys"])
def test_what_belongs_to_the_kernel(path: str) -> None:
    assert belongs_to_kernel(path)


@pytest.mark.parametrize("path", ["/bin", "/home", "/var/lib", "/var/run", "/etc/fstab", "/etc/shadow"])
def test_what_belongs_to_the_system(path: str) -> None:
    assert belongs_to_system(path)
    assert not belongs_to_kernel(path)


@pytest.mark.parametrize("path", ["/devices", "/process/a", "/home/ana", "/var/lib/app", "/srv/dev/x"])
def test_what_people_have(path: str) -> None:
    assert not belongs_to_kernel(path)
    assert not belongs_to_system(path)
