"""Builds the real adapters from the settings of a site; the only module that chooses them.

Each is imported and made when first used: a plan needs no Ansible, and `validate` neither database nor SSH.
"""

import getpass
import platform
import secrets as random_tokens
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from deskprov.adapters.settings_file import find_site, read_settings
from deskprov.adapters.site_files import FolderFiles

if TYPE_CHECKING:
    from deskprov.adapters.database.database import Database
    from deskprov.adapters.secrets import ProvidedSecrets
    from deskprov.api.site import Site
    from deskprov.model.enrolment import CarriedFile
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
    from deskprov.model.ports.site import Clock, InventoryFile, NewSite, Rooms, SiteFiles, VersionControl
    from deskprov.model.ports.workplace import WorkplaceLook
    from deskprov.model.settings import SecretProvider, Settings, SettingsInForce


def open_site(directory: str = ".", *, may_ask: bool = True) -> "Site":
    """The site whose `deskprov.yml` is in this folder or the nearest above it.

    `may_ask`: whether a secret may be asked for at the terminal.

    Raises `SiteNotFound`; `InvalidInput` comes when the settings are first needed.
    """
    return RealSite(find_site(Path(directory)), may_ask=may_ask)


def new_site_folder(directory: Path) -> "NewSite":
    """The folder that `deskprov init` fills."""
    from deskprov.adapters.new_site import NewSiteFolder

    return NewSiteFolder(directory)


def key_store() -> "KeyStore":
    """The folder with the keys of the person at work."""
    from deskprov.adapters.escrow.key_store import PersonalKeys

    return PersonalKeys()


def enrolment_files(paths: "Sequence[Path]") -> "list[CarriedFile]":
    """The enrolment files at these paths and in these folders. Raises `WrongUsage`, `InvalidInput`."""
    from deskprov.adapters.carried_files import ENROLMENTS, read_carried_files

    return read_carried_files(paths, ENROLMENTS)


def join_files(paths: "Sequence[Path]") -> "list[CarriedFile]":
    """The files of `djoin /provision` at these paths and in these folders. Raises `WrongUsage`, `InvalidInput`."""
    from deskprov.adapters.carried_files import JOIN_FILES, read_carried_files

    return read_carried_files(paths, JOIN_FILES)


def ssh_keys() -> "SshKeys":
    """Makes and checks SSH keys."""
    from deskprov.adapters.ssh.key_pairs import OpenSshKeys

    return OpenSshKeys()


