"""Who may come in: the right password on the right channel, for administrators only."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
import spnego
from requests.exceptions import SSLError
from winrm.exceptions import InvalidCredentialsError

from deskprov.adapters.winrm.transport import WinRmTransport
from deskprov.errors import ElevationRefused
from deskprov.model.inventory import OVER_TLS, Connection, Host
from deskprov.practice.windows.certificate import new_certificate
from deskprov.practice.windows.computer import Computer, fresh_state, write_state
from deskprov.practice.windows.local_accounts import ADMINISTRATORS, add_user, group, nt_hash
from deskprov.practice.windows.logon import Accounts, Logon, channel_bindings
from deskprov.testing import FixedSecrets
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
    own = desk.place.certificate.read_text()
    other = new_certificate("other", "127.0.0.1", datetime.now(UTC)).certificate
    accounts = Accounts(desk.place.accounts, Computer(desk.place.state))
    assert _who_is_in(accounts, own, own, "deskprov", desk.password) == "deskprov"
    assert _who_is_in(accounts, own, other, "deskprov", desk.password) == ""


def test_only_administrators_who_are_not_disabled_come_in(tmp_path: Path) -> None:
    state = fresh_state("pc", 0)
    for name in ("tech", "pupil", "former"):
        add_user(state, name, nt_hash("right"))
    for name in ("tech", "former"):
        group(state, ADMINISTRATORS)["members"].append(state["users"][name]["sid"])
    state["users"]["former"]["account_disabled"] = True
    write_state(tmp_path / "state.json", state)
    accounts = Accounts(tmp_path / "accounts", Computer(tmp_path / "state.json"))
    own = new_certificate("pc", "127.0.0.1", datetime.now(UTC)).certificate
    who = {name: _who_is_in(accounts, own, own, name, "right") for name in ("tech", "pupil", "former")}
    assert who == {"tech": "tech", "pupil": "", "former": ""}


@pytest.mark.ansible
def test_a_token_filter_that_a_baseline_set_back_lets_nobody_run_anything(fresh_desk: Desk) -> None:
    """As after a join to a domain whose policy sets it: the log-on is taken, and then nothing is allowed."""
    policy = {"path": "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System", "type": "dword"}
    policy |= {"name": "LocalAccountTokenFilterPolicy", "data": "0"}
    (result,) = fresh_desk.play({"ansible.windows.win_regedit": policy})
    assert result["changed"]
    for transport in OVER_TLS:
        connection = Connection(fresh_desk.pc.address, fresh_desk.pc.port, password="pw", transport=transport)
        host = Host("pc-1", connection, known_host=fresh_desk.pc.host_key)
        with pytest.raises(ElevationRefused) as caught:
            WinRmTransport(FixedSecrets({"pw": fresh_desk.password})).ask(host, b"")
        assert "LocalAccountTokenFilterPolicy must be 1" in caught.value.hint
        assert fresh_desk.journal("logon")[-1]["taken"]


def _who_is_in(accounts: Accounts, certificate: str, seen: str, user: str, password: str) -> str:
    """Whom a PC with this certificate lets in, when the client has seen that one."""
    logon = Logon(accounts, channel_bindings(certificate))
    client = spnego.client(user, password, protocol="ntlm", channel_bindings=channel_bindings(seen))
    challenge = logon.step(_header(client.step()))
    assert challenge
    logon.step(_header(client.step(base64.b64decode(challenge.removeprefix("Negotiate ")))))
    return logon.user


def _header(token: bytes | None) -> str:
    assert token
    return f"Negotiate {base64.b64encode(token).decode()}"
