"""deskprov's own way in to a Windows PC: its account keeps its rights, and its traffic comes through."""

from typing import Any

import pytest

from deskprov.api.way_in import TOUCHED
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform, validated
from deskprov.model.resource import Resource
from deskprov.model.source import Source
from deskprov.resources.computer import Options as Computer
from deskprov.resources.firewall_rules import Options as Rule
from deskprov.resources.users import Options
from deskprov.stages.windows_way_in import losses_of_account, losses_of_domain, losses_of_port, touched

LINE, OTHER_LINE = Source("profiles/a.yml", 7), Source("profiles/a.yml", 9)


def losses(login: str, **spec: Any) -> list[str]:
    options = validated(Options, {"name": "Tech", **spec}, Platform.WINDOWS)
    of_options = dict.fromkeys(spec, OTHER_LINE)
    return list(map(str, losses_of_account([Resource("users", "Tech", options, LINE, of_options)], login)))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"state": "absent"}, "would be removed"),
        ({"role": "standard"}, "would no longer be an administrator"),
        ({"disabled": True}, "would be switched off"),
        ({"password_never_expires": False}, "would be locked out once its password is too old"),
        ({"expires": "2027-06-30"}, "would end on a day"),
        ({"password": "first"}, "would get another password"),
    ],
)
def test_what_takes_something_from_it_is_refused(spec: dict[str, Any], words: str) -> None:
    [option] = spec
    for login in ("tech", "TECH", "PC-1\\tech", ".\\Tech", "tech@pc-1"):
        assert losses(login, **spec) == [
            f"profiles/a.yml:9:1: users/Tech is how deskprov comes in to this machine, and {words}; "
            f"take `{option}` out of this entry, or log in with another account"
        ]
    assert losses("deskprov", **spec) == []


@pytest.mark.parametrize(
    ("login", "refused"),
    [
        ("kim@example.org", True),
        ("EXAMPLE\\kim", True),
        (".\\kim", False),
        ("kim", False),
        ("kim@pc-1", False),
    ],
)
def test_leaving_the_domain_of_its_own_account_is_refused(login: str, refused: bool) -> None:
    joiner = {"join_user": "joiner@example.org", "join_password": "join"}
    leaving = Resource("computer", "this", Computer(workgroup="LIBRARY", **joiner), LINE, {"workgroup": OTHER_LINE})
    staying = Resource("computer", "this", Computer(domain="example.org", **joiner), LINE)
    found = list(map(str, losses_of_domain([leaving, staying], login)))
    assert [f"computer/this would leave its domain, which deskprov comes in by as {login}" in f for f in found] == (
        [True] if refused else []
    )


def test_what_takes_nothing_from_it_is_not() -> None:
    kept = {"role": "administrator", "disabled": False, "expires": "never", "groups": ["Users"], "full_name": "T"}
    assert losses("tech", **kept) == []


@pytest.mark.parametrize(
    ("spec", "refused"),
    [
        ({"ports": ["50986"]}, True),
        ({"ports": ["80", "50000-51000"]}, True),
        ({"ports": ["50986"], "program": "C:\\Windows\\System32\\SVCHOST.exe"}, True),
        ({"ports": ["50985"]}, False),
        ({"ports": ["50986"], "program": "C:\\game.exe"}, False),
        ({"ports": ["50986"], "protocol": "udp"}, False),
        ({"ports": ["50986"], "enabled": False}, False),
        ({"ports": ["50986"], "direction": "out"}, False),
        ({"ports": ["50986"], "action": "allow"}, False),
        ({"ports": ["50986"], "state": "absent"}, False),
    ],
)
def test_a_rule_that_stops_the_port_of_this_machine_is_refused(spec: dict[str, Any], refused: bool) -> None:
    options = validated(Rule, {"name": "x", "action": "block", "protocol": "tcp", **spec}, Platform.WINDOWS)
    found = losses_of_port([Resource("firewall_rules", "x", options, LINE, {"ports": OTHER_LINE})], 50986)
    words = (
        "profiles/a.yml:9:1: firewall_rules/x would stop what deskprov comes in by to this machine, TCP port 50986; "
        "name other ports, or a program"
    )
    assert list(map(str, found)) == [words] * refused


@pytest.mark.parametrize(("name", "own"), [("deskprov", True), ("DESKPROV", True), ("deskprov2", False)])
def test_a_change_of_its_account_is_told_whatever_its_spelling(name: str, own: bool) -> None:
    options = validated(Options, {"name": name}, Platform.WINDOWS)
    change = Change(Resource("users", name, options, LINE, {}), Action.UPDATE)
    for login in ("deskprov", "PC-1\\deskprov", "deskprov@example.org"):
        assert bool(touched(change, login)) is own
        assert bool(TOUCHED[Platform.WINDOWS](change, login)) is own
