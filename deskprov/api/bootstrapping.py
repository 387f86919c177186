"""`bootstrap`: what a person runs on a bare machine so that deskprov can reach it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from deskprov.api.login_key import public_key
from deskprov.api.site import Site
from deskprov.documents.bootstrap_linux import bootstrap_linux
from deskprov.errors import WrongUsage
from deskprov.model.enrolment import Batch, BootstrapOrder, is_address
from deskprov.model.inventory import Connection


@dataclass(frozen=True, slots=True)
class Script:
    """A bootstrap script, and the batch that it belongs to."""

    text: str
    batch: Batch


def linux_script(site: Site, *, days: int, login_from: Sequence[str], language: str) -> Script:
    """A script for Debian and Ubuntu whose enrolments are taken for so many days.

    `login_from` are the addresses that the log-in key works from, instead of the site's setting. Raises `WrongUsage`
    when the site has no log-in key, `InvalidInput`, `SiteNotWritable`.
    """
    for address in login_from:
        if not is_address(address):
            raise WrongUsage(f"{address} is no IP address or network.", hint="Such as --from 10.1.0.5 or 10.1.0.0/16")
    login_key = public_key(site)
    now = site.clock.now().replace(microsecond=0)
    name = f"batch-{now:%Y%m%d}-{site.token()[:6]}"
    pair = site.ssh_keys.new_pair(name)
    batch = Batch(name, pair.public, now, now + timedelta(days=days))
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
