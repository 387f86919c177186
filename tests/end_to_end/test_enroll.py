"""From bare machines to `setup @batch`: real machines, the printed script, a packing list, and what goes wrong."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.bench import Bench, statuses

pytestmark = [pytest.mark.practice, pytest.mark.timeout(600)]

BARE = "userdel --remove deskprov 2>/dev/null; rm /etc/sudoers.d/deskprov; systemctl -q disable --now ssh 2>/dev/null"
FIRMWARE = "mkdir -p /sys/class/dmi/id && echo {serial} >/sys/class/dmi/id/product_serial"
OWN_FIRMWARE = f"mount -t tmpfs firmware /sys/class && {FIRMWARE}"
"""A practice machine has no DMI tables of its own: a file system laid over /sys/class by its root takes their place."""
LIST = "tag,serial,room,profile\nGV-0001,SN-1,room-12,office\nGV-0009,SN-9,room-12,office\n"
FIELDS = "asset_fields: {profile: text}\n"
PROFILE = "files:\n  - path: /etc/motd\n    content: |\n      Welcome to ${host.name}.\n"


@dataclass
class School:
    """A site with a packing list, and a stick that has been at five machines."""

    bench: Bench
    stick: Path

    def prepare(self, machine: str, serial: str) -> Path:
        """Makes a machine bare, runs the script on it, and takes the file it wrote to the stick."""
        self.bench.on(machine, "sh", "-c", f"{BARE}; {OWN_FIRMWARE.format(serial=serial)}; mkdir -p /stick")
        self.bench.on(machine, "sh", "-c", "cat >/stick/boot.sh", stdin=(self.stick / "boot.sh").read_bytes())
        self.bench.on(machine, "sh", "/stick/boot.sh")
        return self.fetch(machine, serial)

    def fetch(self, machine: str, serial: str) -> Path:
        name = f"deskprov-enrol-{serial}.json"
        file = self.stick / name
        file.write_bytes(self.bench.on(machine, "cat", f"/stick/{name}"))
        return file

    def enroll(self, *arguments: str, status: int = 0) -> tuple[dict[str, str], Any]:
        """The outcome by the file's serial, and all of the answer."""
        told = self.bench.data("enroll", *arguments, "--yes", "--json", status=status)
        return {
            Path(one["file"]).stem.removeprefix("deskprov-enrol-"): one["outcome"] for one in told["machines"]
        }, told


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    bench = Bench(tmp_path_factory.mktemp("site"))
    stick = tmp_path_factory.mktemp("stick")
    settings = bench.root / "deskprov.yml"
    settings.write_text(settings.read_text() + FIELDS)
    bench.profile("office", PROFILE)
    bench.run("bootstrap", "login-key")
    bench.run("bootstrap", "linux", "-o", str(stick / "boot.sh"))
    bench.write("list.csv", LIST)
    bench.run("asset", "import", str(bench.root / "list.csv"))
    bench.run("practice", "start", "linux", "--count", "5")
    try:
        for number in range(1, 6):
            School(bench, stick).prepare(f"practice-{number}", f"SN-{number}")
        yield School(bench, stick)
    finally:
        bench.run("practice", "stop")


def forged(file: Path, target: Path, old: str, new: str) -> None:
    """A copy of a file with another content under the same signatures."""
    paper = json.loads(file.read_text())
    assert old in paper["enrolment"]
    paper["enrolment"] = paper["enrolment"].replace(old, new)
    target.write_text(json.dumps(paper))


