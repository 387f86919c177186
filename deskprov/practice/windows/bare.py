"""A PC on which the bootstrap script has just run, as far as a double can play that: its account, certificate and file.

The script itself is not run here: a double has no PowerShell. What it is told is read out of it, and what it leaves
behind is made from that in the same form, by tests that read both with the same parser.
"""

import base64
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from deskprov.errors import PracticeError
from deskprov.formats.certificates import thumbprint
from deskprov.model.enrolment import FILE_PREFIX, NAMESPACE
from deskprov.model.practice_models import State
from deskprov.practice.windows.certificate import Certificate
from deskprov.practice.windows.local_accounts import ADMINISTRATORS, add_user, group, nt_hash
from deskprov.practice.windows.signature import signed_by_batch, signed_by_certificate

_ORDER = re.compile(r"\nmain '(?P<data>\{[\x20-\x26\x28-\x7e]*\})'\s*\Z")
_NEEDED = ("site", "user", "transport", "batch", "batch_key", "seal_certificate")


@dataclass(frozen=True, slots=True)
class Order:
    """What a bootstrap script is told."""

    site: str
    user: str
    batch: str
    batch_key: str = field(repr=False)
    seal_certificate: str


def order_in(script: str) -> Order:
    """What this script is told. Raises `PracticeError` when it is none of deskprov's for WinRM."""
    found = _ORDER.search(script)
    data: Mapping[str, Any] = json.loads(found["data"]) if found else {}
    told = {name: data.get(name) for name in _NEEDED}
    if not all(isinstance(value, str) and value for value in told.values()) or told["transport"] != "winrm":
        raise PracticeError(
            "That is no script that `deskprov bootstrap windows` has written for WinRM.",
            hint="Write one: deskprov bootstrap windows -o STICK, then: deskprov practice start windows --bare STICK",
        )
    del told["transport"]
    return Order(**{name: str(value) for name, value in told.items()})


def prepare(state: State, order: Order, certificate: Certificate) -> str:
    """Puts into a state what the script leaves behind, and returns the one-time password sealed to the batch."""
    password = f"{secrets.token_urlsafe(24)}aA1-"
    account = add_user(state, order.user, nt_hash(password))
    group(state, ADMINISTRATORS)["members"].append(account["sid"])
    der = _der(certificate)
    state["certificates"] = {thumbprint(der): certificate.key}
    holder = x509.load_der_x509_certificate(base64.b64decode(order.seal_certificate)).public_key()
    if not isinstance(holder, RSAPublicKey):
        raise PracticeError("The script's certificate for one-time passwords has no RSA key.")
    sealed = holder.encrypt(password.encode(), padding.OAEP(padding.MGF1(SHA256()), SHA256(), None))
    return base64.b64encode(sealed).decode()


def enrolment(
    state: State, order: Order, certificate: Certificate, address: tuple[str, int], one_time: str, now: datetime
) -> tuple[str, str]:
    """The enrolment file that the script would write: its name and its content."""
    machine = state["machine"]
    said = {
        "platform": "windows",
        "transport": "winrm",
        "site": order.site,
        "batch": order.batch,
        "user": order.user,
        "name": state["name"],
        "port": address[1],
        "addresses": [address[0]],
        "serial": machine["serial"],
        "uuid": machine["uuid"].lower(),
        "machine_id": machine["guid"],
        "macs": [],
        "os": "Microsoft Windows 11 Pro (practice PC)",
        "made": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "certificate": base64.b64encode(_der(certificate)).decode(),
        "one_time": one_time,
    }
    text = json.dumps(said)
    paper = {
        "deskprov_enrolment": 1,
        "enrolment": text,
        "by_machine": signed_by_certificate(text, NAMESPACE, _key(certificate)),
        "by_batch": signed_by_batch(text, NAMESPACE, _batch_key(order)),
    }
    return f"{FILE_PREFIX}{machine['serial']}.json", json.dumps(paper)


def _der(certificate: Certificate) -> bytes:
    return x509.load_pem_x509_certificate(certificate.certificate.encode()).public_bytes(Encoding.DER)


def _key(certificate: Certificate) -> RSAPrivateKey:
    key = load_pem_private_key(certificate.key.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise PracticeError("The practice PC's certificate has no RSA key.")
    return key


def _batch_key(order: Order) -> ec.EllipticCurvePrivateKey:
    d, x, y = (int.from_bytes(base64.b64decode(number), "big") for number in order.batch_key.split(" "))
    return ec.EllipticCurvePrivateNumbers(d, ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1())).private_key()
