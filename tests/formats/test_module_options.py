"""A task that its module would not take is found before anything runs."""

from collections.abc import Mapping
from typing import Any

import pytest

from deskprov.errors import DeskprovError
from deskprov.formats.module_options import check, option_table, supported_releases
from deskprov.model.module_options import ModuleOptions, Option, OptionTable, Rules
from deskprov.model.secret import SecretRef, SecretText
from deskprov.model.task import ShippedFile

SECRET = SecretText(("tech:", SecretRef("tech-password")))
TABLE = option_table("2.19.14")


@pytest.mark.parametrize("release", ["2.19", "2.20", "2.21"])
def test_there_is_a_table_for_each_supported_release(release: str) -> None:
    table = option_table(release)
    assert release in supported_releases()
    assert table.release == release
    assert {"ansible.builtin.user", "ansible.builtin.apt", "ansible.posix.authorized_key"} <= set(table.modules)
    assert len(table.modules["ansible.builtin.user"].options) > 20


def test_releases_are_in_order_of_age() -> None:
    assert supported_releases()[:3] == ("2.19", "2.20", "2.21")


@pytest.mark.parametrize("version", ["2.18.1", "2.99.0", "3.0", "", "x"])
def test_another_release_is_refused_in_words(version: str) -> None:
    with pytest.raises(DeskprovError, match=r"works with 2\.19, 2\.20") as refused:
        option_table(version)
    assert "pip install" in refused.value.hint


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("ansible.builtin.group", {"name": "staff", "gid": 1200, "system": True}),
        ("ansible.builtin.user", {"name": "tech", "groups": ["a", "b"], "append": True, "expires": -1}),
        ("ansible.builtin.user", {"user": "tech", "createhome": False}),
        ("ansible.builtin.file", {"dest": "/srv", "state": "directory", "mode": "0755"}),
        ("ansible.builtin.copy", {"src": ShippedFile("motd"), "dest": "/etc/motd"}),
        ("ansible.builtin.copy", {"content": SECRET, "dest": "/etc/motd"}),
        ("ansible.builtin.command", {"argv": ["chpasswd", SECRET], "stdin": SECRET}),
        ("ansible.builtin.apt", {"name": "tree", "state": "present"}),
        ("ansible.builtin.set_fact", {"anything": [1, 2]}),
        ("ansible.builtin.get_url", {"url": "https://example.org", "dest": "/a", "headers": {"A": "b"}, "timeout": 3}),
    ],
)
def test_good_arguments(module: str, arguments: Mapping[str, Any]) -> None:
    assert check(module, arguments, TABLE) == []


@pytest.mark.parametrize(
    ("module", "arguments", "expected"),
    [
        (
            "ansible.builtin.grop",
            {},
            "no module of the table for ansible-core 2.19; did you mean ansible.builtin.group?",
        ),
        ("group", {"name": "a"}, "group is no module of the table"),
        ("ansible.builtin.group", {"name": "a", "gidd": 1}, "gidd is no option; did you mean gid?"),
        ("ansible.builtin.group", {"gid": 1}, "name is missing"),
        ("ansible.builtin.file", {"path": "/a", "dest": "/a"}, "dest and path are the same option"),
        ("ansible.builtin.group", {"name": "a", "state": "gone"}, "state is none of absent, present: 'gone'"),
        ("ansible.builtin.group", {"name": "a", "gid": "1"}, "gid is of type int, not str"),
        ("ansible.builtin.group", {"name": "a", "gid": True}, "gid is of type int, not bool"),
        ("ansible.builtin.group", {"name": "a", "system": "yes"}, "system is of type bool, not str"),
        ("ansible.builtin.group", {"name": 7}, "name is of type str, not int"),
        ("ansible.builtin.group", {"name": None}, "name is of type str, not nothing"),
        ("ansible.builtin.group", {"name": ShippedFile("a")}, "name is of type str, not ShippedFile"),
        ("ansible.builtin.file", {"path": "/a", "mode": None}, "mode is of type raw, not nothing"),
        ("ansible.builtin.apt", {"name": "a,b"}, "split this text at its commas"),
        ("ansible.builtin.apt", {"name": {"a": 1}}, "name is of type list, not dict"),
        ("ansible.builtin.user", {"name": "a", "groups": ["a", 2]}, "groups[1] is of type str, not int"),
        ("ansible.builtin.get_url", {"url": "a", "dest": "/a", "headers": "A:b"}, "headers is of type dict, not str"),
    ],
)
def test_wrong_arguments(module: str, arguments: Mapping[str, Any], expected: str) -> None:
    [problem] = check(module, arguments, TABLE)
    assert expected in problem


