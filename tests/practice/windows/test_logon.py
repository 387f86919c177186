"""Who may come in: the right password on the right channel, for administrators only."""

import base64
from datetime import UTC, datetime

import pytest
import spnego
from requests.exceptions import SSLError
from winrm.exceptions import InvalidCredentialsError

from deskprov.practice.windows.certificate import new_certificate
from deskprov.practice.windows.computer import Computer
from deskprov.practice.windows.logon import Accounts, Logon, channel_bindings
from tests.practice.windows.desk import Desk


def test_the_right_password_comes_in(desk: Desk) -> None:
    protocol = desk.winrm()
    protocol.close_shell(protocol.open_shell())
    assert desk.journal("logon")[-1] == {"what": "logon", "user": "deskprov", "taken": True}


@pytest.mark.parametrize(("user", "password"), [("deskprov", "wrong"), ("nobody", None), ("administrator", "")])
def test_others_do_not(desk: Desk, user: str, password: str | None) -> None:
    refused = len([entry for entry in desk.journal("logon") if not entry["taken"]])
    with pytest.raises(InvalidCredentialsError):
        desk.winrm(user, password).open_shell()
    assert len([entry for entry in desk.journal("logon") if not entry["taken"]]) == refused + 1


def test_its_certificate_is_its_own(fresh_desk: Desk) -> None:
    (other,) = fresh_desk.start()
    protocol = fresh_desk.winrm()
    protocol.transport.endpoint = f"https://{other.address}:{other.port}/wsman"
    with pytest.raises(SSLError):
        protocol.open_shell()


def test_a_logon_is_bound_to_the_channel(desk: Desk) -> None:
    """A relay with a certificate of its own is not let in, although the password is right."""
    certificate = desk.place.certificate.read_text()
    other = new_certificate("other", "127.0.0.1", datetime.now(UTC)).certificate
    accounts = Accounts(desk.place.accounts, Computer(desk.place.state))
    seen = {}
    for shown in (certificate, other):
        logon = Logon(accounts, channel_bindings(certificate))
        client = spnego.client("deskprov", desk.password, protocol="ntlm", channel_bindings=channel_bindings(shown))
        challenge = logon.step(_header(client.step()))
        assert challenge
        logon.step(_header(client.step(base64.b64decode(challenge.removeprefix("Negotiate ")))))
        seen[shown] = logon.user
    assert seen[certificate] == "deskprov"
    assert seen[other] == ""


def _header(token: bytes | None) -> str:
    assert token
    return f"Negotiate {base64.b64encode(token).decode()}"
