"""What a machine shows of the password of one of its accounts."""

from msgspec import Struct


class Proof(Struct, frozen=True):
    """`number` is which of those asked about is in force, None when none is known to be; `why` says then why not."""

    number: int | None = None
    why: str = ""
