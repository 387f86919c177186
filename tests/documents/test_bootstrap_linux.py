"""The script for a bare machine, as text: what a shell and a terminal make of it. It runs in tests/end_to_end."""

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from deskprov.documents.bootstrap_linux import LANGUAGES, bootstrap_linux, texts
from deskprov.model.enrolment import Batch, BootstrapOrder
from tests.formats.hostile_texts import SEEDS

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
BATCH = Batch("batch-20261125-00aa11", f"ssh-ed25519 {'B' * 68}", NOW, NOW + timedelta(days=14))
ORDER = BootstrapOrder(
    site="Example school district",
    user="deskprov",
    login_key=f"ssh-ed25519 {'A' * 68} deskprov@example",
    batch=BATCH,
    batch_key="-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_shellcheck_finds_nothing(language: str) -> None:
    script = bootstrap_linux(replace(ORDER, language=language)).encode()
    done = subprocess.run(["shellcheck", "--shell=sh", "-"], input=script, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


def test_every_value_arrives_as_it_is_and_none_is_run() -> None:
    for text in (text for text in SEEDS if "\0" not in text):
        script = bootstrap_linux(replace(ORDER, site=f"{text}.", login_from=[text]))
        values = script[script.index("\nsite=") : script.index("\nmemory=")]
        show = f'{values}\nprintf \'%s|\' "$site" "$login_from" "$user"'
        done = subprocess.run(
            ["sh", "-eu"], input=show.encode("utf-8", "surrogatepass"), capture_output=True, check=False
        )
        assert done.stdout == f"{text}.|{text}|deskprov|".encode("utf-8", "surrogatepass"), text


def test_a_terminal_takes_it_as_it_is() -> None:
    """A tab would ask for completion, and a line over 4095 bytes is cut off by the kernel's line editor."""
    for language in LANGUAGES:
        script = bootstrap_linux(replace(ORDER, language=language))
        assert "\t" not in script
        assert max(len(line.encode()) for line in script.splitlines()) < 4000
        assert script.startswith("#!/bin/sh\n")
        assert script.endswith("\n)\n")


def test_both_languages_say_the_same() -> None:
    english, spanish = (texts(language) for language in LANGUAGES)
    assert list(english) == list(spanish)
    for name, text in english.items():
        assert text.count("%s") == spanish[name].count("%s"), name
        assert text != spanish[name]
        assert text.count("%") == text.count("%s")
