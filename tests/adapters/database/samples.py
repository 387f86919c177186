"""Moments, machines and runs that the tests of the record share."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from deskprov.model.asset import Asset
from deskprov.model.facts import Disk, EncryptedVolume, Facts, InstalledSoftware, LocalUser, VolumeState
from deskprov.model.ports.assets import AssetChange
from deskprov.model.result import HostResult, Outcome, ResourceResult, Status
from deskprov.model.run import HostIntent, RunIntent, StepState, StepUpdate

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)

LAPTOP = Facts(
    hostname="room12-03",
    maker="Example Computers",
    model="Slate 14",
    serial="EX4711",
    uuid="4c4c4544-0031-3010-8039-b4c04f4e3532",
    machine_id="0f" * 16,
    macs=("00:00:5e:00:53:01",),
    cpu="Example 9",
    cpu_count=8,
    memory=8 * 2**30,
    disks=(Disk("/dev/sda1", "/", "ext4", 256 * 10**9, 100 * 10**9),),
    battery_percent=80,
    battery_health_percent=95,
    os="Debian GNU/Linux",
    os_version="12",
    kernel="6.1.0-30-amd64",
    architecture="x86_64",
    boot_id="11111111-2222-3333-4444-555555555555",
    tpm="2.0",
    secure_boot=True,
    encryption=(EncryptedVolume("/", VolumeState.NOT_ARMED),),
    administrators=("tech",),
    printers=("Room 12",),
    software=(InstalledSoftware("vim", "9.0"), InstalledSoftware("bash", "5.2")),
    users=(LocalUser("tech", "Technician", administrator=True),),
)


def intent(run: str = "20261124-120000-aaaaaa", hosts: Sequence[str] = ("pc-1",), verb: str = "setup") -> RunIntent:
    """A run of a technician."""
    return RunIntent(run, verb, NOON, "robin", "controller-1", hosts, hosts, "c0ffee", dirty=True)


def host_intent(run: str, host: str = "pc-1") -> HostIntent:
    """Two steps."""
    steps = [("groups/staff", "create"), ("users/tech", "update")]
    return HostIntent(run, host, "staff-laptop", "5eed", practice=False, steps=steps, at=NOON)


def began(run: str, resource: str, host: str = "pc-1") -> StepUpdate:
    """A step was begun."""
    return StepUpdate(run, host, resource, StepState.STARTED, NOON + timedelta(seconds=1))


def ended(run: str, resource: str, status: Status = Status.CHANGED, host: str = "pc-1") -> StepUpdate:
    """A step has ended."""
    at = NOON + timedelta(seconds=2)
    return StepUpdate(run, host, resource, StepState.DONE, at, status.value, message="done", reason="")


def verified(*resources: str, host: str = "pc-1") -> HostResult:
    """A machine on which everything went well."""
    results = [ResourceResult(resource, Status.CHANGED, verified=True) for resource in resources]
    return HostResult(host, Outcome.OK, verified=True, seconds=4.5, results=results)


def new(**values: object) -> AssetChange:
    """An asset that nobody recorded before."""
    return AssetChange(None, Asset().with_values(values))


def edit(asset: Asset, **values: object) -> AssetChange:
    """An asset with other values."""
    return AssetChange(asset, asset.with_values(values))


def with_serial(serial: str) -> Facts:
    """The laptop with another serial number."""
    return replace(LAPTOP, serial=serial)
