"""What a site has, on a practice PC: software by every way it comes, printers of its room, a certificate, a network.

Real Ansible, real WinRM with NTLM over TLS, a double behind it.
"""

import hashlib
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from deskprov.adapters.feed_turns import KernelFeedTurns, KernelTurn
from deskprov.formats.pem import thumbprint_of
from deskprov.model.feed import FeedLimit, feed_called
from tests.end_to_end.bench import SETTINGS, Bench

pytestmark = pytest.mark.ansible

FEED = f"https://packages.example.org/chocolatey-{token_hex(8)}/"
"""Of this process alone: everyone who works from this computer waits for the same turns."""

LIMIT = FeedLimit(machines_at_once=1, packages_per_minute=30)
FEEDS = f"feeds:\n  {FEED}: {{machines_at_once: 1, packages_per_minute: 30}}\n"
TOOL = b"MZ an installer of nobody"
CHOCOLATEY = {
    "name": "chocolatey",
    "url": "https://packages.example.org/chocolatey-2.4.msi",
    "sha256": "ab" * 32,
    "product": "Chocolatey",
}


def software(version: str, least: str) -> list[dict[str, Any]]:
    """One of every way, with these versions."""
    return [
        CHOCOLATEY,
        {
            "name": "example-tool",
            "version": version,
            "source": "files/tool.exe",
            "sha256": hashlib.sha256(TOOL).hexdigest(),
            "product": "Example {{ Tool }} *",
            "arguments": "/S /D=C:\\Example ñ $(x)",
        },
        {"name": "vlc", "at_least": least},
        {"name": "gimp", "feed": "winget", "version": version},
        {"name": "candy-crush", "state": "absent"},
    ]


CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBAg==\n-----END CERTIFICATE-----\n"
THUMBPRINT = str(thumbprint_of(CERTIFICATE))
SSID = "Red {{ 7 * 7 }} ñ"
WIFI_PASSWORD = "canary-of-the-network"
COPIER = "Copier {{ 7 * 7 }} ñ $(id)"
NAMES = [
    f"certificates/{THUMBPRINT}",
    "software/chocolatey",
    "software/example-tool",
    "software/vlc",
    "software/gimp",
    f"printers/{COPIER}",
    "printers/plotter",
    f"wifi/{SSID}",
    "software/candy-crush",
]


def profile(entries: list[dict[str, Any]], printers: str = "[room, plotter]", automatic: bool = True) -> str:
    stated = json.dumps(entries, ensure_ascii=False)
    network = json.dumps({"ssid": SSID, "security": "wpa3", "password": "wifi-devices", "automatic": automatic})
    trusted = f"- {{thumbprint: {THUMBPRINT}, store: intermediate, source: files/ca.pem}}"
    return (
        f"profile: lab\nplatform: windows\nsoftware: {stated}\nprinters: {printers}\n"
        f"certificates:\n  {trusted}\nwifi:\n  - {network}\n"
    )


def printers(address: str) -> str:
    """printers.yml: one in the room of the PC, one that has an address, and one elsewhere."""
    entries = [
        {"name": COPIER, "address": "192.0.2.40", "place": "room-1", "model": "Example 4000"},
        {"name": "plotter", "address": address, "port": 9101},
        {"name": "elsewhere", "address": "192.0.2.49", "place": "room-2"},
    ]
    return f"printers: {json.dumps(entries, ensure_ascii=False)}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Bench]:
    """A site with a practice PC that was taken in as any machine is."""
    bench = Bench(tmp_path)
    bench.write("deskprov.yml", SETTINGS + "  wifi-devices: {env: BENCH_WIFI_PASSWORD}\n" + FEEDS)
    bench.env["BENCH_WIFI_PASSWORD"] = WIFI_PASSWORD
    bench.run("practice", "start", "windows")
    try:
        folder = tmp_path / ".deskprov/practice/windows"
        bench.env["BENCH_TECH_PASSWORD"] = (folder / "password").read_text().strip()
        port = bench.data("practice", "list", "--json")["machines"][0]["port"]
        reach = ["--address", "127.0.0.1", "--port", str(port), "--transport", "winrm", "--user", "deskprov"]
        bench.write("profiles/lab.yml", profile(software("1.0", "3.0.21")))
        bench.write("printers.yml", printers("192.0.2.41"))
        bench.write("software.yml", f"defaults: {{windows: {{feed: {FEED}}}}}\n")
        (tmp_path / "profiles/files").mkdir()
        (tmp_path / "profiles/files/tool.exe").write_bytes(TOOL)
        (tmp_path / "profiles/files/ca.pem").write_text(CERTIFICATE)
        bench.run("host", "add", "pc-1", *reach, "--password-secret", "tech-password", "--profile", "lab")
        hosts = tmp_path / "inventory_hosts/hosts.yml"
        placed = hosts.read_text().replace(
            "deskprov_profile: lab", "deskprov_profile: lab\n      deskprov_place: room-1"
        )
        hosts.write_text(placed)
        [certificate] = folder.glob("*/certificate.pem")
        shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest().upper()
        bench.run("host", "trust", "pc-1", "--fingerprint", f"SHA256:{shown}")
        yield bench
    finally:
        bench.run("practice", "stop")


