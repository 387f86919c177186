"""Where private keys are, and what is refused."""

import os
import stat
from pathlib import Path

import pytest
from pyrage import decrypt

from deskprov.adapters.escrow.identity import Identity
from deskprov.adapters.escrow.key_store import PersonalKeys
from deskprov.adapters.escrow.new_password import LENGTH, LETTERS, new_password
from deskprov.adapters.escrow.sealing import ROUND_BYTES, Seal
from deskprov.errors import SecretUnavailable, SiteNotWritable
from deskprov.model.secret import Value
from deskprov.model.settings import IdentityPlace


def unused(place: IdentityPlace) -> str:
    raise AssertionError(place)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    keys = PersonalKeys(tmp_path / "config" / "keys")
    return Path(keys.save(keys.new_pair(), "My «site»"))


def refusal(file: Path, root: Path = Path("/site")) -> SecretUnavailable:
    with pytest.raises(SecretUnavailable) as told:
        Identity(IdentityPlace(file=str(file)), root, unused).keys()
    assert "AGE-SECRET" not in told.value.message
    return told.value


def test_a_private_key_is_for_its_owner_only(key_file: Path) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700
    assert key_file.name.startswith("my-site-")
    text = key_file.read_text()
    assert text.startswith("# public key: age1")
    assert len(Identity(IdentityPlace(file=str(key_file)), Path("/site"), unused).keys()) == 1


def test_a_key_is_never_written_over_another(tmp_path: Path) -> None:
    keys = PersonalKeys(tmp_path)
    pair = keys.new_pair()
    path = Path(keys.save(pair, "site"))
    path.write_text("mine")
    with pytest.raises(SiteNotWritable, match="something else is in its place"):
        keys.save(pair, "site")
    assert path.read_text() == "mine"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o660, 0o601])
def test_a_key_that_others_can_reach_is_not_used(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    told = refusal(key_file)
    assert f"Others can read the private key {key_file} (mode 0{mode:o})" in told.message
    assert f"chmod 600 {key_file}" in told.hint


def test_a_key_beside_what_it_opens_is_not_used(key_file: Path, tmp_path: Path) -> None:
    assert "lies in the site" in refusal(key_file, root=tmp_path).message
    link = tmp_path / "link.key"
    link.symlink_to(key_file)
    assert "lies in the site" in refusal(link, root=tmp_path / "config").message


def test_a_key_that_is_not_here(tmp_path: Path) -> None:
    told = refusal(tmp_path / "none.key")
    assert "is not on this computer" in told.message
    assert "Setting machines up needs no private key" in told.hint
    with pytest.raises(SecretUnavailable, match="does not say where the private key is"):
        Identity(None, Path("/site"), unused).keys()


def test_what_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "x.key"
    for text in ("", "hunter2\n", "AGE-SECRET-KEY-1XYZ\n", "\xff"):
        file.write_text(text, "latin-1")
        file.chmod(0o600)
        told = refusal(file)
        assert "is no private key of age" in told.message
        assert "hunter2" not in told.message + told.hint
    file.unlink()
    os.mkfifo(file, 0o600)
    assert "no plain file" in refusal(file).message


def test_a_key_from_elsewhere(key_file: Path) -> None:
    place = IdentityPlace(env="SITE_KEY")
    assert len(Identity(place, Path("/site"), lambda asked: key_file.read_text()).keys()) == 1
    with pytest.raises(SecretUnavailable, match="What is in escrow_identity is no private key"):
        Identity(place, Path("/site"), lambda asked: "x").keys()


def test_the_size_of_what_is_sealed_tells_nothing(key_file: Path) -> None:
    public = key_file.read_text().split()[3]
    identity = Identity(IdentityPlace(file=str(key_file)), Path("/site"), unused)
    seal = Seal([public], identity)
    sealed = [seal.seal(Value("x" * length, "m"), "site wifi") for length in (1, 8, 100)]
    assert {len(decrypt(one, identity.keys())) for one in sealed} == {ROUND_BYTES}
    long = Value("ñ" * ROUND_BYTES, "m")
    assert seal.open(seal.seal(long, "site wifi"), "site wifi", "wifi") == long


def test_a_public_key_with_a_typing_mistake(key_file: Path) -> None:
    seal = Seal(["age1" + "q" * 58], Identity(None, Path("/site"), unused))
    with pytest.raises(SecretUnavailable, match="is no public key of age"):
        seal.seal(Value("x"), "site wifi")


def test_passwords_are_long_enough_and_typed_alike_everywhere() -> None:
    made = {new_password() for _ in range(1000)}
    assert len(made) == 1000
    assert len(LETTERS) ** LENGTH >= 2**70
    assert set("".join(made)) == set(LETTERS)
    assert not set(LETTERS) & set("aqwzymilo")
