"""`bootstrap`: what a person runs on a bare machine so that deskprov can reach it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from deskprov.api.handing_over import keep_batch_key
from deskprov.api.login_key import public_key
from deskprov.api.site import Site
from deskprov.documents.bootstrap_linux import bootstrap_linux
from deskprov.documents.bootstrap_windows import NAMES_FILE, names_file, windows_script
from deskprov.documents.bootstrap_windows.answer_file import ANSWER_FILE, ERASE_FILE
from deskprov.documents.bootstrap_windows.stick import SHEET_FILE, beside_the_script
from deskprov.errors import WrongUsage
from deskprov.model.addresses import is_address
from deskprov.model.asset import LifeState
from deskprov.model.enrolment import WINDOWS_SCRIPT, Batch, BootstrapOrder, WindowsOrder
from deskprov.model.inventory import SSH, WINRM, Connection
from deskprov.model.ssh_key import KeyPair


class Script(Struct, frozen=True):
    """A bootstrap script, and the batch that it belongs to."""

    text: str
    batch: Batch


def linux_script(site: Site, *, days: int, login_from: Sequence[str], language: str) -> Script:
    """A script for Debian and Ubuntu whose enrolments are taken for so many days.

    `login_from` are the addresses that the log-in key works from, instead of the site's setting. Raises `WrongUsage`
    when the site has no log-in key, `InvalidInput`, `SiteNotWritable`.
    """
    _refuse_no_address(login_from)
    login_key = public_key(site)
    name, now = _new_name(site)
    pair = site.ssh_keys.new_pair(name)
    batch = _batch(name, pair, now, days)
    order = BootstrapOrder(
        site=site.settings.name,
        user=Connection("").user,
        login_key=login_key,
        batch=batch,
        batch_key=pair.private,
        login_from=login_from or site.settings.login_from,
        language=language,
    )
    text = bootstrap_linux(order)
    site.batches.add(batch)
    return Script(text, batch)


class Stick(Struct, frozen=True):
    """Files for a stick, by their names there, and the batch that they belong to."""

    files: Mapping[str, str]
    batch: Batch


STICK_FILES = (WINDOWS_SCRIPT, ANSWER_FILE, SHEET_FILE, ERASE_FILE, NAMES_FILE)
"""Everything that a stick for Windows PCs may hold."""


def windows_stick(
    site: Site,
    *,
    days: int,
    login_from: Sequence[str],
    language: str,
    transport: str = WINRM,
    erase_disk: bool = False,
) -> Stick:
    """What goes on a stick for Windows PCs; their enrolments are taken for so many days.

    With `erase_disk` Windows Setup, started from it, can erase the first disk after a person has typed that it shall.
    `login_from` are the only addresses that the PCs' firewalls let in, instead of the site's setting. Over SSH the PCs
    take the site's log-in key, over WinRM a password. Raises `WrongUsage` when there are no addresses, or no log-in key
    for SSH; `SecretUnavailable` when the site has no keys to seal passwords to,
    `InvalidInput`, `SiteNotWritable`, `RecordError`.
    """
    control = _addresses(site, login_from)
    name, now = _new_name(site)
    pair = site.ssh_keys.new_p256_pair(name)
    login_key = public_key(site) if transport == SSH else ""
    seal = None if transport == SSH else site.seals.new_pair(name)
    batch = _batch(name, pair, now, days)
    order = WindowsOrder(
        site=site.settings.name,
        user=Connection("").user,
        batch=batch,
        batch_key=pair.private,
        login_from=control,
        transport=transport,
        login_key=login_key,
        seal_certificate=seal.certificate if seal else "",
        language=language,
    )
    beside = beside_the_script(order, erase_disk=erase_disk)
    files = {WINDOWS_SCRIPT: windows_script(order), **beside, **_list_of_names(site)}
    if seal:
        keep_batch_key(site, name, seal)
    site.batches.add(batch)
    return Stick(files, batch)


def _addresses(site: Site, login_from: Sequence[str]) -> Sequence[str]:
    """Those that PCs let in. Raises `WrongUsage`."""
    _refuse_no_address(login_from)
    control = login_from or site.settings.login_from
    if not control:
        raise WrongUsage(
            "A Windows PC is opened for certain addresses only, and none is stated.",
            hint="Say from where deskprov comes: --from 10.1.0.5, or login_from in deskprov.yml.",
        )
    return control


def _list_of_names(site: Site) -> Mapping[str, str]:
    """The PCs in stock by their serial numbers, if any has a tag that can be its name."""
    stock = [asset for asset in site.assets.all() if asset.state is LifeState.STOCK and not asset.practice]
    return names_file([(asset.serial, asset.tag) for asset in stock if asset.serial and asset.tag])


def _refuse_no_address(login_from: Sequence[str]) -> None:
    for address in login_from:
        if not is_address(address):
            raise WrongUsage(f"{address} is no IP address or network.", hint="Such as --from 10.1.0.5 or 10.1.0.0/16")


def _new_name(site: Site) -> tuple[str, datetime]:
    now = site.clock.now().replace(microsecond=0)
    return f"batch-{now:%Y%m%d}-{site.token()[:6]}", now


def _batch(name: str, pair: KeyPair, now: datetime, days: int) -> Batch:
    return Batch(name, pair.public, now, now + timedelta(days=days))
