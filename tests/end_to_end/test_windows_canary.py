"""Through the whole command, over WinRM, PSRP and SSH, no secret of a run is left anywhere but where it belongs.

One run at the loudest over three practice PCs: accounts get secrets of the site and passwords of each PC's own, by a
module and by a script of ours, and so does the Wi-Fi. Before it a plan file is written; after it passwords are tried,
and one is rotated.
"""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from deskprov.practice.windows.local_accounts import nt_hash
from tests.canary import CONTROLLER, Canaries, new_canaries
from tests.end_to_end.bench import Bench

pytestmark = [pytest.mark.ansible, pytest.mark.timeout(300)]

PROFILE = """\
profile: lab
platform: windows
users:
  - {name: tech, role: administrator, password: module}
  - {name: Administrator, password: own, disabled: true}
  - {name: kiosk, password: per-device}
wifi:
  - {ssid: Gym, password: wifi}
"""
PCS = ("practice-pc-1", "practice-pc-2", "practice-pc-3")
"""Over WinRM, PSRP and SSH."""


@dataclass(frozen=True)
class Room:
    bench: Bench
    vault: Path
    canaries: Canaries

    @property
    def kept(self) -> Path:
        return self.bench.root / ".deskprov/practice/windows"

    def state(self, pc: str) -> str:
        return (self.kept / pc / "state.json").read_text("utf-8")

    def left(self, canaries: Canaries) -> list[str]:
        """Where one lies, besides the files from which the site takes them."""

        def by_right(path: Path) -> bool:
            return path.is_relative_to(self.vault) or path == self.kept / "password"

        return canaries.in_files([self.bench.root, *CONTROLLER], by_right)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    bench, vault = Bench(tmp_path_factory.mktemp("site")), tmp_path_factory.mktemp("vault")
    bench.env["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))
    canaries = new_canaries(["login", "module", "own", "wifi"])
    for name, value in canaries.values.items():
        (vault / name).write_text(value + "\n", "utf-8")
    keys = bench.run("secret", "init").partition("✓")[0]
    sources = "".join(f"  {name}: {{command: [cat, {vault / name}]}}\n" for name in ("module", "own", "wifi"))
    bench.write("deskprov.yml", f"format: 1\nname: Example\nsecrets:\n{sources}{keys}")
    bench.write("profiles/lab.yml", PROFILE)
    made = Room(bench, vault, canaries)
    made.kept.mkdir(parents=True, mode=0o700)
    (made.kept / "password").write_text(canaries.values["login"], "utf-8")
    bench.run("practice", "start", "windows", "--count", "2", "--profile", "lab")
    bench.run("practice", "start", "windows", "--transport", "ssh", "--profile", "lab")
    try:
        stated = bench.root / ".deskprov/practice/hosts.yml"
        hosts = yaml.safe_load(stated.read_text("utf-8"))
        hosts["all"]["hosts"][PCS[1]]["ansible_connection"] = "psrp"
        stated.write_text(yaml.safe_dump(hosts), "utf-8")
        yield made
    finally:
        bench.run("practice", "stop")


def test_no_secret_is_left_anywhere(room: Room) -> None:
    bench, began = room.bench, time.time()
    with room.canaries.watched(frozenset({os.getpid()})) as seen:
        said = bench.run("plan", PCS[0], "-o", str(bench.root / "lab.plan.json"), status=(0, 2))
        said += bench.run("setup", *PCS, "--yes", "-vvvv")
        said += bench.run("secret", "test", "--for", PCS[1])
        said += bench.run("secret", "rotate", "--for", PCS[2], "--yes")
    hashes = {name: nt_hash(value) for name, value in room.canaries.values.items()}
    for pc in PCS:
        state = room.state(pc)
        assert hashes["module"] in state, "it has arrived, or nothing would be shown by this"
        assert hashes["own"] in state
        assert '"what": "module"' in (room.kept / pc / "journal.jsonl").read_text("utf-8")
    assert not seen
    assert not room.canaries.what(said.encode())
    assert not room.left(room.canaries)

    shown = [bench.run("secret", "reveal", f"{pc}/kiosk", "--reason", "a test", "--pipe", "--yes") for pc in PCS]
    made = {pc: re.findall(r"\b[bcdefghjknprstuvx]{18}\b", told)[0] for pc, told in zip(PCS, shown, strict=True)}
    assert all(nt_hash(password) in room.state(pc) for pc, password in made.items())
    of_pcs = Canaries(made, began)
    assert not of_pcs.what(said.encode())
    assert not room.left(of_pcs)
