"""The resource types of Windows on a practice PC: real Ansible, real WinRM with NTLM over TLS, a double behind it."""

import hashlib
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.bench import Bench

pytestmark = pytest.mark.ansible

HOSTILE = "{{ 7 * 7 }} $(id) `whoami` 'a\" ñ 漢 %TEMP%"
KEY = "HKLM\\SOFTWARE\\Example"


def profile(colour: str, data: Any, startup: str, server: str) -> str:
    """Every type of Windows, with these values."""
    resources = {
        "registry": [
            {"value": f"{KEY}\\Colour", "data": colour},
            {"value": f"{KEY}\\Data", "data": data},
        ],
        "environment": [{"name": "EXAMPLE_SERVER", "value": server}],
        "services": [{"name": "ExampleAgent", "path": "C:\\agent.exe", "startup": startup, "running": True}],
    }
    return "profile: lab\nplatform: windows\n" + "".join(
        f"{name}: {json.dumps(entries, ensure_ascii=False)}\n" for name, entries in resources.items()
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Bench]:
    """A site with a practice PC that was taken in as any machine is."""
    bench = Bench(tmp_path)
    bench.run("practice", "start", "windows")
    try:
        folder = tmp_path / ".deskprov/practice/windows"
        bench.env["BENCH_TECH_PASSWORD"] = (folder / "password").read_text().strip()
        port = bench.data("practice", "list", "--json")["machines"][0]["port"]
        reach = ["--address", "127.0.0.1", "--port", str(port), "--transport", "winrm", "--user", "deskprov"]
        bench.write("profiles/lab.yml", profile("red", 1, "delayed", "a"))
        bench.run("host", "add", "pc-1", *reach, "--password-secret", "tech-password", "--profile", "lab")
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


def test_made_corrected_and_removed_each_seen_by_a_second_look(desk: Bench) -> None:
    names = [f"registry/{KEY}\\Colour", f"registry/{KEY}\\Data", "environment/EXAMPLE_SERVER", "services/ExampleAgent"]
    assert set_up(desk) == dict.fromkeys(names, ("changed", True))
    assert set_up(desk) == dict.fromkeys(names, ("ok", True))

    desk.write("profiles/lab.yml", profile(HOSTILE, ["one", HOSTILE], "automatic", HOSTILE))
    assert set_up(desk) == dict.fromkeys(names, ("changed", True))
    kept = state(desk)
    values = kept["registry"][KEY.lower()]["values"]
    assert [values["colour"]["data"], values["data"]["data"]] == [HOSTILE, ["one", HOSTILE]]
    assert kept["environment"]["example_server"]["value"] == HOSTILE
    assert (kept["services"]["exampleagent"]["start_mode"], kept["services"]["exampleagent"]["state"]) == (
        "auto",
        "started",
    )

    desk.write("profiles/lab.yml", "profile: lab\nplatform: windows\n")
    removed = set_up(desk, "--clean")
    assert removed == dict.fromkeys(names, ("changed", True))
    kept = state(desk)
    assert kept["registry"][KEY.lower()]["values"] == {}
    assert "example_server" not in kept["environment"]
    assert "exampleagent" not in kept["services"]
