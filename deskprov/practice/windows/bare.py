"""A PC on which the bootstrap script has just run, as far as a double can play that: its account, certificate and file.

The script itself is not run here: a double has no PowerShell. What it is told is read out of it, and what it leaves
behind is made from that in the same form, by tests that read both with the same parser.
"""

import base64
import json
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from msgspec import Struct

from deskprov.errors import PracticeError
from deskprov.formats.certificates import thumbprint
from deskprov.model.discreet import Discreet
from deskprov.model.enrolment import FILE_PREFIX, NAMESPACE
from deskprov.model.inventory import SSH, WINRM
from deskprov.model.practice_models import State
from deskprov.practice.keys import KeyPair
from deskprov.practice.windows.certificate import Certificate
from deskprov.practice.windows.local_accounts import ADMINISTRATORS, add_user, group, nt_hash
from deskprov.practice.windows.signature import signed_by_batch, signed_by_certificate, signed_by_host_key

_ORDER = re.compile(r"\nmain '(?P<data>\{[\x20-\x26\x28-\x7e]*\})'\s*\Z")
_NEEDED = ("site", "user", "transport", "batch", "batch_key")
_OF_TRANSPORT = {WINRM: "seal_certificate", SSH: "login_key"}


class Order(Discreet, frozen=True):
    """What a bootstrap script is told; `login_key` for SSH, `seal_certificate` for WinRM."""

    hidden = frozenset({"batch_key"})

    site: str
    user: str
    transport: str
    batch: str
    batch_key: str
    seal_certificate: str
    login_key: str


class WayIn(Struct, frozen=True):
    """What the file states of the way in, and how it is signed with the PC's own key."""

    stated: Mapping[str, str]
    signed: Callable[[str, str], str]


def order_in(script: str) -> Order:
    """What this script is told. Raises `PracticeError` when it is none of deskprov's."""
    found = _ORDER.search(script)
    data: Mapping[str, Any] = json.loads(found["data"]) if found else {}
    needed = (*_NEEDED, _OF_TRANSPORT.get(data.get("transport", ""), "transport"))
    if not all(isinstance(data.get(name), str) and data[name] for name in needed):
        raise PracticeError(
            "That is no script that `deskprov bootstrap windows` has written.",
            hint="Write one: deskprov bootstrap windows -o STICK, then: deskprov practice start windows --bare STICK",
        )
    return Order(**{name: str(data.get(name, "")) for name in Order.__struct_fields__})


def add_account(state: State, order: Order) -> str:
    """The account that the script makes, in Administrators, which it keeps awake; returns its random password."""
    password = f"{secrets.token_urlsafe(24)}aA1-"
    state["kept_awake"] = True
    account = add_user(state, order.user, nt_hash(password))
    group(state, ADMINISTRATORS)["members"].append(account["sid"])
    return password


def over_winrm(state: State, order: Order, certificate: Certificate) -> WayIn:
    """Puts the certificate into the PC's store; its file brings it, and the password sealed to the batch."""
    password, der = add_account(state, order), _der(certificate)
    state["own_certificates"] = {thumbprint(der): certificate.key}
    holder = x509.load_der_x509_certificate(base64.b64decode(order.seal_certificate)).public_key()
    if not isinstance(holder, RSAPublicKey):
        raise PracticeError("The script's certificate for one-time passwords has no RSA key.")
    sealed = holder.encrypt(password.encode(), padding.OAEP(padding.MGF1(SHA256()), SHA256(), None))
    stated = {"certificate": base64.b64encode(der).decode(), "one_time": base64.b64encode(sealed).decode()}
    return WayIn(stated, lambda text, namespace: signed_by_certificate(text, namespace, _key(certificate)))


def over_ssh(state: State, order: Order, host_key: KeyPair) -> WayIn:
    """The host key is in the file; nobody knows the account's password."""
    add_account(state, order)
    stated = {"host_key": host_key.public, "shell": "cmd"}
    return WayIn(stated, lambda text, namespace: signed_by_host_key(text, namespace, host_key.private))


def enrolment(state: State, order: Order, way: WayIn, address: tuple[str, int], now: datetime) -> tuple[str, str]:
    """The enrolment file that the script would write: its name and its content."""
    machine = state["machine"]
    said = {
        "platform": "windows",
        "transport": order.transport,
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
        **way.stated,
    }
    text = json.dumps(said)
    paper = {
        "deskprov_enrolment": 1,
        "enrolment": text,
        "by_machine": way.signed(text, NAMESPACE),
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
