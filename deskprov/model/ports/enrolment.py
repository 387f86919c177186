"""Ports for taking bare machines in: whose enrolments count, and the files that were carried here."""

from collections.abc import Mapping
from typing import Protocol

from deskprov.model.enrolment import Batch


class EnrolmentBatches(Protocol):
    """The printed scripts whose enrolments the site takes. Nothing secret is kept."""

    def add(self, batch: Batch) -> None:
        """From now on enrolments of this batch are taken, until it ends. Raises `SiteNotWritable`."""

    def read(self) -> Mapping[str, Batch]:
        """The batches by name, also those that have ended. Raises `InvalidInput`."""
