"""A bare practice PC leaves behind what the script leaves behind, in the same form; no other script is played."""

import base64
from datetime import UTC, datetime

import pytest

from deskprov.adapters.enrolment_seals import RsaSeals
from deskprov.adapters.ssh.key_pairs import OpenSshKeys
from deskprov.documents.bootstrap_windows import windows_script
from deskprov.errors import PracticeError
from deskprov.formats.certificates import thumbprint
from deskprov.formats.enrolment import SignedEnrolment, read
from deskprov.model.enrolment import NAMESPACE, Batch, WindowsOrder
from deskprov.practice.keys import new_key_pair
from deskprov.practice.windows.answers.sealed import put_in_force
from deskprov.practice.windows.bare import Order, WayIn, enrolment, order_in, over_ssh, over_winrm
from deskprov.practice.windows.certificate import certificate_of_bootstrap
from deskprov.practice.windows.computer import State, fresh_state
from deskprov.practice.windows.local_accounts import nt_hash

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
SIGNING = OpenSshKeys().new_p256_pair("batch-1")
SEAL = RsaSeals().new_pair("batch-1")
BATCH = Batch("batch-1", SIGNING.public, NOW, NOW)


def script(transport: str) -> str:
    order = WindowsOrder(
        site="O'Neil",
        user="deskprov",
        batch=BATCH,
        batch_key=SIGNING.private,
        login_from=["127.0.0.1"],
        transport=transport,
        login_key=f"ssh-ed25519 {'A' * 68}" if transport == "ssh" else "",
        seal_certificate="" if transport == "ssh" else SEAL.certificate,
    )
    return windows_script(order)


def written(state: State, order: Order, way: WayIn) -> SignedEnrolment:
    name, content = enrolment(state, order, way, ("127.0.0.1", 5986), NOW)
    signed, problems = read(content.encode(), name)
    assert signed is not None, problems
    return signed


def test_over_winrm_the_file_is_signed_by_both_and_its_password_is_the_accounts() -> None:
    state, order = fresh_state("pc-1", 0), order_in(script("winrm"))
    certificate = certificate_of_bootstrap("pc-1", "127.0.0.1", NOW)
    signed, keys = written(state, order, over_winrm(state, order, certificate)), OpenSshKeys()
    assert keys.signed_by(SIGNING.public.rpartition(" ")[0], signed.text, signed.by_batch, NAMESPACE)
    assert keys.signed_by(signed.machine_key, signed.text, signed.by_machine, NAMESPACE)
    password = RsaSeals().opened(signed.enrolment.one_time, SEAL.private)
    assert state["users"]["deskprov"]["nt_hash"] == nt_hash(password)

    held = thumbprint(base64.b64decode(signed.enrolment.certificate))
    own = RsaSeals().sealed("its own", signed.enrolment.certificate)
    assert put_in_force(state, ["deskprov", held, own]) == {"in_force": True}
    assert state["users"]["deskprov"]["nt_hash"] == nt_hash("its own")
    assert state["certificates"] == fresh_state("pc-1", 0)["certificates"], "its own key is no authority that it trusts"


def test_over_ssh_the_file_has_the_host_key() -> None:
    state, order, pair = fresh_state("pc-1", 0), order_in(script("ssh")), new_key_pair()
    signed = written(state, order, over_ssh(state, order, pair))
    assert (signed.enrolment.host_key, signed.enrolment.shell, signed.enrolment.one_time) == (pair.public, "cmd", "")
    assert OpenSshKeys().signed_by(pair.public, signed.text, signed.by_machine, NAMESPACE)


@pytest.mark.parametrize("text", ["", "Write-Host hello\n", "\nmain '{}'\n", '\nmain \'{"transport": "ssh"}\'\n'])
def test_another_script_is_not_played(text: str) -> None:
    with pytest.raises(PracticeError, match="no script"):
        order_in(text)