class RealSite:
    """A site with all its adapters."""

    def __init__(self, folder: Path, *, may_ask: bool = True) -> None:
        self._folder = folder
        self._may_ask = may_ask

    @property
    def root(self) -> str:
        """The site's folder, absolute."""
        return str(self._folder)

    @property
    def settings(self) -> "Settings":
        """`deskprov.yml`."""
        return self.settings_in_force.settings

    @cached_property
    def settings_in_force(self) -> "SettingsInForce":
        """`deskprov.yml`, and the variables that go before it."""
        return read_settings(self._folder)

    @cached_property
    def files(self) -> "SiteFiles":
        """The folder's files."""
        return FolderFiles(self._folder)

    @cached_property
    def inventory(self) -> "InventoryFile":
        """inventory_hosts/ and the practice machines."""
        from deskprov.adapters.inventory_file import SiteInventory

        return SiteInventory(self._folder)

    @cached_property
    def host_keys(self) -> "HostKeys":
        """Pins in OpenSSH's format."""
        from deskprov.adapters.known_hosts import KnownHosts

        return KnownHosts(self._folder)

    @property
    def ssh_keys(self) -> "SshKeys":
        """SSH keys in OpenSSH's formats."""
        return ssh_keys()

    @cached_property
    def login_key(self) -> "LoginKey":
        """Below .deskprov/keys."""
        from deskprov.adapters.login_key import LoginKeyFile

        return LoginKeyFile(self._folder)

    @cached_property
    def batches(self) -> "EnrolmentBatches":
        """A file beside the pinned keys."""
        from deskprov.adapters.enrolment_signers import SignersFile

        return SignersFile(self._folder)

    @cached_property
    def seals(self) -> "Seals":
        """What .NET of Windows can open and make as well."""
        from deskprov.adapters.enrolment_seals import RsaSeals

        return RsaSeals()

    @cached_property
    def approach(self) -> "Approach":
        """The way to a machine, by sockets, TLS and paramiko, as each machine wants it."""
        from deskprov.adapters.ssh.approach import SshApproach
        from deskprov.adapters.way_of_host import ApproachOfHost
        from deskprov.adapters.winrm.approach import WinRmApproach
        from deskprov.model.inventory import OVER_TLS, SSH

        return ApproachOfHost({SSH: SshApproach, **dict.fromkeys(OVER_TLS, WinRmApproach)})

    @cached_property
    def transport(self) -> "Transport":
        """SSH by paramiko, WinRM by pywinrm, PSRP by pypsrp, as each machine wants it."""
        from deskprov.adapters.way_of_host import WayOfHost
        from deskprov.model.inventory import OVER_TLS, SSH

        return WayOfHost({SSH: self._ssh, **dict.fromkeys(OVER_TLS, self._winrm)})

    @cached_property
    def locks(self) -> "HostLocks":
        """Kernel locks of this controller."""
        from deskprov.adapters.locks import KernelLocks

        return KernelLocks()

    @cached_property
    def feeds(self) -> "FeedTurns":
        """Turns at package feeds, for all who work from this controller."""
        from deskprov.adapters.feed_turns import KernelFeedTurns

        return KernelFeedTurns()

    @cached_property
    def runner(self) -> "PlaybookRunner":
        """Ansible by ansible-runner."""
        from deskprov.adapters.ansible.runner import AnsibleRunner
        from deskprov.adapters.file_server import FileServer

        server = FileServer(self.settings.file_server_port or 0)
        return AnsibleRunner(self.secrets, self._folder, file_server=server)

    @property
    def record(self) -> "RunRecord":
        """The database, as written by runs."""
        return self._database.record

    @property
    def assets(self) -> "AssetStore":
        """The database, as edited by people."""
        return self._database.assets

    @property
    def history(self) -> "RunHistory":
        """The database, as read afterwards."""
        return self._database.history

    @property
    def log(self) -> "ChangeLog":
        """The database, as it vouches for itself."""
        return self._database.log

    @cached_property
    def run_logs(self) -> "RunLogs":
        """Files in .deskprov/logs."""
        from deskprov.adapters.run_logs import RunLogFiles

        return RunLogFiles(self._folder, self._provided.values)

    @cached_property
    def backups(self) -> "Backups":
        """Copies of the database's file."""
        from deskprov.adapters.database.backup import DatabaseBackups

        return DatabaseBackups(self.settings.database, self._folder)

    @cached_property
    def secrets(self) -> "Secrets":
        """Providers of `deskprov.yml`."""
        return self._provided

    @cached_property
    def escrow(self) -> "Escrow":
        """The database, sealed with age."""
        from deskprov.adapters.escrow.identity import Identity
        from deskprov.adapters.escrow.sealing import Seal

        identity = Identity(self.settings.escrow_identity, self._folder, self._provided.identity)
        return self._database.escrow(Seal(self.settings.escrow_keys, identity))

    @cached_property
    def keys(self) -> "KeyStore":
        """The folder of this user's settings."""
        return key_store()

    @cached_property
    def version_control(self) -> "VersionControl":
        """git."""
        from deskprov.adapters.git import GitRepository

        return GitRepository(self._folder)

    @cached_property
    def rooms(self) -> "Rooms":
        """The disks of the record and of run folders."""
        from deskprov.adapters.ansible.run_directory import usual_bases
        from deskprov.adapters.database.engine import record_folder
        from deskprov.adapters.rooms import FileSystemRooms

        record = record_folder(self.settings.database, self._folder)
        return FileSystemRooms(({"the record": record} if record else {}) | {"runs": usual_bases()[0]})

    @cached_property
    def clock(self) -> "Clock":
        """The system's clock."""
        from deskprov.adapters.clock import SystemClock

        return SystemClock()

    @cached_property
    def interrupts(self) -> "Interrupts":
        """Signals of this process."""
        from deskprov.adapters.interrupts import SignalInterrupts

        return SignalInterrupts()

    @cached_property
    def workplace(self) -> "WorkplaceLook":
        """The computer that this runs on."""
        from deskprov.adapters.workplace import ThisComputer

        return ThisComputer(self._folder)

    @cached_property
    def practice(self) -> "Mapping[str, PracticeMachines]":
        """Booted Debian machines, and doubles of Windows PCs."""
        from deskprov.practice.machines import LinuxPracticeMachines
        from deskprov.practice.windows import WindowsPracticeMachines

        folder = self._folder / ".deskprov" / "practice"
        windows = WindowsPracticeMachines(folder / "windows", self.clock.now)
        return {"linux": LinuxPracticeMachines(folder), "windows": windows}

    @cached_property
    def operator(self) -> str:
        """The login name."""
        return getpass.getuser()

    @cached_property
    def controller(self) -> str:
        """The host name."""
        return platform.node()

    def token(self) -> str:
        """Sixteen random hexadecimal digits."""
        return random_tokens.token_hex(8)

    def new_password(self) -> str:
        """Letters that every Latin keyboard has in the same place."""
        from deskprov.adapters.escrow.new_password import new_password

        return new_password()

    def _ssh(self) -> "Transport":
        from deskprov.adapters.ssh.transport import SshTransport

        return SshTransport(self.secrets, self._folder)

    def _winrm(self) -> "Transport":
        from deskprov.adapters.winrm.transport import WinRmTransport

        return WinRmTransport(self.secrets)

    @cached_property
    def _provided(self) -> "ProvidedSecrets":
        from deskprov.adapters.secrets import ProvidedSecrets, ask_on_terminal

        ask = ask_on_terminal if self._may_ask else None
        providers = {**self._practice_secrets, **self.settings.secrets}
        return ProvidedSecrets(providers, ask=ask, root=self._folder, escrow=lambda: self.escrow)

    @property
    def _practice_secrets(self) -> "Mapping[str, SecretProvider]":
        """The password of practice PCs, as long as there are any; nothing that a site has to declare."""
        from deskprov.model.ports.practice import PRACTICE_PASSWORD
        from deskprov.model.settings import SecretProvider

        file = self._folder / ".deskprov" / "practice" / "windows" / "password"
        return {PRACTICE_PASSWORD: SecretProvider(command=["cat", str(file)])} if file.exists() else {}

    @cached_property
    def _database(self) -> "Database":
        from deskprov.adapters.database.database import Database

        return Database(self.settings.database, self._folder, self.controller)
