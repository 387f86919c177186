"""Wi-Fi: the probe and the script, really run; a class stands in for the WLAN service, which only Windows has.

Forms: learn.microsoft.com/windows/win32/nativewifi/wlan-profileschema-elements and .../api/wlanapi.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import ProbeError, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform, validated
from deskprov.model.resource import Resource
from deskprov.model.source import Source
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.wifi import Options
from deskprov.stages.render.reason import SAID_BY_TOOLS
from tests.powershell import CONSTRAINED, FULL, ask
from tests.powershell.change import Changed, change

pytestmark = pytest.mark.powershell

PLATFORM = on_platform(BY_NAME["wifi"], Platform.WINDOWS)
SSID = "Red <&> 'ñ\" 漢"
PASSWORD = "canary-<&>\"' ñ"
KEPT = """<?xml version="1.0"?>
<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1">
\t<name>Red &lt;&amp;&gt; 'ñ" 漢</name>
\t<SSIDConfig>
\t\t<SSID>
\t\t\t<hex>00</hex>
\t\t\t<name>other</name>
\t\t</SSID>
\t\t<nonBroadcast>true</nonBroadcast>
\t</SSIDConfig>
\t<connectionType>ESS</connectionType>
\t<connectionMode>auto</connectionMode>
\t<MSM>
\t\t<security>
\t\t\t<authEncryption>
\t\t\t\t<authentication>WPA2PSK</authentication>
\t\t\t</authEncryption>
\t\t</security>
\t</MSM>
</WLANProfile>
"""


def options(**stated: Any) -> Options:
    return validated(Options, {"ssid": SSID, "password": "wifi", **stated}, Platform.WINDOWS)


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_networks_by_their_files(tmp_path: Path, mode: str) -> None:
    folder = tmp_path / "ProgramData/Microsoft/Wlansvc/Profiles/Interfaces/{1}"
    folder.mkdir(parents=True)
    (folder / "{2}.xml").write_text(KEPT, "utf-8")
    answers = ask(tmp_path, PLATFORM.probes(options()), {}, mode=mode)
    assert PLATFORM.observe(options(), answers) == {"security": "wpa2", "hidden": True, "automatic": True}
    assert PLATFORM.observe(options(ssid="other"), answers) is Sight.ABSENT
    (folder / "{3}.xml").write_text(KEPT.replace("Red", "Rot").replace("true", "false").replace("auto", "manual"))
    answers = ask(tmp_path, PLATFORM.probes(options()), {}, mode=mode)
    second = options(ssid=SSID.replace("Red", "Rot"))
    assert PLATFORM.observe(second, answers) == {"security": "wpa2", "hidden": False, "automatic": False}


def test_a_computer_without_wifi_and_an_answer_that_is_none(tmp_path: Path) -> None:
    [answer] = ask(tmp_path, PLATFORM.probes(options()), {})
    assert PLATFORM.observe(options(), [answer]) is Sight.ABSENT
    assert PLATFORM.observe(options(), [ProbeError("UnauthorizedAccess: x")]) is Sight.NOT_REPORTED


STUBS = """
class FakeWlan {
    static [int] $Adapters
    static [int] $Reason = 0x28003
    static [object] $Kept
    static [int] SetProfile([string]$profile) { return [FakeWlan]::Did('set', $profile) }
    static [int] DeleteProfile([string]$name) { return [FakeWlan]::Did('delete', $name) }
    static [int] Did([string]$what, [string]$with) {
        [FakeWlan]::Kept.done += @("$what $with")
        [FakeWlan]::Adapters = [FakeWlan]::Kept.adapters
        return [FakeWlan]::Kept.code
    }
}
[FakeWlan]::Kept = $State
function Add-Type([string]$TypeDefinition, [switch]$PassThru) { [FakeWlan] }
function Get-NetConnectionProfile { $State.connections }
"""


def run(folder: Path, action: Action, *, kept: Any = None, check: bool = False, **stated: Any) -> Changed:
    wanted = options(**stated) if "state" not in stated else validated(Options, {"ssid": SSID, **stated}, None)
    [task] = PLATFORM.tasks(Change(Resource("wifi", wanted.ssid, wanted, Source("a.yml", 1)), action))
    fresh = {"done": [], "adapters": 1, "code": 0, "connections": []}
    secrets = {"Password": PASSWORD} if wanted.password else None
    return change(folder, task, stubs=STUBS, state={**fresh, **(kept or {})}, secrets=secrets, check=check)


def test_a_profile_is_handed_over_in_memory(tmp_path: Path) -> None:
    checked = run(tmp_path, Action.CREATE, check=True)
    assert (checked.changed, checked.state["done"]) == (True, [])
    done = run(tmp_path, Action.CREATE, security="wpa3", hidden=True)
    assert (done.changed, done.failed, done.said) == (True, "", [])
    [handed] = done.state["done"]
    assert "<name>Red &lt;&amp;&gt; 'ñ\" 漢</name><SSIDConfig><SSID><name>Red &lt;&amp;&gt;" in handed
    assert "<authentication>WPA3SAE</authentication><encryption>AES</encryption>" in handed
    assert "<nonBroadcast>true</nonBroadcast>" in handed
    assert "<connectionMode>auto</connectionMode>" in handed
    assert "<keyMaterial>canary-&lt;&amp;&gt;\"' ñ</keyMaterial>" in handed
    assert not [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and path.name != "script.ps1" and b"canary" in path.read_bytes()
    ]
    opened = run(tmp_path, Action.CREATE, security="open", password=None, automatic=False)
    assert "<encryption>none</encryption>" in opened.state["done"][0]
    assert "sharedKey" not in opened.state["done"][0]
    assert "<connectionMode>manual</connectionMode>" in opened.state["done"][0]


@pytest.mark.parametrize(
    ("kept", "words", "word"),
    [
        ({"adapters": 0}, "no Wi-Fi adapter", "no-wifi"),
        ({"code": 1062}, "does not run", "wifi-service"),
        ({"code": 1206}, "refuses the profile", "wifi-refused"),
        ({"code": 5}, "error 5", ""),
    ],
)
def test_a_failure_is_said_without_the_password(tmp_path: Path, kept: dict[str, int], words: str, word: str) -> None:
    done = run(tmp_path, Action.CREATE, kept=kept)
    assert words in done.failed
    assert word_for(done.failed) == word
    assert "canary" not in done.failed
    assert done.said == []


def word_for(said: str) -> str:
    """The one word that people are told by, because what has a password in it is censored."""
    return next((word for word, pattern in SAID_BY_TOOLS if re.search(pattern, said.lower())), "")


def test_what_the_computer_hangs_on_alone_is_left_alone(tmp_path: Path) -> None:
    alone = {"connections": [{"Name": SSID, "IPv4Connectivity": "Internet"}]}
    for action, stated in ((Action.UPDATE, {}), (Action.DELETE, {"state": "absent"})):
        refused = run(tmp_path, action, kept=alone, **stated)
        assert "Plug in a cable" in refused.failed
        assert word_for(refused.failed) == "only-way-in"
        assert refused.state["done"] == []
    quiet = [{"Name": f"quiet {kind}", "IPv4Connectivity": kind} for kind in ("NoTraffic", "Disconnected")]
    second = {"Name": f"{SSID} 2", "IPv4Connectivity": "NoTraffic", "IPv6Connectivity": "Internet"}
    for connections in ([*alone["connections"], *quiet], [second, *quiet], [*alone["connections"], second]):
        refused = run(tmp_path, Action.DELETE, kept={"connections": connections}, state="absent")
        assert "Plug in a cable" in refused.failed
    other = {"connections": [{"Name": f"{SSID} of others", "IPv4Connectivity": "Internet"}]}
    assert run(tmp_path, Action.DELETE, kept=other, state="absent").failed == ""
    cable = {"connections": [*alone["connections"], {"Name": "school", "IPv4Connectivity": "LocalNetwork"}]}
    forgotten = run(tmp_path, Action.DELETE, kept=cable, state="absent")
    assert (forgotten.changed, forgotten.failed, forgotten.state["done"]) == (True, "", [f"delete {SSID}"])
    (tmp_path / "Windows" / "deskprov" / "undo").mkdir(parents=True)
    (tmp_path / "Windows" / "deskprov" / "undo" / "saved.json").touch()
    assert run(tmp_path, Action.UPDATE, kept=alone).failed == "", "the computer would take it back by itself"
    assert "Plug in a cable" in run(tmp_path, Action.DELETE, kept=alone, state="absent").failed
