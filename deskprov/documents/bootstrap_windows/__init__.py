"""What makes a bare Windows PC reachable: a script for a stick or for pasting.

The script is constant code of this package and one line of data, in ASCII: nothing is glued into code. Windows
PowerShell 5.1 reads a file without a byte-order mark in the PC's code page, so words in Spanish are escapes of JSON.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from importlib import resources

from deskprov.formats import strict_yaml
from deskprov.model.enrolment import NAMESPACE, WindowsOrder

LANGUAGES = ("en", "es")
NAMES_FILE = "deskprov-names.csv"
"""The list of names on the stick."""

_PC_NAME = re.compile(r"(?![0-9]+\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,13}[A-Za-z0-9])?\Z")
"""Naming conventions in Active Directory, learn.microsoft.com: a NetBIOS name, without signs that DNS refuses."""

_PARTS = ("begin", "here", "power", "account", "winrm", "ssh", "signature", "enrolment", "setup")


def windows_script(order: WindowsOrder) -> str:
    """The script, for Windows PowerShell 5.1 as an administrator. It holds no secret that opens anything."""
    data = {
        "site": order.site,
        "user": order.user,
        "transport": order.transport,
        "login_from": list(order.login_from),
        "login_key": " ".join(order.login_key.split(" ")[:2]),
        "seal_certificate": order.seal_certificate,
        "batch": order.batch.name,
        "batch_key": order.batch_key,
        "ends": int(order.batch.ends.timestamp()),
        "ends_words": f"{order.batch.ends:%Y-%m-%d}",
        "namespace": NAMESPACE,
        "texts": texts(order.language),
    }
    # in ASCII and without an apostrophe nothing ends the literal it stands in: about_Quoting_Rules
    block = json.dumps(data).replace("'", "\\u0027")
    code = "\n".join(_part(f"script/{name}.ps1") for name in _PARTS)
    return f"{code}\nmain '{block}'\n"


def names_file(names: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """The list of serial numbers and names for the stick, by its file name; none when there is no name in it.

    Names that no PC can have, and serial numbers that are no ASCII or stand twice, are left out: the script asks.
    """
    rows = {serial: name for serial, name in names if _PC_NAME.match(name) and serial.isascii()}
    twice = {serial for serial in rows if sum(serial == other for other, _ in names) > 1}
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(("serial", "name"))
    writer.writerows((serial, name) for serial, name in rows.items() if serial not in twice)
    return {NAMES_FILE: text.getvalue()} if rows.keys() - twice else {}


def texts(language: str) -> Mapping[str, str]:
    """What the script says, by the names that it uses; `{0}` stands for what is filled in there."""
    document, _ = strict_yaml.read(_part("texts.yaml"), "texts.yaml")
    words: Mapping[str, str] = document.data[language] if document else {}
    return words


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
