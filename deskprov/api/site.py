"""A site opened for work: its settings, and a port to each part of the world.

Of the ports a command needs few, so none of them is loaded here.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from deskprov.model.ports.assets import AssetStore, RunHistory
    from deskprov.model.ports.backup import Backups
    from deskprov.model.ports.enrolment import EnrolmentBatches, Seals
    from deskprov.model.ports.escrow import Escrow, KeyStore
    from deskprov.model.ports.feeds import FeedTurns
    from deskprov.model.ports.keys import LoginKey, SshKeys
    from deskprov.model.ports.log import ChangeLog
    from deskprov.model.ports.machine import Approach, HostKeys, HostLocks, PlaybookRunner, Secrets, Transport
    from deskprov.model.ports.practice import PracticeMachines
    from deskprov.model.ports.progress import Interrupts
    from deskprov.model.ports.record import RunRecord
    from deskprov.model.ports.run_log import RunLogs
    from deskprov.model.ports.site import Clock, InventoryFile, Rooms, SiteFiles, VersionControl
    from deskprov.model.ports.workplace import WorkplaceLook
    from deskprov.model.settings import Settings, SettingsInForce


class Site(Protocol):
    """What every use case is given. Ports are opened when first used."""

    @property
    def root(self) -> str:
        """The site's folder, absolute."""

    @property
    def settings(self) -> "Settings":
        """The contents of `deskprov.yml`. Raises `InvalidInput`."""

    @property
    def settings_in_force(self) -> "SettingsInForce":
        """The settings, and where each comes from. Raises `InvalidInput`."""

    @property
    def files(self) -> "SiteFiles":
        """The files of the site."""

    @property
    def inventory(self) -> "InventoryFile":
        """The machines of the site."""

    @property
    def host_keys(self) -> "HostKeys":
        """Pinned identities."""

    @property
    def approach(self) -> "Approach":
        """The way to a machine, step by step."""

    @property
    def ssh_keys(self) -> "SshKeys":
        """SSH keys made and checked."""

    @property
    def login_key(self) -> "LoginKey":
        """The key that the site logs in with."""

    @property
    def batches(self) -> "EnrolmentBatches":
        """Whose enrolments are taken."""

    @property
    def seals(self) -> "Seals":
        """One-time passwords on their way."""

    @property
    def transport(self) -> "Transport":
        """The way to ask a machine."""

    @property
    def locks(self) -> "HostLocks":
        """One lock per machine."""

    @property
    def feeds(self) -> "FeedTurns":
        """Turns at package feeds."""

    @property
    def runner(self) -> "PlaybookRunner":
        """Ansible."""

    @property
    def record(self) -> "RunRecord":
        """What runs did. Raises `RecordError` when the database cannot be opened."""

    @property
    def assets(self) -> "AssetStore":
        """The asset records. Raises `RecordError` when the database cannot be opened."""

    @property
    def history(self) -> "RunHistory":
        """The runs of the site. Raises `RecordError` when the database cannot be opened."""

    @property
    def log(self) -> "ChangeLog":
        """The chained log of all changes. Raises `RecordError` when the database cannot be opened."""

    @property
    def run_logs(self) -> "RunLogs":
        """A log file per run."""

    @property
    def backups(self) -> "Backups":
        """Backups of the database. Raises `InvalidInput`, `RecordError`."""

    @property
    def secrets(self) -> "Secrets":
        """Secrets by name."""

    @property
    def escrow(self) -> "Escrow":
        """What is kept sealed. Raises `RecordError` when the database cannot be opened."""

    @property
    def keys(self) -> "KeyStore":
        """Keys of the person at work."""

    @property
    def version_control(self) -> "VersionControl":
        """What git says about the site."""

    @property
    def rooms(self) -> "Rooms":
        """How full the controller's disks are."""

    @property
    def clock(self) -> "Clock":
        """Time."""

    @property
    def interrupts(self) -> "Interrupts":
        """Ctrl-C."""

    @property
    def workplace(self) -> "WorkplaceLook":
        """This computer, as `doctor` looks at it."""

    @property
    def practice(self) -> "Mapping[str, PracticeMachines]":
        """Practice machines, by platform."""

    @property
    def operator(self) -> str:
        """Who is at work: the login name on the controller."""

    @property
    def controller(self) -> str:
        """The controller's host name."""

    def token(self) -> str:
        """A fresh random word of 16 hexadecimal digits, for run ids and markers."""

    def new_password(self) -> str:
        """A fresh random password that can be typed on any keyboard, of at least 70 bits."""
