"""Accounts, groups, folders and files of a Spanish practice PC: real Ansible, real WinRM (NTLM over TLS), a double."""

import base64
import hashlib
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.bench import SETTINGS, Bench
from tests.practice.windows.spanish import ORPHAN, make_new_ones_spanish

pytestmark = pytest.mark.ansible

HOSTILE = "{{ 7 * 7 }} $(id) `whoami` 'a ñ 漢 %TEMP%"
ANA = "Ana {{ Núñez }}"
FIRST = "first-Password-1"
EXAMS = "C:\\Exams {{ 7 }}\\[a] $b"
LOGO = bytes(range(256)) * 8

HELPDESK = "EXAMPLE\\Help $(desk)"

NEW: dict[str, Any] = {
    "groups": [
        {"name": "Music $(room)", "description": HOSTILE},
        {"name": "Administrators", "members": [HELPDESK]},
    ],
    "users": [
        {
            "name": ANA,
            "full_name": HOSTILE,
            "role": "administrator",
            "groups": ["music $(ROOM)", "Remote Desktop Users"],
            "password": "first-password",
            "change_password_at_first_login": True,
            "expires": "2031-06-30",
        },
        {"name": "bob", "password": "first-password", "password_never_expires": True},
        {"name": "Administrator", "full_name": HOSTILE, "password": "first-password", "disabled": True},
    ],
    "folders": [
        {
            "path": EXAMS,
            "inherit": False,
            "access": [{"who": ANA.lower(), "may": "change"}, {"who": "administrators", "may": "full"}],
        }
    ],
    "files": [
        {"path": f"{EXAMS}\\{{{{ 1 }}}}.txt", "content": HOSTILE + "\r\n\tend"},
        {"path": f"{EXAMS}\\logo.bin", "source": "logo.bin", "access": [{"who": "Users", "may": "read"}]},
    ],
}
CORRECTED: dict[str, Any] = {
    "groups": [
        {"name": "Music $(room)", "description": "May play", "members": [HELPDESK]},
        {"name": "Administrators", "members": [HELPDESK.upper()]},
    ],
    "users": [
        {"name": ANA.upper(), "full_name": "Ana", "role": "standard", "expires": "never", "disabled": True},
        {"name": "bob", "password": "first-password", "password_never_expires": True},
        {"name": "Administrator", "full_name": "Boss", "disabled": False, "password_never_expires": True},
    ],
    "folders": [{"path": EXAMS, "inherit": True, "access": [{"who": "everyone", "may": "read"}]}],
    "files": [
        {"path": f"{EXAMS}\\{{{{ 1 }}}}.txt", "content": ""},
        {"path": f"{EXAMS}\\logo.bin", "source": "logo.bin", "access": []},
    ],
}
THINGS = [f"folders/{EXAMS}", f"files/{EXAMS}\\{{{{ 1 }}}}.txt", f"files/{EXAMS}\\logo.bin"]
KEYS = [
    "groups/Music $(room)",
    "groups/Administrators",
    f"users/{ANA}",
    "users/bob",
    "users/Administrator",
    *THINGS,
]


def profile(resources: dict[str, Any]) -> str:
    entries = [f"{name}: {json.dumps(each, ensure_ascii=False)}\n" for name, each in resources.items()]
    return "profile: lab\nplatform: windows\n" + "".join(entries)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Bench]:
    """A site with a practice PC that was taken in as any machine is."""
    bench = Bench(tmp_path)
    bench.write("deskprov.yml", SETTINGS + "  first-password: {env: BENCH_FIRST_PASSWORD}\n")
    folder = tmp_path / ".deskprov/practice/windows"
    make_new_ones_spanish(folder, {"domain_accounts": {HELPDESK.casefold(): {}}})
    bench.run("practice", "start", "windows")
    try:
        bench.env["BENCH_TECH_PASSWORD"] = (folder / "password").read_text().strip()
        bench.env["BENCH_FIRST_PASSWORD"] = FIRST
        port = bench.data("practice", "list", "--json")["machines"][0]["port"]
        reach = ["--address", "127.0.0.1", "--port", str(port), "--transport", "winrm", "--user", "deskprov"]
        bench.write("profiles/lab.yml", profile(NEW))
        (bench.root / "profiles/logo.bin").write_bytes(LOGO)
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


def set_up(desk: Bench, *options: str) -> list[tuple[str, str, bool]]:
    [host] = desk.data("setup", "pc-1", "--yes", "--json", *options)["hosts"]
    assert (host["outcome"], host["verified"]) == ("ok", True), host
    return [(result["resource"], result["status"], result["verified"]) for result in host["results"]]


