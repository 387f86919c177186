"""The batches whose enrolments a site takes: ssh-keygen's file of allowed signers, one line for each printed script.

Format: ssh-keygen(1), ALLOWED SIGNERS. Anybody can check an enrolment with ssh-keygen and this file alone.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from deskprov.formats.known_hosts import key_blob
from deskprov.model.enrolment import NAMESPACE, SIGNERS_FILE, Batch
from deskprov.model.names import is_name
from deskprov.model.problem import Problem
from deskprov.model.source import Source

HEADING = (
    "# Printed by `deskprov bootstrap`: whose enrolments are taken, until when. Take a line out to end a script.\n"
)

_TIME = "%Y%m%d%H%M%SZ"
_LINE = re.compile(r'(\S+) namespaces="([^"]*)",valid-after="([^"]*)",valid-before="([^"]*)" (\S+ \S+)\Z')


def line(batch: Batch) -> str:
    """The line of a batch, without a line end."""
    begins, ends = (moment.astimezone(UTC).strftime(_TIME) for moment in (batch.begins, batch.ends))
    key = " ".join(batch.public_key.split(" ")[:2])
    return f'{batch.name} namespaces="{NAMESPACE}",valid-after="{begins}",valid-before="{ends}" {key}'


def read(text: str, file: str = SIGNERS_FILE) -> tuple[Mapping[str, Batch], list[Problem]]:
    """The batches by name, and what is wrong with the other lines."""
    batches: dict[str, Batch] = {}
    problems = []
    for number, stated in enumerate(text.splitlines(), start=1):
        if not stated.strip() or stated.startswith("#"):
            continue
        batch = _read_line(stated.strip())
        if batch is None or batch.name in batches:
            message = "this line is no batch as deskprov writes it, or the name stands here twice"
            problems.append(Problem(Source(file, number), "enrolment-signers", message, "take the line out"))
        else:
            batches[batch.name] = batch
    return batches, problems


def _read_line(text: str) -> Batch | None:
    found = _LINE.match(text)
    if not found or not is_name(found[1]) or found[2] != NAMESPACE:
        return None
    try:
        key_blob(found[5])
        begins, ends = (datetime.strptime(found[part], _TIME).replace(tzinfo=UTC) for part in (3, 4))
    except ValueError:
        return None
    return Batch(found[1], found[5], begins, ends)
