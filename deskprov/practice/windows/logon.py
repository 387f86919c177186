"""Who may come in: by NTLM as a PC without a domain takes it, by pyspnego's acceptor, or by what SSH shows.

Only members of Administrators that are not disabled may log on; of what others may do there is no model. Passwords are
kept as NT hashes, as on Windows, in the state and in the file from which pyspnego reads accounts (MS-NLMP; smbpasswd(5)
for its format).
"""

import base64
import hashlib
import hmac
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import spnego
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

from deskprov.model.practice_models import State
from deskprov.practice.windows import file_system
from deskprov.practice.windows.computer import Computer
from deskprov.practice.windows.local_accounts import ADMINISTRATORS, group, is_filtered, nt_hash
from deskprov.practice.windows.reach import is_reached
from deskprov.practice.windows.sealing import Seal

AUTHORIZED_KEYS = r"C:\ProgramData\ssh\administrators_authorized_keys"
"""The keys of all administrators, one a line."""

NTLM_BEGIN = b"NTLMSSP\0"
KERBEROS_BEGIN = bytes.fromhex("06092a864886f712010202")
"""The OID of Kerberos, 1.2.840.113554.1.2.2, with which its tokens begin after their length (RFC 1964)."""

SETTINGS = r"hklm\software\microsoft\windows\currentversion\wsman\service"
"""Where Windows keeps the settings of its WinRM service."""


def channel_bindings(certificate: str) -> GssChannelBindings:
    """What binds a log-on to the TLS channel with this certificate: RFC 5929, tls-server-end-point."""
    der = x509.load_pem_x509_certificate(certificate.encode()).public_bytes(Encoding.DER)
    return GssChannelBindings(application_data=b"tls-server-end-point:" + hashlib.sha256(der).digest())


class Accounts:
    """The accounts that may log on, where pyspnego looks for them; for the whole process.

    A file `keytab` beside that of the accounts has the keys of a PC that belongs to a domain, whose people all come in.
    """

    def __init__(self, file: Path, computer: Computer) -> None:
        self._file = file
        self._computer = computer
        os.environ |= {"NTLM_USER_FILE": str(file), "KRB5_KTNAME": f"FILE:{file.with_name('keytab')}"}

    def service_allows(self, setting: str) -> bool:
        """True when this setting of the WinRM service (`auth_basic`, `allow_unencrypted`) is on; fresh PCs' are off."""

        def is_on(state: State) -> bool:
            values = state["registry"].get(SETTINGS, {"values": {}})["values"]
            return bool(values.get(setting, {"data": 0})["data"])

        return self._computer.look(is_on)

    def reach(self, transport: str, port: int, remote: str) -> bool:
        """True when somebody at this address gets an answer at all."""
        return self._computer.look(lambda state: is_reached(state, transport, port, remote))

    def takes_password(self, name: str, password: str) -> bool:
        """True when this is the password of an account that may log on."""
        right = self._computer.look(
            lambda state: [user["nt_hash"] for user in _may_log_on(state) if user["name"].lower() == name.lower()]
        )
        return any(hmac.compare_digest(kept.lower(), nt_hash(password).lower()) for kept in right)

    def takes_key(self, name: str, key: str) -> bool:
        """True when an account of this name may log on, and this public key, without comment, is an administrator's."""
        return self._computer.look(
            lambda state: (
                key in _authorized_keys(state)
                and any(user["name"].lower() == name.lower() for user in _may_log_on(state))
            )
        )

    def is_filtered(self, user: str) -> bool:
        """True when this user is let in, but without an administrator's rights."""
        return self._computer.look(lambda state: is_filtered(state, user))

    def refresh(self) -> None:
        """Writes the accounts as they are now."""
        text = self._computer.look(_smbpasswd)
        self._file.touch(mode=0o600)
        if self._file.read_text("utf-8") != text:
            new = self._file.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(text, "utf-8")
            new.replace(self._file)


class Logon:
    """The log-on of one connection. `user` is who is in, and empty before."""

    def __init__(self, accounts: Accounts, bindings: GssChannelBindings | None) -> None:
        self._accounts = accounts
        self._bindings = bindings
        self._context: spnego.ContextProxy | None = None
        self.user = ""

    @property
    def offers(self) -> str:
        """The ways to log on, as a header's value."""
        return 'Negotiate, Basic realm="WSMAN"' if self._accounts.service_allows("auth_basic") else "Negotiate"

    @property
    def seal(self) -> Seal | None:
        """What each message is sealed with; None for a log-on that has no key (Basic)."""
        return Seal(self._context) if self._context else None

    def step(self, authorization: str) -> str | None:
        """The token for the client's, as a header's value: empty when it is in; None when it is refused."""
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() == "basic":
            return self._with_password(text)
        if scheme.lower() not in ("negotiate", "ntlm", "kerberos"):
            return None
        try:
            token = base64.b64decode(text, validate=True)
            context = self._context or self._begin(token)
            answer = context.step(token)
        except (SpnegoError, ValueError, struct.error):
            self._context = None
            return None
        self._context = context
        if context.complete:
            self.user = context.client_principal or ""
        return f"{scheme} {base64.b64encode(answer).decode()}" if answer else ""

    def _with_password(self, text: str) -> str | None:
        try:
            user, _, password = base64.b64decode(text, validate=True).decode("latin-1").partition(":")
        except ValueError:
            return None
        if self._accounts.service_allows("auth_basic") and self._accounts.takes_password(user, password):
            self.user = user
            return ""
        return None

    def _begin(self, token: bytes) -> spnego.ContextProxy:
        self._accounts.refresh()
        if KERBEROS_BEGIN in token[:32]:
            return spnego.server(protocol="kerberos", service="WSMAN", channel_bindings=self._bindings)
        raw = token.startswith(NTLM_BEGIN)
        options = spnego.NegotiateOptions.use_ntlm if raw else spnego.NegotiateOptions.use_negotiate
        protocol = "ntlm" if raw else "negotiate"
        return spnego.server(options=options, protocol=protocol, channel_bindings=self._bindings)


def _smbpasswd(state: State) -> str:
    lines = []
    for user in _may_log_on(state):
        for domain in ("", f"{state['name']}\\"):
            lines.append(f"{domain}{user['name']}:0:{'0' * 32}:{user['nt_hash'].upper()}:[U]:LCT-0\n")
    return "".join(lines)


def _may_log_on(state: State) -> Iterator[dict[str, Any]]:
    members = group(state, ADMINISTRATORS)["members"]
    for user in state["users"].values():
        if user["sid"] in members and not user["account_disabled"] and user["nt_hash"]:
            yield user


def _authorized_keys(state: State) -> list[str]:
    found = file_system.find(state, AUTHORIZED_KEYS)
    if found is None or found["folder"]:
        return []
    lines = file_system.read(found).decode("utf-8", "replace").splitlines()
    return [" ".join(line.split()[:2]) for line in lines]
