"""The script for a bare Windows PC, as text; it runs in tests/powershell."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from deskprov.documents.bootstrap_windows import LANGUAGES, NAMES_FILE, names_file, texts, windows_script
from deskprov.model.enrolment import Batch, WindowsOrder
from tests.formats.hostile_texts import SEEDS

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
ORDER = WindowsOrder(
    site="Example school district",
    user="deskprov",
    batch=Batch("batch-20261125-00aa11", f"ecdsa-sha2-nistp256 {'B' * 68}", NOW, NOW + timedelta(days=14)),
    batch_key="D X Y",
    login_from=["10.1.0.5"],
    transport="winrm",
    seal_certificate="AAAA",
)


def test_every_value_arrives_as_it_is_and_ends_no_literal() -> None:
    for text in SEEDS:
        script = windows_script(replace(ORDER, site=text))
        *_, last = script.splitlines()
        [block] = re.findall(r"\Amain '([\x20-\x26\x28-\x7e]*)'\Z", last)
        assert json.loads(block)["site"] == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_ascii_and_begins_with_its_parameters(language: str) -> None:
    script = windows_script(replace(ORDER, language=language))
    assert script.isascii()
    code = [line for line in script.splitlines() if line and not line.startswith("#")]
    assert code[0].startswith("param(")
    assert "\t" not in script, "a terminal would ask for completion"


def test_both_languages_say_the_same() -> None:
    english, spanish = (texts(language) for language in LANGUAGES)
    assert list(english) == list(spanish)
    for name, text in english.items():
        assert sorted(re.findall(r"\{\d\}", text)) == sorted(re.findall(r"\{\d\}", spanish[name])), name
        assert text != spanish[name]
        assert not re.search(r"[{}]", re.sub(r"\{\d\}", "", text + spanish[name])), name


def test_every_text_is_said_and_every_one_said_is_there() -> None:
    said = set(re.findall(r"\$say\.(\w+)", windows_script(ORDER)))
    assert said == set(texts("en"))


def test_the_list_of_names_leaves_out_what_cannot_be_one() -> None:
    rows = [("SN-1", "GV-1"), ("SN-2", "1234"), ("SN-3", "GV_3"), ("SN-4", "GV-4"), ("SN-4", "GV-5"), ('S"N,5', "GV-6")]
    text = names_file(rows)[NAMES_FILE]
    assert text == '"serial","name"\r\n"SN-1","GV-1"\r\n"S""N,5","GV-6"\r\n'
    assert names_file([("SN-2", "1234")]) == {}
