"""The resource types of Windows on a practice PC: real Ansible, real WinRM with NTLM over TLS, a double behind it."""

import base64
import json
from typing import Any

import pytest

from tests.end_to_end.bench import Bench
from tests.end_to_end.windows_pc import set_up, state

pytestmark = pytest.mark.ansible

HOSTILE = "{{ 7 * 7 }} $(id) `whoami` 'a\" ñ 漢 %TEMP%"
INI = "C:\\ProgramData\\app.ini"
SETTING = f"{INI} [Server] Address"
KEY = "HKLM\\SOFTWARE\\Example"


def profile(colour: str, data: Any, startup: str, server: str) -> str:
    """Every type of Windows, with these values."""
    resources = {
        "registry": [
            {"value": f"{KEY}\\Colour", "data": colour},
            {"value": f"{KEY}\\Data", "data": data},
        ],
        "environment": [{"name": "EXAMPLE_SERVER", "value": server}],
        "file_settings": [{"setting": SETTING, "value": server}],
        "services": [{"name": "ExampleAgent", "path": "C:\\agent.exe", "startup": startup, "running": True}],
    }
    return "profile: lab\nplatform: windows\n" + "".join(
        f"{name}: {json.dumps(entries, ensure_ascii=False)}\n" for name, entries in resources.items()
    )


def content(kept: dict[str, Any], path: str) -> str:
    """The text of a file of the PC."""
    return base64.b64decode(kept["files"][path.lower()]["content"]).decode()


def test_made_corrected_and_removed_each_seen_by_a_second_look(desk: Bench) -> None:
    names = [f"registry/{KEY}\\Colour", f"registry/{KEY}\\Data", "environment/EXAMPLE_SERVER", "services/ExampleAgent"]
    names.append(f"file_settings/{SETTING}")
    desk.write("profiles/lab.yml", profile("red", 1, "delayed", "a"))
    assert set_up(desk) == dict.fromkeys(names, ("changed", True))
    assert set_up(desk) == dict.fromkeys(names, ("ok", True))

    desk.write("profiles/lab.yml", profile(HOSTILE, ["one", HOSTILE], "automatic", HOSTILE))
    assert set_up(desk) == dict.fromkeys(names, ("changed", True))
    kept = state(desk)
    values = kept["registry"][KEY.lower()]["values"]
    assert [values["colour"]["data"], values["data"]["data"]] == [HOSTILE, ["one", HOSTILE]]
    assert kept["environment"]["example_server"]["value"] == HOSTILE
    assert content(kept, INI) == f"[Server]\r\nAddress={HOSTILE}\r\n"
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
    assert content(kept, INI) == "[Server]\r\n"
    assert "exampleagent" not in kept["services"]
