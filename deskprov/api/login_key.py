"""The key that the site logs in with: made by `init`, or stated by the site."""

from deskprov.api.site import Site
from deskprov.errors import WrongUsage
from deskprov.model.ports.keys import SshKeys
from deskprov.model.ssh_key import KeyPair

_NOT_IN_A_COMMENT = str.maketrans({" ": "-"})


def new_login_key(keys: SshKeys, site_name: str) -> KeyPair:
    """A fresh pair that says in its comment whose it is."""
    plain = "".join(c for c in site_name.translate(_NOT_IN_A_COMMENT) if c.isascii() and (c.isalnum() or c in "-_."))
    return keys.new_pair(f"deskprov@{plain[:60] or 'site'}")


def make(site: Site) -> KeyPair:
    """Makes and keeps a key for a site that has none. Raises `WrongUsage` when it has one, `SiteNotWritable`."""
    if site.settings.login_key:
        raise WrongUsage(
            "The site has a log-in key already: login_key in deskprov.yml.",
            hint="deskprov bootstrap linux prints the script that lets it in.",
        )
    pair = new_login_key(site.ssh_keys, site.settings.name)
    site.login_key.keep(pair)
    return pair


def public_key(site: Site) -> str:
    """The public half, as in a .pub file. Raises `WrongUsage` when the site has none."""
    if not site.settings.login_key:
        raise WrongUsage(
            "The site has no log-in key yet.",
            hint="deskprov bootstrap login-key makes one. To use your own (ssh-agent, a hardware key), state its "
            "public half in deskprov.yml: login_key: ssh-ed25519 AAAA…",
        )
    return site.settings.login_key
