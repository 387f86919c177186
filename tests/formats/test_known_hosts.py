import subprocess
from pathlib import Path

import pytest

from deskprov.formats import known_hosts

ED = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ8u2xkqRSP35TayGBVw4sklChxVyZjQgwHMfwpJT/8"
EC = (
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCVv+Nc0Erk4dVV4mJRuc3BLiz+W"
    "Yn17LSQdKnNnEXJ7RHFKU5c3QIFsULt/5d9ZP0osI6tWfvDw3dudJQ8RTZU="
)
TEXT = f"# pinned\n\nlab-01 {ED}\nlab-02 {EC} a comment\n"


def test_reads_names_keys_and_places() -> None:
    pins, problems = known_hosts.read(TEXT, "inventory_hosts/known_hosts.txt")
    assert problems == []
    assert pins.keys == {"lab-01": ED, "lab-02": EC}
    assert [source.line for source in pins.sources.values()] == [3, 4]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("lab-01", "three words"),
        (f"192.0.2.1,lab-01 {ED}", "one host name"),
        (f"|1|abc=|def= {ED}", "one host name"),
        (f"[192.0.2.1]:22 {ED}", "one host name"),
        (f"* {ED}", "one host name"),
        (f"@revoked lab-09 {ED}", "@revoked is not supported"),
        (f"@cert-authority * {ED}", "@cert-authority is not supported"),
        ("lab-09 ssh-ed25519 AAAA!", "damaged"),
        ("lab-09 ssh-ed25519 AAAA", "none of"),
        (f"lab-09 ssh-rsa {ED.split()[1]}", "none of"),
        ("lab-09 ssh-dss AAAAB3NzaC1kc3M=", "none of"),
        (f"lab-01 {EC}", "second pinned key; the first stands in line 3"),
    ],
)
def test_lines_that_would_be_ambiguous_are_problems(line: str, words: str) -> None:
    pins, [problem] = known_hosts.read(f"{TEXT}{line}\n", "known_hosts.txt")
    assert words in problem.message
    assert (problem.source.file, problem.source.line) == ("known_hosts.txt", 5)
    assert pins.keys == {"lab-01": ED, "lab-02": EC}


def test_pin_replaces_every_key_of_the_machine_and_nothing_else() -> None:
    assert known_hosts.pin(TEXT, "lab-01", EC) == f"# pinned\n\nlab-02 {EC} a comment\nlab-01 {EC}\n"
    assert known_hosts.pin("", "lab-01", ED) == f"lab-01 {ED}\n"
    assert known_hosts.pin(f"a {ED}", "lab-01", ED) == f"a {ED}\nlab-01 {ED}\n"


def test_forget_takes_only_this_machine() -> None:
    assert known_hosts.forget(TEXT, "lab-02") == f"# pinned\n\nlab-01 {ED}\n"
    assert known_hosts.forget(TEXT, "lab-0") == TEXT


def test_fingerprint_is_that_of_openssh(tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text(EC)
    told = subprocess.run(["ssh-keygen", "-lf", tmp_path / "key.pub"], capture_output=True, text=True, check=True)
    assert known_hosts.fingerprint(EC) == told.stdout.split()[1]


def test_openssh_finds_the_pin_by_the_inventory_name(tmp_path: Path) -> None:
    (tmp_path / "pins").write_text(known_hosts.pin("", "lab-01", ED))
    told = subprocess.run(
        ["ssh-keygen", "-F", "lab-01", "-f", tmp_path / "pins"], capture_output=True, text=True, check=True
    )
    assert ED in told.stdout


DIGEST = "5f2c" * 16


def test_a_certificate_is_pinned_by_its_digest() -> None:
    line = f"x509-sha256 {DIGEST}"
    pins, problems = known_hosts.read(f"lab-01 {line}\n", "known_hosts.txt")
    assert (pins.keys, problems) == ({"lab-01": line}, [])
    assert known_hosts.certificate_digest(line) == DIGEST
    assert known_hosts.fingerprint(line) == f"SHA256:{DIGEST.upper()}"
    assert known_hosts.is_certificate(line) and not known_hosts.is_certificate(ED)


def test_its_line_is_that_of_the_certificate() -> None:
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of abc: FIPS 180-2, B.1
    assert known_hosts.certificate_line(b"abc") == f"x509-sha256 {digest}"


@pytest.mark.parametrize("digest", ["", DIGEST[:-1], DIGEST.upper(), f"{DIGEST}0", "g" * 64, ED.split()[1]])
def test_what_is_no_digest_pins_nothing(digest: str) -> None:
    pins, [problem] = known_hosts.read(f"lab-01 x509-sha256 {digest or '-'}\n", "known_hosts.txt")
    assert pins.keys == {}
    assert "cannot be used" in problem.message


def test_neither_is_taken_for_the_other() -> None:
    with pytest.raises(ValueError, match="is none of"):
        known_hosts.key_blob(f"x509-sha256 {DIGEST}")
    with pytest.raises(ValueError, match="no certificate"):
        known_hosts.certificate_digest(ED)


def test_openssh_passes_over_a_certificate(tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text(f"lab-01 x509-sha256 {DIGEST}\nlab-02 {ED}\n")
    command = ["ssh-keygen", "-F", "lab-02", "-f", str(tmp_path / "known_hosts")]
    assert ED in subprocess.run(command, capture_output=True, text=True, check=True).stdout
