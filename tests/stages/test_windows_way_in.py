"""deskprov's own way in to a Windows PC: its account keeps its rights, and its traffic comes through."""

from typing import Any

import pytest

from deskprov.model.inventory import SSH, WINRM, Connection
from deskprov.model.plan import Action, Change, Difference, Reboot
from deskprov.model.platform import Platform, validated
from deskprov.model.resource import Resource
from deskprov.model.source import Source
from deskprov.resources import BY_NAME
from deskprov.resources.computer import Options as Computer
from deskprov.resources.firewall_rules import Options as Rule
from deskprov.resources.users import Options
from deskprov.stages.windows_way_in import losses as all_losses
from deskprov.stages.windows_way_in import (
    losses_of_account,
    losses_of_domain,
    losses_of_port,
    saved,
    touched,
    tried_by_reboot,
)

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
        ({"ports": ["50986"], "remote": ["192.0.2.0/24"]}, False),
        ({"ports": ["50986"], "remote": ["192.0.2.0/24", "0.0.0.0/0"]}, True),
    ],
)
def test_a_rule_that_stops_the_port_of_this_machine_is_refused(spec: dict[str, Any], refused: bool) -> None:
    options = validated(Rule, {"name": "x", "action": "block", "protocol": "tcp", **spec}, Platform.WINDOWS)
    found = losses_of_port([Resource("firewall_rules", "x", options, LINE, {"ports": OTHER_LINE})], 50986)
    words = (
        "profiles/a.yml:9:1: firewall_rules/x would stop what deskprov comes in by to this machine, TCP port 50986; "
        "name other ports, a program, or the other computers that it is for"
    )
    assert list(map(str, found)) == [words] * refused


OWN = Connection("192.0.2.1", 50986, transport=WINRM)
UPDATE, CREATE, DELETE = Action.UPDATE, Action.CREATE, Action.DELETE
POLICIES = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
FIREWALL, WIFI, REMOTE = "the firewall", "the Wi-Fi network", "remote management"
LETS_IN = {"action": "allow", "protocol": "tcp"}
JOIN = {"domain": "example.org", "join_user": "a@example.org", "join_password": "join"}


def change(kind: str, action: Action, before: dict[str, Any], spec: dict[str, Any]) -> Change:
    """A change from what was there, by option, to what is stated."""
    type_ = BY_NAME[kind]
    options = validated(type_.Options, spec, Platform.WINDOWS)
    differences = [Difference(name, value, getattr(options, name), None) for name, value in before.items()]
    return Change(Resource(kind, str(spec.get(type_.KEY, "this")), options, LINE, {}), action, differences)


@pytest.mark.parametrize(("name", "own"), [("deskprov", True), ("DESKPROV", True), ("deskprov2", False)])
def test_a_change_of_its_account_is_told_whatever_its_spelling(name: str, own: bool) -> None:
    account = change("users", UPDATE, {}, {"name": name})
    for login in ("deskprov", "PC-1\\deskprov", "deskprov@example.org"):
        assert bool(touched(account, Connection("192.0.2.1", user=login, transport=WINRM))) is own


