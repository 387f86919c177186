"""The schemas that editors are given: they take what deskprov takes, and underline planted mistakes."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from deskprov.api.schemas import profile_schema, settings_schema
from deskprov.documents.starter_site import escrow_settings, starter_site
from deskprov.formats import strict_yaml
from deskprov.formats.json_schema import DRAFT
from deskprov.formats.json_schema import profile_schema as schema_of
from deskprov.formats.option_docs import option_docs
from deskprov.model.resource_type import ONLY_ONE
from deskprov.resources import TYPES
from tests.stages.lamps import LAMPS, WITH_CLIMATE
from tests.stages.lamps import TYPES as TOY_TYPES

EXAMPLE = Path(__file__).parent.parent.parent
PROFILES = sorted(EXAMPLE.glob("profiles/**/*.yml"))


def data(text: str) -> Any:
    document, problems = strict_yaml.read(text, "a.yml")
    assert problems == []
    assert document is not None
    return document.data


def errors(schema: dict[str, Any], value: Any) -> int:
    return len(list(jsonschema.Draft7Validator(schema).iter_errors(value)))


def test_the_schemas_are_draft_7_without_references() -> None:
    for schema in (profile_schema(), settings_schema()):
        assert schema["$schema"] == DRAFT
        jsonschema.Draft7Validator.check_schema(schema)
        assert "$ref" not in json.dumps(schema)
        assert "$defs" not in json.dumps(schema)


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.stem)
def test_the_example_profiles_fit(file: Path) -> None:
    assert errors(profile_schema(), data(file.read_text("utf-8"))) == 0


def test_the_example_and_starter_settings_fit() -> None:
    assert errors(settings_schema(), data((EXAMPLE / "deskprov.yml").read_text("utf-8"))) == 0
    starter = starter_site("X", f"ssh-ed25519 {'A' * 68}", escrow_settings(["age1" + "0" * 58], "~/x.key"), {})
    assert errors(settings_schema(), data(starter["deskprov.yml"])) == 0
    for path, text in starter.items():
        if path.startswith("profiles/") and path.endswith(".yml"):
            assert errors(profile_schema(), data(text)) == 0


@pytest.mark.parametrize(
    "lamps",
    [
        "[desk]",
        "[{name: desk, colour: '${vars.c}', rooms: ['${vars.r}', hall], watts: 5}]",
        "[{name: desk, key: lock, manual: files/x.txt, state: absent}]",
        "",
    ],
)
def test_what_deskprov_takes_fits(lamps: str) -> None:
    assert errors(schema_of(TOY_TYPES), data(f"profile: a\nlamps: {lamps}\n")) == 0


@pytest.mark.parametrize(
    "text",
    [
        "lamps: []",
        "profile: a b",
        "profile: a\nplatform: bsd",
        "profile: a\nlamp: [x]",
        "profile: a\nextends: base",
        "profile: a\nvars: {a: 1}",
        "profile: a\nlamps: {name: x}",
        "profile: a\nlamps: [5]",
        "profile: a\nlamps: [{watts: 5}]",
        "profile: a\nlamps: [{name: d, wats: 5}]",
        "profile: a\nlamps: [{name: d, watts: '5'}]",
        "profile: a\nlamps: [{name: d, watts: 500}]",
        "profile: a\nlamps: [{name: d, colour: RED}]",
        "profile: a\nlamps: [{name: d, state: gone}]",
        "profile: a\nlamps: [{name: d, rooms: x}]",
        "profile: a\nlamps: [{name: d, manual_sha256: x}]",
        "profile: a\nlamps: [{name: d, key: '${vars.k}'}]",
    ],
)
def test_planted_mistakes_do_not_fit(text: str) -> None:
    assert errors(schema_of(TOY_TYPES), data(text)) > 0


def test_what_a_machine_has_once_is_no_list() -> None:
    schema = schema_of(WITH_CLIMATE)
    assert errors(schema, data("profile: a\nclimate: {degrees: 20, motto: '${asset.tag}'}\n")) == 0
    assert errors(schema, data("profile: a\nclimate:\n")) == 0
    for wrong in ("[{degrees: 20}]", "20", "{degres: 20}", "{degrees: 99}", "{state: absent}"):
        assert errors(schema, data(f"profile: a\nclimate: {wrong}\n")) > 0


@pytest.mark.parametrize(
    "text",
    ["name: x", "format: 2\nname: x", "format: 1\nname: x\nnmae: y", "format: 1\nname: x\nsecrets: {a: {evn: B}}"],
)
def test_planted_mistakes_in_settings_do_not_fit(text: str) -> None:
    assert errors(settings_schema(), data(text)) > 0


def test_every_option_has_its_line_of_documentation() -> None:
    for kind in TYPES:
        docs = option_docs(kind.Options, kind.KEY)
        assert docs[0].name == kind.KEY or kind.KEY == ONLY_ONE
        assert [doc.name for doc in docs[-3:]] == ["state", "needs", "reboot"]
        for doc in docs:
            assert doc.about.endswith("."), (kind.NAME, doc.name)
            assert "anything" not in doc.takes, (kind.NAME, doc.name)


def test_options_in_words() -> None:
    docs = {doc.name: doc for doc in option_docs(LAMPS.Options, LAMPS.KEY)}
    assert (docs["name"].takes, docs["name"].required) == ("text", True)
    assert (docs["watts"].takes, docs["watts"].limits, docs["watts"].default) == ("whole number", "1 to 100", "")
    assert (docs["dimmed"].takes, docs["dimmed"].default) == ("true or false", "false")
    assert (docs["note"].takes, docs["note"].limits) == ("text", "at most 5000 characters")
    assert docs["rooms"].takes == "list of text"
    assert docs["key"].takes == "name of a secret"
    assert docs["manual"].takes == "file beside the profile"
    assert (docs["state"].takes, docs["state"].default) == ("present or absent", "present")
    assert "manual_text" not in docs
