"""The file of the batches whose enrolments are taken: inventory_hosts/enrolment_signers.txt, in git."""

from collections.abc import Mapping
from pathlib import Path

from deskprov.adapters.rewriting import rewrite
from deskprov.formats import enrolment_signers
from deskprov.formats.file_refusals import unreadable
from deskprov.model.enrolment import SIGNERS_FILE, Batch
from deskprov.model.problem import InvalidInput


class SignersFile:
    """The port `EnrolmentBatches` over the site whose folder is `root`."""

    def __init__(self, root: Path) -> None:
        self._path = root / SIGNERS_FILE

    def add(self, batch: Batch) -> None:
        """Adds the batch's line. Raises `SiteNotWritable`."""

        def edit(text: str) -> str:
            before = text if not text or text.endswith("\n") else f"{text}\n"
            return f"{before or enrolment_signers.HEADING}{enrolment_signers.line(batch)}\n"

        rewrite(self._path, edit)

    def read(self) -> Mapping[str, Batch]:
        """The batches by name. Raises `InvalidInput`."""
        try:
            text = self._path.read_text("utf-8", "replace")
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise InvalidInput([unreadable(SIGNERS_FILE, error)]) from error
        batches, problems = enrolment_signers.read(text)
        if problems:
            raise InvalidInput(problems)
        return batches