def state(desk: Bench) -> dict[str, Any]:
    [file] = (desk.root / ".deskprov/practice/windows").glob("*/state.json")
    kept: dict[str, Any] = json.loads(file.read_text())
    return kept


def set_up(desk: Bench, *options: str) -> dict[str, tuple[str, bool]]:
    [host] = desk.data("setup", "pc-1", "--yes", "--json", *options)["hosts"]
    assert (host["outcome"], host["verified"]) == ("ok", True)
    return {result["resource"]: (result["status"], result["verified"]) for result in host["results"]}


def set_up_while_another_fetches(desk: Bench) -> dict[str, tuple[str, bool]]:
    """As `set_up`; this process has the feed's only place until the other says that it waits."""
    turn = KernelFeedTurns().take("pc-2", feed_called(FEED), 1, LIMIT)
    assert isinstance(turn, KernelTurn)
    with desk.start("setup", "pc-1", "--yes", "--json") as process:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line.decode())
            if "waits for its turn" in said[-1]:
                assert feed_called(FEED) in said[-1]
                assert "a machine is fetching from it already" in said[-1]
                assert state(desk)["software"]["packages"] == {}
                turn.end()
        assert process.stdout is not None
        [host] = json.loads(process.stdout.read())["hosts"]
    assert [line for line in said if "waits for its turn" in line], said
    return {result["resource"]: (result["status"], result["verified"]) for result in host["results"]}


def test_made_corrected_and_removed_each_seen_by_a_second_look(desk: Bench) -> None:
    assert set_up_while_another_fetches(desk) == dict.fromkeys(NAMES, ("changed", True))
    kept = state(desk)["software"]
    assert kept["programs"]["Example {{ Tool }} 1.0"] == "1.0"
    assert kept["programs"]["GIMP 1.0"] == "1.0"
    assert kept["packages"] == {"vlc": "9999"}
    assert state(desk)["certificates"]["CA"] == [THUMBPRINT]
    assert state(desk)["printers"]["printers"].keys() == {COPIER.lower(), "plotter"}
    assert "king.com.CandyCrushSaga" not in kept["apps"]
    assert not [path for path in state(desk)["files"] if path.endswith((".exe", ".msi", ".pem"))]
    assert set_up(desk) == dict.fromkeys(NAMES, ("ok", True))

    desk.write("profiles/lab.yml", profile(software("2.0", "0.9"), automatic=False))
    desk.write("printers.yml", printers("192.0.2.42"))
    changed = dict.fromkeys(
        ["software/example-tool", "software/gimp", "printers/plotter", f"wifi/{SSID}"], ("changed", True)
    )
    assert set_up(desk) == {**dict.fromkeys(NAMES, ("ok", True)), **changed}
    assert state(desk)["printers"]["printers"]["plotter"]["address"] == "192.0.2.42"
    programs = {"Microsoft Edge", "Chocolatey", "Example {{ Tool }} 2.0", "GIMP 2.0"}
    assert state(desk)["software"]["programs"].keys() == programs

    desk.write("profiles/lab.yml", "profile: lab\nplatform: windows\n")
    removed = set_up(desk, "--clean")
    assert removed == dict.fromkeys(NAMES[:8], ("changed", True))
    assert state(desk)["wifi"]["networks"] == {}
    assert state(desk)["certificates"]["CA"] == []
    assert state(desk)["printers"]["printers"] == {}
    kept = state(desk)["software"]
    assert (kept["programs"], kept["packages"]) == ({"Microsoft Edge": "131.0.2903.86"}, {})


def test_without_chocolatey_nothing_is_fetched_from_the_internet_and_without_winget_it_is_said(desk: Bench) -> None:
    kept = state(desk)
    kept["software"]["winget"] = False
    [file] = (desk.root / ".deskprov/practice/windows").glob("*/state.json")
    file.write_text(json.dumps(kept), "utf-8")
    entries = [{"name": "vlc", "feed": "community"}, {"name": "gimp", "feed": "winget"}]
    desk.write("profiles/lab.yml", profile(entries, printers="[]"))
    [host] = desk.data("setup", "pc-1", "--yes", "--json", status=1)["hosts"]
    results = {each["resource"]: each for each in host["results"]}
    for name, words in (("vlc", "Chocolatey is not installed on this computer"), ("gimp", "winget is not on this")):
        result = results[f"software/{name}"]
        assert (result["status"], result["verified"]) == ("failed", False)
        assert result["message"].startswith(words)
