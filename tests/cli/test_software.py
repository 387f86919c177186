"""software search, as an author of profiles types it on a real folder."""

import json
from pathlib import Path

import pytest

from deskprov.cli.main import run

SOFTWARE = """\
software:
  - {name: vlc, windows: {version: "3.0.21"}}
  - {name: school-tool, windows: {url: "https://example.org/tool.msi", sha256: %s, product: School Tool}}
""" % ("ab" * 32)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "deskprov.yml").write_text("format: 1\nname: School\n")
    (tmp_path / "software.yml").write_text(SOFTWARE)
    return tmp_path


def test_products_are_found_by_any_of_their_names_and_all_words_count(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(site), "software", "search", "MOZILLA", "browser", "--json"]) == 0
    [firefox] = json.loads(capsys.readouterr().out)["products"]
    assert (firefox["name"], firefox["known_as"]["apt"], firefox["source"]) == ("firefox", "firefox-esr", None)
    assert run(["-C", str(site), "software", "search", "firefox-esr"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("firefox  ")
    assert "    Linux, package: firefox-esr\n" in told.out
    assert told.err == "1 found. In a profile: software: [firefox]\n"


def test_what_the_site_describes_stands_with_its_line_also_what_no_catalogue_knows(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(site), "software", "search", "--json"]) == 0
    found = {each["name"]: each["source"] for each in json.loads(capsys.readouterr().out)["products"]}
    assert {name: source["line"] for name, source in found.items() if source} == {"vlc": 2, "school-tool": 3}
    assert list(found) == sorted(found)
    assert run(["-C", str(site), "software", "search", "school"]) == 0
    assert capsys.readouterr().out == "school-tool  software.yml:3\n"


def test_nothing_found_says_what_another_name_is(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(site), "software", "search", "no", "such"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Nothing is called no such in the catalogue or in software.yml.")


def test_a_broken_file_of_the_site_is_said(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "software.yml").write_text("software: [\n")
    assert run(["-C", str(site), "software", "search", "vlc"]) == 3
    assert "software.yml" in capsys.readouterr().err
