"""Large files of the site, which a machine fetches from deskprov itself: Ansible's own connection is slow for them."""

from msgspec import Struct

LARGE = 1024 * 1024
"""Bytes from which on a machine fetches a file itself (decision 36)."""

VARIABLE = "deskprov_served"
"""Under which a playbook finds the offers, by their tickets."""

SLOW = "slow"
"""The word under which a script says why a file did not come, and the reason of a result that came the long way."""


class Offer(Struct, frozen=True):
    """Where one machine may fetch one file, once: the address, and the SHA-256 of the certificate there as hex.

    Where there can be no such place `trouble` says why, and the others are empty.
    """

    url: str = ""
    pin: str = ""
    trouble: str = ""
