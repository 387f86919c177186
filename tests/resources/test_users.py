"""What the probe of an account reads, and what it keeps to itself."""

import json
import pwd
from pathlib import Path
from typing import Any

import pytest

from deskprov.model.platform import Platform
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.users import Options

HASH = "$6$salt$" + "x" * 86
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEO/Ep1cl4YpWU1Rs8+CU57yxg4iP2/xaIa8ZwrkXqkJ"


@pytest.fixture
def probe_file() -> dict[str, Any]:
    """The names that the probe file defines, as on a machine."""
    [probe] = on_platform(BY_NAME["users"], Platform.LINUX).probes(Options(name="root"))
    names: dict[str, Any] = {}
    exec(probe.script.text, names)
    return names


def shadow(probe_file: dict[str, Any], folder: Path, password: str, expires: str) -> dict[str, Any]:
    path = folder / "shadow"
    path.write_text(f"root:*:19000:0:99999:7:::\nana2:{HASH}:1:0:9:7:::\nana:{password}:19000:0:99999:7::{expires}:\n")
    probe_file["SHADOW"] = str(path)
    said: dict[str, Any] = probe_file["_shadow"]("ana")
    return said


@pytest.mark.parametrize(
    ("field", "has_password"),
    [("", False), ("!", False), ("!!", False), ("*", False), ("!*", False), (HASH, True), (f"!{HASH}", True)],
    ids=["empty", "new", "new-elsewhere", "none", "none-locked", "set", "set-and-locked"],
)
def test_whether_there_is_a_password(
    probe_file: dict[str, Any], tmp_path: Path, field: str, has_password: bool
) -> None:
    said = shadow(probe_file, tmp_path, field, "")
    assert said["has_password"] is has_password
    assert "$" not in json.dumps(said)


@pytest.mark.parametrize(
    ("days", "day"), [("", "never"), ("-1", "never"), ("22460", "2031-06-30"), ("1", "1970-01-02")]
)
def test_the_day_from_which_on_nobody_can_log_in(
    probe_file: dict[str, Any], tmp_path: Path, days: str, day: str
) -> None:
    assert shadow(probe_file, tmp_path, "*", days)["expires"] == day


def test_keys_without_comments_and_spaces(probe_file: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "authorized_keys").write_text(f'# mine\n\n  {KEY}\t ana@example.org \nfrom="192.0.2.1" {KEY}\n')
    assert probe_file["_keys"](str(tmp_path)) == [f"{KEY} ana@example.org", f'from="192.0.2.1" {KEY}']
    assert probe_file["_keys"](str(tmp_path / "none")) == []


def test_keys_behind_a_link_and_huge_files_are_not_known(probe_file: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "authorized_keys").write_text("x" * 70_000)
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    (tmp_path / "authorized_keys").symlink_to(tmp_path / "real" / "authorized_keys")
    for folder in ("real", "folder", "."):
        assert probe_file["_keys"](str(tmp_path / folder)) is None


def test_an_account_of_this_machine(probe_file: dict[str, Any], tmp_path: Path) -> None:
    shadow(probe_file, tmp_path, "*", "")
    about = probe_file["look"](["root", False])
    root = pwd.getpwnam("root")
    assert (about["uid"], about["role"], about["home"], about["shell"]) == (
        0,
        "administrator",
        root.pw_dir,
        root.pw_shell,
    )
    assert about["group"] in about["groups"]
    assert about["authorized_keys"] is None
    assert probe_file["look"](["no-such-user", True]) is None


def test_keys_are_asked_for_only_when_the_profile_states_some() -> None:
    platform = on_platform(BY_NAME["users"], Platform.LINUX)
    asked = [platform.probes(Options(name="ana", authorized_keys=keys))[0].argument for keys in (None, [], [KEY])]
    assert asked == [("ana", False), ("ana", True), ("ana", True)]


def test_no_name_of_a_secret_is_in_a_question() -> None:
    probes = on_platform(BY_NAME["users"], Platform.LINUX).probes(Options(name="ana", password="tech-password"))
    assert "tech-password" not in str([probe.argument for probe in probes])