def members(kept: dict[str, Any], group: str) -> list[str]:
    names = {user["sid"]: user["name"] for user in kept["users"].values()}
    return [names.get(sid, sid) for sid in kept["groups"][group]["members"]]


def test_made_corrected_and_removed_on_a_spanish_windows(desk: Bench) -> None:
    makes_them(desk)
    corrects_them(desk)
    removes_them(desk)
    refuses_what_would_lock_deskprov_out(desk)


def makes_them(desk: Bench) -> None:
    assert set_up(desk) == [(key, "changed", True) for key in KEYS]
    kept = state(desk)
    assert members(kept, "administradores") == ["Administrador", ORPHAN, "deskprov", ANA]
    assert members(kept, "usuarios") == ["S-1-5-4", "S-1-5-11", "bob"]
    assert members(kept, "usuarios de escritorio remoto") == members(kept, "music $(room)") == [ANA]
    ana = kept["users"][ANA.lower()]
    assert (ana["fullname"], ana["expires"], ana["password_expired"]) == (HOSTILE, "2031-06-30", True)
    assert kept["groups"]["music $(room)"]["description"] == HOSTILE
    boss = kept["users"]["administrador"]
    assert (boss["fullname"], boss["account_disabled"], boss["nt_hash"]) == (HOSTILE, True, ana["nt_hash"])
    assert "administrator" not in kept["users"], "no second one is made beside it"
    folder, text, logo = (kept["files"][thing.partition("/")[2].lower()] for thing in THINGS)
    assert (folder["rules"], folder["closed"]) == ([f"(A;OICI;0x1301bf;;;{ana['sid']})", "(A;OICI;FA;;;BA)"], True)
    assert base64.b64decode(text["content"]) == (HOSTILE + "\r\n\tend").encode()
    assert (base64.b64decode(logo["content"]), logo["rules"]) == (LOGO, ["(A;;0x1200a9;;;BU)"])
    assert set_up(desk) == [(key, "ok", True) for key in KEYS]


def corrects_them(desk: Bench) -> None:
    before = state(desk)["users"][ANA.lower()]["nt_hash"]
    desk.env["BENCH_FIRST_PASSWORD"] = "another-Password-2"
    desk.write("profiles/lab.yml", profile(CORRECTED))
    keys = [f"users/{ANA.upper()}" if key == f"users/{ANA}" else key for key in KEYS]
    same = ("users/bob", "groups/Administrators")
    assert set_up(desk, "--clean") == [(key, "ok" if key in same else "changed", True) for key in keys]
    kept = state(desk)
    assert kept["groups"]["administradores"]["others"] == kept["groups"]["music $(room)"]["others"] == [HELPDESK]
    ana = kept["users"][ANA.lower()]
    assert (ana["fullname"], ana["expires"], ana["account_disabled"], ana["nt_hash"]) == (
        "Ana",
        "never",
        True,
        before,
    )
    assert members(kept, "administradores") == ["Administrador", ORPHAN, "deskprov"]
    assert members(kept, "usuarios") == ["S-1-5-4", "S-1-5-11", "bob", ANA]
    boss = kept["users"]["administrador"]
    assert (boss["fullname"], boss["account_disabled"], boss["nt_hash"]) == ("Boss", False, before)

    folder, text, logo = (kept["files"][thing.partition("/")[2].lower()] for thing in THINGS)
    assert (folder["rules"], folder["closed"]) == (["(A;OICI;0x1200a9;;;WD)"], False)
    assert (text["content"], logo["rules"]) == ("", [])


def removes_them(desk: Bench) -> None:
    desk.write("profiles/lab.yml", profile({}))
    gone = [*THINGS[::-1], "users/bob", f"users/{ANA}", KEYS[0]]
    assert set_up(desk, "--clean") == [(key, "changed", True) for key in gone]
    kept = state(desk)
    assert not [path for path in kept["files"] if "exams" in path and "[a]" in path]
    assert kept["users"].keys().isdisjoint({"bob", ANA.lower()})
    assert "music $(room)" not in kept["groups"]


def refuses_what_would_lock_deskprov_out(desk: Bench) -> None:
    own = [{"name": "DESKPROV", "role": "standard"}, {"name": "deskprov", "state": "absent"}]
    refusals = {
        "in another spelling": {"users": own},
        "would no longer be an administrator": {"users": own[:1]},
        "would be removed": {"users": own[1:]},
    }
    for words, resources in refusals.items():
        desk.write("profiles/lab.yml", profile(resources))
        assert words in desk.run("setup", "pc-1", "--yes", status=3)
    desk.write("profiles/lab.yml", profile({"groups": [{"name": "Administradores", "state": "absent"}]}))
    assert "part of Windows and stays" in desk.run("setup", "pc-1", "--yes", status=1)
    assert "administradores" in state(desk)["groups"]