@pytest.mark.parametrize(
    ("words", "reboot", "kind", "action", "before", "spec"),
    [
        (FIREWALL, False, "firewall", UPDATE, {"public": False}, {"public": True, "private": True}),
        ("", False, "firewall", UPDATE, {"public": True}, {"public": False, "private": True}),
        (FIREWALL, False, "firewall_rules", DELETE, {}, {"name": "x", "state": "absent", **LETS_IN, "ports": ["443"]}),
        ("", False, "firewall_rules", CREATE, {}, {"name": "x", **LETS_IN, "ports": ["50986"]}),
        (FIREWALL, False, "firewall_rules", UPDATE, {"ports": ["50986"]}, {"name": "x", **LETS_IN, "ports": ["443"]}),
        (FIREWALL, False, "firewall_rules", UPDATE, {"enabled": True}, {"name": "x", **LETS_IN, "enabled": False}),
        (FIREWALL, False, "firewall_rules", UPDATE, {"action": "?"}, {"name": "x", **LETS_IN, "ports": ["50986"]}),
        ("", False, "firewall_rules", UPDATE, {"ports": ["80"]}, {"name": "x", **LETS_IN, "ports": ["443"]}),
        (
            FIREWALL,
            False,
            "firewall_rules",
            CREATE,
            {},
            {"name": "x", "action": "block", "protocol": "tcp", "ports": ["50986"], "remote": ["192.0.2.7"]},
        ),
        (FIREWALL, False, "firewall_rules", CREATE, {}, {"name": "Windows Remote Management (HTTPS-In)"}),
        (
            "the service that deskprov comes in by",
            True,
            "services",
            UPDATE,
            {"startup": "automatic"},
            {"name": "winrm", "startup": "delayed"},
        ),
        ("", False, "services", UPDATE, {"startup": "automatic"}, {"name": "sshd", "startup": "disabled"}),
        ("", False, "services", UPDATE, {"title": "a"}, {"name": "WinRM", "title": "b"}),
        (
            REMOTE,
            False,
            "registry",
            UPDATE,
            {"data": 1},
            {"value": POLICIES.replace("Windows", "WINDOWS") + "\\LocalAccountTokenFilterPolicy", "data": 0},
        ),
        ("", False, "registry", UPDATE, {"data": 1}, {"value": POLICIES + "\\EnableLUA", "data": 1}),
        (
            REMOTE,
            True,
            "registry",
            CREATE,
            {},
            {"value": r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WinRM\Service\x", "data": 0},
        ),
        (
            "what proves and encrypts a log-on",
            True,
            "registry",
            CREATE,
            {},
            {"value": r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\LmCompatibilityLevel", "data": 5},
        ),
        ("", False, "registry", CREATE, {}, {"value": r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\Other\x", "data": 5}),
        (WIFI, False, "wifi", UPDATE, {"hidden": True}, {"ssid": "school", "password": "a"}),
        ("", False, "wifi", CREATE, {}, {"ssid": "school", "password": "a"}),
        ("what a domain's policies may set", False, "computer", UPDATE, {"domain": None}, JOIN),
        ("", False, "computer", UPDATE, {"name": "PC-0"}, {"name": "PC-1", **JOIN}),
        ("", False, "computer", UPDATE, {"workgroup": "A"}, {"workgroup": "B"}),
        (
            "what a domain's policies may set",
            False,
            "computer",
            UPDATE,
            {"workgroup": None},
            {"workgroup": "B", "join_user": "a@example.org", "join_password": "join"},
        ),
        ("", False, "remote_access", UPDATE, {"remote_desktop": True}, {"remote_desktop": False}),
    ],
)
def test_what_a_change_touches_of_our_way_in_and_whether_a_reboot_shows_it(
    words: str, reboot: bool, kind: str, action: Action, before: dict[str, Any], spec: dict[str, Any]
) -> None:
    made = change(kind, action, before, spec)
    assert touched(made, OWN) == words
    assert tried_by_reboot(made, OWN) is (Reboot.YES if reboot else Reboot.NO)


def test_its_service_is_refused_to_be_stopped_and_the_other_is_not() -> None:
    both = [
        Resource("services", name, change("services", UPDATE, {}, {"name": name, **spec}).resource.options, LINE, {})
        for name, spec in (("winrm", {"startup": "manual"}), ("sshd", {"running": False}))
    ]
    [by_winrm] = all_losses(both, OWN)
    assert by_winrm.message == (
        "services/winrm is how deskprov comes in to this machine, and would not start with the computer any more"
    )
    assert by_winrm.hint == "take `startup` out of this entry, or come in to this machine in another way"
    [by_ssh] = all_losses(both, Connection("192.0.2.1", transport=SSH, shell="cmd"))
    assert by_ssh.message == "services/sshd is how deskprov comes in to this machine, and would be stopped"


def test_what_is_saved_is_all_that_a_policy_may_set_and_what_is_set_now() -> None:
    level = change(
        "registry", CREATE, {}, {"value": r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\LmCompatibilityLevel", "data": 5}
    )
    places, services, networks = saved([level, change("wifi", UPDATE, {}, {"ssid": "school", "password": "a"})])
    assert services == ("WinRM", "sshd")
    assert networks == ("school",)
    assert isinstance(places, tuple)
    assert (POLICIES.replace("HKLM", "HKLM:"), "value", "LocalAccountTokenFilterPolicy") in places
    assert ("HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa", "key") in places
    assert ("HKLM:\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters", "tree") not in places
