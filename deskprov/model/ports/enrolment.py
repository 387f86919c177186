"""Ports for taking bare machines in: whose enrolments count, and the files that were carried here."""

from collections.abc import Mapping
from typing import Protocol

from deskprov.model.enrolment import Batch, SealingPair


class EnrolmentBatches(Protocol):
    """The printed scripts whose enrolments the site takes. Nothing secret is kept."""

    def add(self, batch: Batch) -> None:
        """From now on enrolments of this batch are taken, until it ends. Raises `SiteNotWritable`."""

    def read(self) -> Mapping[str, Batch]:
        """The batches by name, also those that have ended. Raises `InvalidInput`."""


class Seals(Protocol):
    """Short texts that only the holder of a private key can read: one-time passwords, on their way to and fro."""

    def new_pair(self, name: str) -> SealingPair:
        """A fresh pair that is nowhere on a disk. The name is plain characters."""

    def sealed(self, text: str, certificate: str) -> str:
        """The text for the holder of this certificate's key, in base64. Raises `ValueError` for a certificate that is
        no good for that.
        """

    def opened(self, sealed: str, private: str) -> str:
        """The text. Raises `ValueError` when this key does not open it."""
