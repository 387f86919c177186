"""Types of Windows that set policies and rules of the whole computer, on a practice PC: real Ansible over WinRM."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.end_to_end.bench import Bench
from tests.end_to_end.windows_pc import set_up, state

pytestmark = pytest.mark.ansible

HOSTILE = "{{ 7 * 7 }} $(id) 'a\" [x]* ñ 漢 %TEMP%"

TASK = "Example {{ 7 + 7 }} ñ\\a 'b'"

FIRST: Mapping[str, Any] = {
    "features": ["TelnetClient"],
    "firewall": {"public": False},
    "firewall_rules": [{"name": HOSTILE, "protocol": "tcp", "ports": ["9100"], "remote": ["192.0.2.0/24"]}],
    "scheduled_tasks": [{"name": TASK, "program": "C:\\a.exe", "arguments": HOSTILE, "when": "daily", "at": "21:30"}],
    "remote_access": {"remote_desktop": True},
    "power": {"display_minutes": 5, "lid": "sleep"},
    "screen_lock": {"password_after_sleep": True},
    "updates": {"active_from": 7, "active_until": 18, "target_release": "24H2"},
}
SECOND: Mapping[str, Any] = {
    "features": ["TelnetClient", "TFTP"],
    "firewall": {"public": True},
    "firewall_rules": [{"name": HOSTILE, "protocol": "udp", "ports": ["9100"], "remote": ["local-subnet"]}],
    "scheduled_tasks": [{"name": TASK, "program": "C:\\a.exe", "run_as": "users", "when": "at-log-on"}],
    "remote_access": {"remote_desktop": True, "network_level_authentication": False},
    "power": {"display_minutes": 10, "lid": "sleep", "fast_startup": False},
    "screen_lock": {"after_minutes": 10, "password_after_sleep": True, "hide_last_user": True},
    "updates": {"active_from": 6, "active_until": 18, "target_release": "25H2"},
}
POLICIES = ("power/this", "remote_access/this", "screen_lock/this", "updates/this")
RULE = f"firewall_rules/{HOSTILE}"
TELNET, TFTP = "features/TelnetClient", "features/TFTP"

AS_WINDOWS_COMES = {
    "HiberbootEnabled": 1,
    "dontdisplaylastusername": 0,
    "fDenyTSConnections": 1,
    "UserAuthentication": 1,
    "fAllowToGetHelp": 1,
}
"""What is put back and not removed."""


def write(desk: Bench, resources: Mapping[str, Any]) -> None:
    lines = "".join(f"{name}: {json.dumps(stated)}\n" for name, stated in resources.items())
    desk.write("profiles/lab.yml", f"profile: lab\nplatform: windows\n{lines}")


def test_made_corrected_and_taken_back_each_seen_by_a_second_look(desk: Bench) -> None:
    made = ("firewall/this", RULE, TELNET, f"scheduled_tasks/{TASK}", *POLICIES)
    write(desk, FIRST)
    assert set_up(desk) == dict.fromkeys(made, ("changed", True))
    assert set_up(desk) == dict.fromkeys(made, ("ok", True))

    write(desk, SECOND)
    changed = dict.fromkeys((*made, TFTP), ("changed", True))
    assert set_up(desk) == changed | {TELNET: ("ok", True), "reboot/1": ("changed", True)}
    kept = state(desk)
    values = kept["registry"]["hklm\\software\\policies\\microsoft\\windows\\windowsupdate"]["values"]
    assert (values["activehoursstart"]["data"], values["targetreleaseversioninfo"]["data"]) == (6, "25H2")
    assert kept["firewall"]["public"] is True
    assert [task["sid"] for task in kept["scheduled_tasks"].values()] == ["S-1-5-32-545"]

    write(desk, {})
    created = (RULE, TELNET, TFTP, f"scheduled_tasks/{TASK}", *POLICIES)
    assert set_up(desk, "--clean") == dict.fromkeys(created, ("changed", True))
    kept = state(desk)
    left = {value["name"]: value["data"] for key in kept["registry"].values() for value in key["values"].values()}
    assert "|Active=FALSE|" in left.pop("RemoteDesktop-UserMode-In-TCP")
    assert left.pop("deskprov-winrm"), "what lets deskprov in"
    assert left == AS_WINDOWS_COMES | {"LocalAccountTokenFilterPolicy": 1}

    port = desk.data("practice", "list", "--json")["machines"][0]["port"]
    write(desk, {"firewall_rules": [{"name": "x", "action": "block", "protocol": "tcp", "ports": [str(port)]}]})
    refused = desk.run("setup", "pc-1", "--yes", status=3)
    assert f"would stop what deskprov comes in by to this machine, TCP port {port}" in refused