def test_options_within_options_are_checked() -> None:
    flags = {"flags": ["SYN"], "flagsset": ["SYN"]}
    assert "did you mean flags_set?" in check("ansible.builtin.iptables", {"tcp_flags": flags}, TABLE)[0]
    forward = {"offline": True, "state": "enabled", "port_forward": [{"port": "8080", "proto": "tcp", "toport": "80"}]}
    assert check("ansible.posix.firewalld", forward, TABLE) == []
    forward["port_forward"] = [{"port": "8080", "proto": "tcq"}]
    assert [problem.partition(" ")[0] for problem in check("ansible.posix.firewalld", forward, TABLE)] == [
        "port_forward[0].proto",
        "port_forward[0].toport",
    ]


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(check("ansible.builtin.user", {"nam": "a", "append": 1, "groups": 3}, TABLE)) == 4


ENVIRONMENT = "ansible.windows.win_environment"
SCRIPT = "ansible.windows.win_powershell"


@pytest.mark.parametrize("release", supported_releases())
def test_what_a_module_in_powershell_says_in_its_code_is_heeded(release: str) -> None:
    table = option_table(release)
    good = [
        (ENVIRONMENT, {"name": "A", "value": "b", "level": "machine"}),
        (SCRIPT, {"script": "1", "parameters": {"a": 1}}),
    ]
    assert [check(module, arguments, table) for module, arguments in good] == [[], []]
    both = {"name": "A", "variables": {"B": "c"}, "level": "machine"}
    assert check(ENVIRONMENT, both, table) == ["variables and name exclude each other"]
    assert check(ENVIRONMENT, {"level": "machine"}, table) == ["one of name, variables is missing"]
    assert check(SCRIPT, {"script": "1", "path": "a.ps1"}, table) == ["path and script exclude each other"]


def test_every_kind_of_rule() -> None:
    rules = Rules(
        required_together=[["user", "password"]],
        required_if=[("state", "present", ["path"]), ("state", "gone", ["path", "user"], True)],
        required_by={"password": ["salt"]},
    )
    options = {name: Option() for name in ("user", "password", "state", "path", "salt")}
    table = OptionTable("2.19", {"m": ModuleOptions({**options, "state": Option(aliases=("s",))}, rules=rules)})
    assert check("m", {"user": "a"}, table) == ["password is missing, which goes with user"]
    assert check("m", {"s": "present"}, table) == ["path is missing, which state present needs"]
    assert check("m", {"user": "a", "password": "b"}, table) == ["salt is missing, which password needs"]
    assert check("m", {"s": "absent"}, table) == []
    assert check("m", {"s": "gone"}, table) == ["one of path, user is missing, which state gone needs"]
    assert check("m", {"s": "gone", "path": "a"}, table) == []


@pytest.mark.parametrize("release", supported_releases())
def test_rules_name_options_of_their_module(release: str) -> None:
    found = 0
    for module in option_table(release).modules.values():
        rules = module.rules
        lists = [*rules.mutually_exclusive, *rules.required_one_of, *rules.required_together]
        found += len(lists)
        assert {name for names in lists for name in names} <= set(module.options)
    assert found >= 5
