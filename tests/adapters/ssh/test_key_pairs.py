"""Keys made here, and signatures as ssh-keygen makes them."""

import subprocess
from pathlib import Path

import pytest

from deskprov.adapters.ssh.key_pairs import OpenSshKeys
from deskprov.model.ssh_key import KeyPair, is_public_key

KEYS = OpenSshKeys()
TEXT = '{"name": "O\'Neil école"}\n'


def signature(folder: Path, pair: KeyPair, text: str = TEXT, namespace: str = "enrolment") -> str:
    key = folder / "key"
    key.unlink(missing_ok=True)
    key.write_text(pair.private)
    key.chmod(0o600)
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", namespace]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout.decode()


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return KEYS.new_pair("deskprov@example")


def test_a_pair_is_openssh_s_own(pair: KeyPair, tmp_path: Path) -> None:
    assert is_public_key(pair.public)
    assert "PRIVATE" not in repr(pair)
    (tmp_path / "key").write_text(pair.private)
    (tmp_path / "key").chmod(0o600)
    seen = subprocess.run(["ssh-keygen", "-yf", tmp_path / "key"], capture_output=True, text=True, check=True).stdout
    assert seen.split()[:2] == pair.public.split()[:2]


def test_only_the_key_s_own_signature_of_this_text_for_this_purpose_counts(pair: KeyPair, tmp_path: Path) -> None:
    good = signature(tmp_path, pair)
    assert KEYS.signed_by(pair.public, TEXT, good, "enrolment")
    other = KEYS.new_pair("other")
    assert not KEYS.signed_by(other.public, TEXT, good, "enrolment")
    assert not KEYS.signed_by(pair.public, TEXT + " ", good, "enrolment")
    assert not KEYS.signed_by(pair.public, TEXT, good, "git")
    assert not KEYS.signed_by(pair.public, TEXT, signature(tmp_path, pair, namespace="git"), "enrolment")
    assert not KEYS.signed_by(pair.public, TEXT, signature(tmp_path, other), "enrolment")


@pytest.mark.parametrize("nonsense", ["", "-----BEGIN SSH SIGNATURE-----", "\0", "x" * 8000, "ssh-ed25519 AAAA"])
def test_nonsense_is_no_signature(pair: KeyPair, nonsense: str) -> None:
    assert not KEYS.signed_by(pair.public, TEXT, nonsense, "enrolment")
