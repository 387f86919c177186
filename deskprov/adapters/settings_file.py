"""Finds the site around a folder and reads its `deskprov.yml`; variables of the environment go before the file."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from deskprov.errors import SiteNotFound
from deskprov.formats import strict_yaml
from deskprov.formats.file_refusals import reason, unreadable
from deskprov.formats.option_problems import Places, option_problems
from deskprov.formats.yaml_scalars import plain_value
from deskprov.model.problem import InvalidInput, Problem, has_errors, settled
from deskprov.model.settings import Settings, SettingsInForce
from deskprov.model.source import Document, Source, ValuePath

FILE = "deskprov.yml"
FORMAT = 1

TEXTS = ("name", "time_zone", "database")
NUMBERS = ("concurrency", "step_minutes", "run_minutes", "plan_days")
VARIABLES = {f"DESKPROV_{name.upper()}": name for name in (*TEXTS, *NUMBERS)}
"""Environment variables that go before the file."""


def find_site(folder: Path) -> Path:
    """The folder of the nearest `deskprov.yml` from here upward. Raises `SiteNotFound`."""
    try:
        return _nearest_site(folder)
    except OSError as error:
        message = f"{error.filename or folder} cannot be looked into: {reason(error)}."
        raise SiteNotFound(message, hint="-C names the folder of a site.") from error


def _nearest_site(folder: Path) -> Path:
    start = folder.resolve()
    if not start.is_dir():
        raise SiteNotFound(f"There is no folder {folder}.", hint="-C names the folder of a site.")
    for candidate in (start, *start.parents):
        if (candidate / FILE).is_file():
            return candidate
    raise SiteNotFound(
        f"There is no {FILE} in {start} or in a folder above it.",
        hint="deskprov init makes a site; -C DIR, before the verb, names the folder of one.",
    )


def read_settings(folder: Path) -> SettingsInForce:
    """The settings of the site in this folder and where each comes from. Raises `InvalidInput` with every problem."""
    try:
        content = (folder / FILE).read_bytes()
    except OSError as error:
        raise InvalidInput([unreadable(FILE, error)]) from error
    return settings_from(content, os.environ)


def settings_from(content: bytes, environment: Mapping[str, str]) -> SettingsInForce:
    """The settings out of the bytes of `deskprov.yml`, with the variables of `VARIABLES` before them."""
    document, problems = strict_yaml.read_bytes(content, FILE)
    if document is None or (format_problems := _format_problems(document)):
        raise InvalidInput(settled([*problems, *([] if document is None else format_problems)]))
    stated = {variable: environment[variable] for variable in VARIABLES if environment.get(variable)}
    overrides = {VARIABLES[variable]: _value(VARIABLES[variable], text) for variable, text in stated.items()}
    places = {VARIABLES[variable]: Source(f"the variable {variable}", 1) for variable in stated}
    data = {**document.data, **overrides}

    def place(path: ValuePath) -> Source:
        return places.get(str(path[0]) if path else "") or document.source(path)

    settings = None
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        problems += option_problems(error, Settings, data, Places(place, document.key_source))
    if settings is None or has_errors(problems):
        raise InvalidInput(settled(problems))
    return SettingsInForce(settings, _origins(document, stated))


def _origins(document: Document, stated: Mapping[str, str]) -> Mapping[str, str]:
    from_file = {name: str(document.key_source((name,))) for name in document.data}
    from_environment = {VARIABLES[variable]: variable for variable in stated}
    return {name: (from_file | from_environment).get(name, "default") for name in Settings.model_fields}


def _format_problems(document: Document) -> list[Problem]:
    start = document.source(())
    if not isinstance(document.data, dict):
        return [
            Problem(start, "settings-format", "the settings must be lines of `name: value`", "begin with format: 1")
        ]
    if "format" not in document.data:
        return [Problem(start, "settings-format", "`format` is missing", "begin the file with format: 1")]
    stated = document.data["format"]
    if stated == FORMAT and type(stated) is int:
        return []
    newer = isinstance(stated, int) and stated > FORMAT
    message = f"format {stated} is newer than this release of deskprov" if newer else "`format` must be the number 1"
    hint = "upgrade deskprov: pip install --upgrade deskprov" if newer else "write format: 1"
    return [Problem(document.source(("format",)), "settings-format", message, hint, "format")]


def _value(name: str, text: str) -> Any:
    return plain_value(text.strip()) if name in NUMBERS else text
