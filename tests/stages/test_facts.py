"""What a machine says about itself."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import to_builtins

from deskprov.model.facts import Disk, Facts, InstalledSoftware, LocalUser, ProbeError
from deskprov.model.platform import Platform
from deskprov.stages.facts import facts, facts_probes
from deskprov.stages.probe import compile_program, parse_answers

PASSWD = """\
root:x:0:0:root:/root:/bin/bash
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
deskprov:x:1000:1000::/home/deskprov:/bin/bash
ana:x:1002:1004:Ana Núñez,,,:/home/ana:/bin/sh
chief:x:1003:27:Chief, Room 1:/home/chief:/bin/bash
scanner:x:1004:1005::/home/scanner:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
broken line
"""
OS_RELEASE = """\
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
ID=debian
"""
LAPTOP: dict[str, Any] = {
    "hostname": "laptop-7",
    "kernel": "6.1.0-28-amd64",
    "architecture": "x86_64",
    "dmi": {
        "sys_vendor": "Example Computers",
        "product_name": "Notebook  14 ",
        "product_version": "Not Specified",
        "product_serial": "EX-0042-17",
        "product_uuid": "4C4C4544-0031-3010-8039-B4C04F4E3532",
    },
    "machine_id": "fff7d3bccabf40f48eb2c5af8ed84a3f",
    "boot_id": "645314f4-5427-4639-bb1c-06a62f044623",
    "macs": ["00:00:5E:00:53:02", "00:00:5e:00:53:01", "00:00:00:00:00:00", "00:00:5e:00:53:01"],
    "cpu": "Example CPU @ 2.40GHz",
    "cpu_count": 8,
    "memory_kib": "16266412",
    "disks": [
        ["/dev/nvme0n1p2", "/", "ext4", 250_000_000_000, 100_000_000_000],
        ["/dev/sdb1", "/media/x", "vfat", 0, 0],
    ],
    "batteries": [{"capacity": "80", "energy_full": "40000000", "energy_full_design": "50000000", "charge_full": ""}],
    "mains": ["0", "0"],
    "os_release": OS_RELEASE,
    "debian_version": "12.8",
    "passwd": PASSWD,
    "sudo_group": ["sudo:x:27:ana,deskprov"],
}
SOFTWARE = [["acl", "amd64", "2.3.1-3", False], ["tree", "amd64", "2.1.0-1", True]]
PACKAGES = ["libc6", "linux-image-6.1"]


def of(**changes: Any) -> Facts:
    return facts(Platform.LINUX, [{**LAPTOP, **changes}, SOFTWARE, PACKAGES])


def test_without_dmi_tables_the_device_tree_gives_the_serial_number() -> None:
    assert of(dmi={}, device_tree_serial="100000003d1d1c36").serial == "100000003d1d1c36"
    assert of(device_tree_serial="100000003d1d1c36").serial == "EX-0042-17"


def test_a_laptop() -> None:
    assert facts(Platform.LINUX, [LAPTOP, SOFTWARE, PACKAGES]) == Facts(
        hostname="laptop-7",
        maker="Example Computers",
        model="Notebook 14",
        serial="EX-0042-17",
        uuid="4c4c4544-0031-3010-8039-b4c04f4e3532",
        machine_id="fff7d3bccabf40f48eb2c5af8ed84a3f",
        macs=["00:00:5e:00:53:01", "00:00:5e:00:53:02"],
        cpu="Example CPU @ 2.40GHz",
        cpu_count=8,
        memory=16266412 * 1024,
        disks=[Disk("/dev/nvme0n1p2", "/", "ext4", 250_000_000_000, 100_000_000_000)],
        system_disk="/",
        battery_percent=80,
        battery_health_percent=80,
        on_battery=True,
        os="Debian GNU/Linux",
        os_version="12.8",
        kernel="6.1.0-28-amd64",
        architecture="x86_64",
        boot_id="645314f4-5427-4639-bb1c-06a62f044623",
        reboot_wanted=("libc6", "linux-image-6.1"),
        software=[InstalledSoftware("acl", "2.3.1-3"), InstalledSoftware("tree", "2.1.0-1")],
        users=[
            LocalUser("deskprov", "", administrator=True),
            LocalUser("ana", "Ana Núñez", administrator=True),
            LocalUser("chief", "Chief", administrator=True),
        ],
    )


@pytest.mark.parametrize(
    "placeholder",
    ["To be filled by O.E.M.", "Default string", "System Serial Number", "None", "0123456789", "00000000", ""],
)
def test_placeholders_of_firmware_are_unknown(placeholder: str) -> None:
    names = ("sys_vendor", "product_name", "product_serial", "product_uuid")
    seen = of(dmi=dict.fromkeys(names, placeholder))
    assert (seen.maker, seen.model, seen.serial, seen.uuid) == ("", "", "", "")


@pytest.mark.parametrize("uuid", ["00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"])
def test_a_uuid_of_nothing_is_unknown(uuid: str) -> None:
    assert of(dmi={"product_uuid": uuid}).uuid == ""


def test_lenovo_keeps_the_name_of_the_model_in_the_version() -> None:
    dmi = {"sys_vendor": "LENOVO", "product_name": "20XW0000US", "product_version": "ThinkPad Example Gen 9"}
    assert of(dmi=dmi).model == "ThinkPad Example Gen 9"
    assert of(dmi={**dmi, "product_version": "None"}).model == "20XW0000US"


def test_two_batteries_count_by_their_size() -> None:
    small = {"capacity": "100", "charge_full": "1000", "charge_full_design": "2000"}
    large = {"capacity": "50", "energy_full": "8000", "energy_full_design": "8000"}
    seen = of(batteries=[small, large])
    assert (seen.battery_percent, seen.battery_health_percent) == (75, 90)


@pytest.mark.parametrize(
    ("mains", "said"), [(["1"], False), (["0", "1"], False), (["0"], True), ([""], True), ([], None)]
)
def test_a_machine_runs_on_battery_when_nothing_else_feeds_it(mains: list[str], said: bool | None) -> None:
    assert of(mains=mains).on_battery is said
    assert of(mains=mains, batteries=[]).on_battery is None


def test_a_machine_without_battery_and_firmware_tables() -> None:
    seen = of(batteries=[], dmi={})
    assert (seen.battery_percent, seen.battery_health_percent, seen.maker, seen.serial) == (None, None, "", "")


def test_ubuntu_says_its_version_itself() -> None:
    release = 'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\n'
    seen = of(os_release=release, debian_version="trixie/sid")
    assert (seen.os, seen.os_version) == ("Ubuntu", "24.04")


def test_a_machine_without_administrators_by_group() -> None:
    assert [user.administrator for user in of(sudo_group=[]).users] == [False, False, False]


STRANGE: list[Any] = [None, True, -5, 1.5, 2**63 - 1, "", "x" * 10_000, [], [[]], [None, 1, {}], {}, ProbeError("no")]


def _spoiled() -> Iterator[list[Any]]:
    for strange in STRANGE:
        yield [strange, SOFTWARE, PACKAGES]
        yield [LAPTOP, strange]
        yield [LAPTOP, [strange]]
        for name in LAPTOP:
            yield [{**LAPTOP, name: strange}, SOFTWARE, PACKAGES]
            yield [{**LAPTOP, name: [strange]}, SOFTWARE, PACKAGES]
            yield [LAPTOP, SOFTWARE, strange]
            yield [LAPTOP, SOFTWARE, [strange] * 500]
        for name in ("product_serial", "product_uuid", "sys_vendor", "product_version"):
            yield [{**LAPTOP, "dmi": {"sys_vendor": "LENOVO", name: strange}}, SOFTWARE, PACKAGES]
        for name in ("capacity", "energy_full", "energy_full_design"):
            yield [{**LAPTOP, "batteries": [{**LAPTOP["batteries"][0], name: strange}]}, SOFTWARE, PACKAGES]
        for place in range(5):
            disk = [*LAPTOP["disks"][0]]
            disk[place] = strange
            yield [{**LAPTOP, "disks": [disk]}, SOFTWARE, PACKAGES]
    yield []
    yield [LAPTOP]


def test_strange_answers_never_raise_and_stay_small() -> None:
    for answers in _spoiled():
        seen = facts(Platform.LINUX, answers)
        assert len(json.dumps(to_builtins(seen))) < 10_000
        assert (seen.memory or 0) < 2**63


def test_a_machine_cannot_flood_the_record() -> None:
    seen = of(
        macs=[f"00:00:5e:00:{i // 256:02x}:{i % 256:02x}" for i in range(5000)],
        passwd="".join(f"u{i}:x:{1000 + i}:1::/h:/bin/sh\n" for i in range(5000)),
        hostname="x" * 100_000,
    )
    assert len(seen.macs) <= 100
    assert len(seen.users) <= 100
    assert len(seen.hostname) <= 200


def test_this_machine() -> None:
    probes = facts_probes(Platform.LINUX)
    program = compile_program(probes, "aa")
    done = subprocess.run([sys.executable, "-I", "-S", "-"], input=program, capture_output=True, check=True, timeout=60)
    seen = facts(Platform.LINUX, parse_answers(done.stdout, probes, "aa"))
    node = subprocess.run(["uname", "-nrm"], capture_output=True, text=True, check=True).stdout.split()
    assert [seen.hostname, seen.kernel, seen.architecture] == node
    assert seen.memory
    assert seen.cpu_count
    assert "/" in {disk.mount for disk in seen.disks}
    assert "dpkg" in {package.name for package in seen.software}


def test_other_platforms_are_not_asked_yet() -> None:
    assert facts_probes(Platform.IOS) == ()
    assert facts(Platform.IOS, []) == Facts()
