"""A PC on which the bootstrap script is really run, by the engine and with stand-ins that keep their state in a file.

What only Windows has is stood in for by `pc.ps1`; the registry is the engine's. So what is proved is the script's own
logic: the order of its steps, what it remembers and takes back, and what it writes; not that Windows answers so.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.powershell import HERE, engine, key

STAND_INS = HERE / "pc" / "pc.ps1"
POLICIES = ("SOFTWARE", "Microsoft", "Windows", "CurrentVersion", "Policies", "System")
GUID = "0f3a1c52-9d7e-4b8a-8c11-5a6b7c8d9e0f"


def fresh(**changed: Any) -> dict[str, Any]:
    """A new PC on a network that Windows calls Public. The classes of CIM have the form of their public pages."""
    rules = [{"Name": name, "Enabled": "False"} for name in ("WINRM-HTTP-In-TCP", "WINRM-HTTP-In-TCP-PUBLIC")]
    return {
        "told": [],
        "denied": [],
        "typed": "",
        "network": "Public",
        "whoami": ['"Etiqueta obligatoria\\Nivel obligatorio alto","Etiqueta","S-1-16-12288",""'],
        "words": {
            "ac": "Índice de configuración de corriente alterna actual",
            "dc": "Índice de configuración de corriente continua actual",
            "administrators": "Administradores",
        },
        "sleep": [1800, 600],
        "services": {"WinRM": {"StartMode": "Manual", "State": "Stopped"}},
        "remoting": False,
        "listeners": [],
        "rules": [*rules, {"Name": "CoreNet-DHCP-In", "Enabled": "True"}],
        "profiles": [{"Name": "Public", "AllowInboundRules": "NotConfigured", "AllowLocalFirewallRules": "True"}],
        "users": [{"Name": "Administrador", "Enabled": False, "password": ""}],
        "administrators": ["Administrador"],
        "certificates": [],
        "cim": {
            "Win32_BIOS": [{"SerialNumber": "SN-1 "}],
            "Win32_ComputerSystemProduct": [{"UUID": "4C4C4544-0042-4C10-8051-B4C04F565432"}],
            "Win32_OperatingSystem": [{"Caption": "Microsoft Windows\u00a011 Pro"}],
            "Win32_NetworkAdapter": [{"MACAddress": "02:FC:00:00:00:01"}, {"MACAddress": None}],
            "Win32_NetworkAdapterConfiguration": [
                {"IPAddress": ["169.254.7.7", "fe80::7"], "DefaultIPGateway": None},
                {"IPAddress": ["192.0.2.7", "2001:db8::7", "fe80::8"], "DefaultIPGateway": ["192.0.2.1"]},
            ],
        },
        **changed,
    }


def registry(
    edition: str = "Professional", s_mode: int | None = None, token_filter: int | None = None
) -> dict[str, Any]:
    """That of a new PC, as far as the script reads it."""
    policy = {} if token_filter is None else {"LocalAccountTokenFilterPolicy": ("DWord", token_filter)}
    winlogon = key(values={"AutoAdminLogon": ("String", "1"), "DefaultPassword": ("String", "")})
    current = key(values={"EditionID": ("String", edition)}, Winlogon=winlogon)
    microsoft = key(
        Cryptography=key(values={"MachineGuid": ("String", GUID)}),
        Windows=key(CurrentVersion=key(Policies=key(System=key(values=policy)))),
        **{"Windows NT": key(CurrentVersion=current)},
    )
    integrity = key(Policy=key(values={} if s_mode is None else {"SkuPolicyRequired": ("DWord", s_mode)}))
    name = key(ComputerName=key(values={"ComputerName": ("String", "DESKTOP-AB12")}))
    control = key(CI=integrity, ComputerName=name)
    system = key(CurrentControlSet=key(Control=control))
    return {"HKEY_LOCAL_MACHINE": key(SOFTWARE=key(Microsoft=microsoft), SYSTEM=system)}


@dataclass
class Pc:
    """One PC: `folder` is the stick in it."""

    folder: Path

    def begin(self, state: dict[str, Any] | None = None, hive: dict[str, Any] | None = None) -> None:
        """Makes it new."""
        self._file("pc.json").write_text(json.dumps(state or fresh()), "utf-8")
        self._file("registry.json").write_text(json.dumps(hive or registry()), "utf-8")

    def run(self, script: str, *arguments: str, status: int = 0) -> str:
        """Runs the script from the stick, and returns all that it said, on all streams."""
        file = self.folder / "deskprov-windows.ps1"
        file.write_text(with_pc(script), "ascii")
        try:
            return self._run(["-File", str(file), *arguments], self.folder.parent, status)
        finally:
            file.unlink()

    def paste(self, script: str) -> str:
        """Runs it as whoever pastes it into PowerShell does: as a block, in a folder of theirs."""
        return self._run(["-Command", with_pc(script)], self.folder, 0)

    def run_other(self, program: str) -> str:
        """Runs another program on it, and returns what it said."""
        file = self._file("other.ps1")
        file.write_text(f"{STAND_INS.read_text('ascii')}\n{program}", "ascii")
        return self._run(["-File", str(file)], self.folder, 0)

    @staticmethod
    def copied(said: str) -> bytes:
        """What was shown between the markers, each line once: the engine here writes each line of Write-Host twice."""
        lines = said.splitlines()
        return "\n".join(line for line, before in zip(lines, ["", *lines], strict=False) if line != before).encode()

    def _run(self, words: list[str], folder: Path, status: int) -> str:
        surroundings = {
            **os.environ,
            "COMPUTERNAME": "DESKTOP-AB12",
            "ProgramData": str(self._file("ProgramData")),
            "SystemRoot": str(self._file("Windows")),
            "PC_FILE": str(self._file("pc.json")),
            "PSENGINE_REGISTRY": str(self._file("registry.json")),
        }
        command = [engine(), "-NoProfile", "-NonInteractive", *words]
        done = subprocess.run(command, capture_output=True, env=surroundings, timeout=60, cwd=folder)
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        assert done.returncode == status, said
        return said

    @property
    def state(self) -> dict[str, Any]:
        """What the stand-ins keep."""
        kept: dict[str, Any] = json.loads(self._file("pc.json").read_text("utf-8-sig"))
        return kept

    @property
    def hive(self) -> dict[str, Any]:
        """The registry; what is empty is left out, as the engine does when it writes."""
        kept = json.loads(self._file("registry.json").read_text("utf-8-sig"))
        return {name: _full(root) for name, root in kept.items() if _full(root)}

    def value(self, *path: str) -> Any:
        """A value of HKLM, by the names on the way to it; None when it is not there."""
        *keys, name = path
        place = self.hive["HKEY_LOCAL_MACHINE"]
        for one in keys:
            place = place.get("keys", {}).get(one, {})
        return place.get("values", {}).get(name, {}).get("data")

    def _file(self, name: str) -> Path:
        return self.folder.parent / name


def _full(place: dict[str, Any]) -> dict[str, Any]:
    below = {name: _full(one) for name, one in place.get("keys", {}).items()}
    return {name: one for name, one in (("values", place.get("values")), ("keys", below)) if one}


def with_pc(script: str) -> str:
    """The script with the stand-ins after its parameters, which must stand first."""
    head, mark, rest = script.partition("\n$ErrorActionPreference = 'Stop'\n")
    assert mark
    return f"{head}\n{STAND_INS.read_text('ascii')}{mark}{rest}"
