"""The probes of the firewall and its rules, really run: on a stand-in for its profiles and the engine's registry."""

from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import Observation, ProbeError, Sight
from deskprov.model.platform import Platform
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.firewall import Options as Firewall
from deskprov.resources.firewall_rules import Options as Rule
from tests.powershell import CONSTRAINED, FULL, ask, key

pytestmark = pytest.mark.powershell

FIREWALL = on_platform(BY_NAME["firewall"], Platform.WINDOWS)
RULES = on_platform(BY_NAME["firewall_rules"], Platform.WINDOWS)

HOSTILE = "a\"b'c`d$(e){{ f }} [x]* \u20ac\U0001f5a8"


def profile(name: str, enabled: str) -> dict[str, Any]:
    """As learn.microsoft.com/powershell/module/netsecurity/get-netfirewallprofile has it; `Enabled` is a GpoBoolean."""
    return {"Name": name, "Enabled": enabled}


def switches(folder: Path, windows: dict[str, Any], mode: str = CONSTRAINED) -> Observation:
    options = Firewall(public=True)
    return FIREWALL.observe(options, ask(folder, FIREWALL.probes(options), windows, mode=mode))


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_each_kind_of_network(tmp_path: Path, mode: str) -> None:
    three = [profile("Domain", "NotConfigured"), profile("Private", "True"), profile("Public", "False")]
    seen = switches(tmp_path, {"Get-NetFirewallProfile": three}, mode)
    assert seen == {"domain": True, "private": True, "public": False}


@pytest.mark.parametrize("answer", [{"raises": "Access is denied."}, [], [{"Name": "Public", "Enabled": "True"}]])
def test_what_is_not_said_is_neither_on_nor_off(tmp_path: Path, answer: Any) -> None:
    seen = switches(tmp_path, {"Get-NetFirewallProfile": answer})
    missing = seen if isinstance(seen, Sight) else seen["domain"]
    assert missing is Sight.NOT_REPORTED


def registry(values: dict[str, str] | None) -> dict[str, Any]:
    """The key that the firewall keeps its rules in; none is a computer that does not have it."""
    policy = (
        key(FirewallRules=key(values={name: ("String", text) for name, text in values.items()})) if values else key()
    )
    access = key(Services=key(SharedAccess=key(Parameters=key(FirewallPolicy=policy))))
    return {"HKEY_LOCAL_MACHINE": key(SYSTEM=key(CurrentControlSet=access))}


def rule(name: str, action: str = "Allow") -> str:
    return f"v2.31|Action={action}|Active=TRUE|Dir=In|Protocol=6|LPort=80|App=C:\\x.exe|Name={name}|"


VALUES = {
    "{1}": rule("Printer"),
    "{2}": rule("Printer", "Block"),
    "{3}": rule("Printer of room 7"),
    "{4}": rule(HOSTILE),
    "{5}": rule("other").replace("App=C:\\x.exe", "Desc=Name=Old"),
    **{f"{{x{number}}}": rule(f"Rule {number}") for number in range(500)},
}


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_rules_of_exactly_this_name(tmp_path: Path, mode: str) -> None:
    names = ("PRINTER", HOSTILE, "Rule 499", "Print*", "Old", "None")
    asked = [RULES.probes(Rule(name=name))[0] for name in names]
    answers = ask(tmp_path, asked, {}, mode=mode, registry=registry(VALUES))
    assert answers == [[VALUES["{1}"], VALUES["{2}"]], [VALUES["{4}"]], [rule("Rule 499")], [], [], []]
    assert RULES.observe(Rule(name="None"), [answers[-1]]) is Sight.ABSENT


def test_a_firewall_that_does_not_answer_is_not_one_without_the_rule(tmp_path: Path) -> None:
    options = Rule(name="Printer")
    [answer] = ask(tmp_path, RULES.probes(options), {}, registry=registry(None))
    assert isinstance(answer, ProbeError)
    assert RULES.observe(options, [answer]) is Sight.NOT_REPORTED
