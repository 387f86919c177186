"""The search finds what it looks for: one that never finds anything would pass every test of secrets."""

import base64
import json
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest
from passlib.hash import sha512_crypt

from deskprov.adapters.secrets import HASH_ROUNDS
from deskprov.practice.waiting import wait_until
from tests.canary import Canaries, forms, new_canaries


@pytest.fixture
def canaries() -> Canaries:
    return new_canaries(["sudo", "module"])


@pytest.mark.parametrize("form", sorted(forms("x")))
def test_every_form_is_found_in_a_file(canaries: Canaries, tmp_path: Path, form: str) -> None:
    (tmp_path / "file").write_bytes(b"before " + forms(canaries.values["module"])[form] + b" after")
    [found] = canaries.in_files([tmp_path])
    assert "module" in found
    assert "sudo" not in found


def test_what_programs_make_of_a_secret_is_found(canaries: Canaries) -> None:
    secret = canaries.values["sudo"]
    made = [
        json.dumps({"deep": [secret]}).encode(),
        urllib.parse.urlencode({"p": secret}, quote_via=urllib.parse.quote, safe="").encode(),
        *(base64.b64encode(b"x" * length + secret.encode() + b"tail") for length in range(6)),
        *(base64.b64encode(b"x" * length + f"$p = {secret}".encode("utf-16-le") + b"y") for length in range(0, 6, 2)),
        sha512_crypt.using(rounds=HASH_ROUNDS).hash(secret).encode(),
    ]
    assert [bool(canaries.pattern.search(data)) for data in made] == [True] * len(made)
    assert not canaries.pattern.search(b"nothing of the kind")


def test_a_secret_across_two_chunks_is_found(canaries: Canaries, tmp_path: Path) -> None:
    secret = canaries.values["sudo"].encode()
    (tmp_path / "large").write_bytes(b"x" * ((1 << 22) - 10) + secret)
    assert canaries.in_files([tmp_path])


def test_arguments_and_environment_are_seen(canaries: Canaries) -> None:
    secret = canaries.values["sudo"]
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with canaries.watched() as seen:
        for extra, environment, kind in (([secret], {}, "cmdline"), ([], {"X": secret}, "environ")):
            with subprocess.Popen([*command, *extra], env=environment, stdin=subprocess.PIPE) as process:
                assert wait_until(lambda kind=kind: any(kind in each for each in seen), 60)
                process.communicate()


def test_the_search_on_a_machine_finds_it(canaries: Canaries, tmp_path: Path) -> None:
    (tmp_path / "left").write_text(canaries.values["module"], "utf-8")
    program, order = canaries.search_on_machine(str(tmp_path))
    done = subprocess.run([sys.executable, "-c", program], input=order, capture_output=True, check=True)
    assert done.stdout.decode() == f"{tmp_path}/left\n"