def test_a_bench_of_machines_with_every_kind_of_trouble(school: School) -> None:
    bench, stick = school.bench, school.stick
    bench.on("practice-3", "sh", "-c", FIRMWARE.format(serial="SN-33"))
    new_key = (
        "rm /etc/ssh/ssh_host_*; ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key; systemctl restart ssh"
    )
    bench.on("practice-4", "sh", "-c", new_key)
    bench.on("practice-5", "systemctl", "stop", "ssh")
    forged(stick / "deskprov-enrol-SN-2.json", stick / "deskprov-enrol-forged.json", "SN-2", "SN-9")
    nobody = bench.run("enroll", str(stick), status=64)
    assert "There is nobody to ask for a yes" in nobody
    assert "GV-0001" in nobody

    outcomes, told = school.enroll(str(stick), status=6)
    assert outcomes == {
        "SN-1": "ok",
        "SN-2": "ok",
        "SN-3": "refused",
        "SN-4": "refused",
        "SN-5": "unreachable",
        "forged": "refused",
    }
    messages = {Path(one["file"]).stem.removeprefix("deskprov-enrol-"): one["message"] for one in told["machines"]}
    assert "its serial number is SN-33, not SN-3" in messages["SN-3"]
    assert "shows another host key" in messages["SN-4"]
    assert "was not written by the script" in messages["forged"]
    assert told["batch"] == ["GV-0001", "SN-2"]
    assert [asset["tag"] for asset in told["not_enrolled"]] == ["GV-0009"]
    listed = {host["host"]: host for host in bench.data("host", "list", "--json")["hosts"]}
    assert {name for name in listed if not name.startswith("practice-")} == {"GV-0001", "SN-2"}
    pins = (bench.root / "inventory_hosts/known_hosts.txt").read_text().splitlines()
    assert sorted(line.split()[0] for line in pins) == ["GV-0001", "SN-2"]
    assert {asset["asset"]["serial"] for asset in bench.data("asset", "list", "--json")["assets"]} == {
        "SN-1",
        "SN-2",
        "SN-9",
    }
    joined = bench.data("asset", "show", "GV-0001", "--json")
    assert (joined["asset"]["room"], joined["asset"]["host"]) == ("room-12", "GV-0001")
    assert "enrolled" in bench.run("asset", "show", "GV-0001")


def test_the_batch_is_set_up_by_its_name(school: School) -> None:
    run = school.bench.data("setup", "@batch", "--profile", "office", "--yes", "--json")
    assert {name: statuses(run, name) for name in ("GV-0001", "SN-2")} == {
        "GV-0001": {"files//etc/motd": "changed"},
        "SN-2": {"files//etc/motd": "changed"},
    }
    assert school.bench.on("practice-1", "cat", "/etc/motd") == b"Welcome to GV-0001.\n"
    assert school.bench.data("asset", "show", "SN-1", "--json")["runs"][0]["outcome"] == "ok"
    # what the packing list says a machine should be is in the inventory
    assert [host["host"] for host in school.bench.data("host", "list", "place:room-12", "--json")["hosts"]] == [
        "GV-0001"
    ]


def test_again_there_is_nothing_to_do_and_the_rest_goes_on(school: School) -> None:
    bench, stick = school.bench, school.stick
    bench.on("practice-3", "sh", "-c", FIRMWARE.format(serial="SN-3"))
    bench.on("practice-5", "systemctl", "start", "ssh")
    (stick / "deskprov-enrol-forged.json").unlink()
    (stick / "deskprov-enrol-SN-4.json").unlink()
    before = (bench.root / "inventory_hosts/hosts.yml").read_text()
    outcomes, told = school.enroll(str(stick))
    assert outcomes == {"SN-1": "ok", "SN-2": "ok", "SN-3": "ok", "SN-5": "ok"}
    assert [one["new"] for one in told["machines"]] == [False, False, True, True]
    assert (bench.root / "inventory_hosts/hosts.yml").read_text().startswith(before)
    again, told = school.enroll(str(stick))
    assert again == outcomes
    assert not any(one["new"] for one in told["machines"])
    # copied out of a terminal, and by itself: the batch stays
    text = school.bench.on("practice-1", "sh", "/stick/boot.sh", "--show")
    (stick / "copied.txt").write_bytes(b"  some words before\n" + text)
    assert school.enroll(str(stick / "copied.txt"))[0] == {"copied": "ok"}
    assert len(bench.data("host", "list", "@batch", "--json")["hosts"]) == 4


def test_a_machine_that_says_otherwise_later_is_refused(school: School) -> None:
    """A file of a machine that is enrolled, truly signed by it, with another serial number."""
    school.bench.on("practice-2", "sh", "-c", FIRMWARE.format(serial="SN-22"))
    school.bench.on("practice-2", "sh", "/stick/boot.sh")
    file = school.fetch("practice-2", "SN-22")
    outcomes, told = school.enroll(str(file), status=6)
    assert outcomes == {"SN-22": "refused"}
    assert "its serial number is SN-22, not SN-2" in told["machines"][0]["message"]
    file.unlink()
    school.bench.on("practice-2", "sh", "-c", FIRMWARE.format(serial="SN-2"))
