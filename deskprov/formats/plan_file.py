"""Plan files as text: written the same way every time, read strictly, and never more than compared with."""

import hashlib
import json
from typing import Any

from pydantic import ValidationError

from deskprov.model.plan_file import MOST_BYTES, Content, PlanFile
from deskprov.model.problem import InvalidInput, Problem
from deskprov.model.source import Source, path_words

MOST_TOLD = 20


def sealed(content: Content) -> dict[str, Any]:
    """The content with its digest, which shows that a file was cut short, merged or edited. It is no signature:
    whoever edits the file on purpose can compute it anew.
    """
    return {**content, "digest": _digest(content)}


def written(content: Content) -> str:
    """The text of a plan file, its lines short enough to be reviewed as a difference."""
    return json.dumps(sealed(content), indent=1, ensure_ascii=True) + "\n"


def read(data: bytes, name: str) -> PlanFile:
    """The plan file in these bytes; `name` is what problems call it. Raises `InvalidInput` with every problem."""
    content = _json(data, name)
    if not isinstance(content, dict) or "deskprov_plan" not in content:
        raise _invalid(name, "is no plan of deskprov", "deskprov plan HOST -o NAME.plan.json writes one")
    if content["deskprov_plan"] != 1:
        raise _invalid(name, "was made by a release with another format of plans", "make the plan anew")
    try:
        plan = PlanFile.model_validate(content)
    except ValidationError as error:
        raise InvalidInput([_problem(name, path_words(each["loc"]), each["msg"]) for each in _first(error)]) from error
    if plan.digest != _digest({key: value for key, value in content.items() if key != "digest"}):
        raise _invalid(name, "was altered, or cut short, since it was made", "make the plan anew")
    names = [each.host for each in plan.hosts]
    if len(set(names)) < len(names):
        raise _invalid(name, "names a machine twice", "make the plan anew")
    return plan


def _digest(content: Content) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _json(data: bytes, name: str) -> Any:
    if len(data) > MOST_BYTES:
        raise _invalid(name, f"is larger than {MOST_BYTES // 2**20} MiB", "plan fewer machines at once")
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_no_number)
    except RecursionError as error:
        raise _invalid(name, "is nested too deeply", "make the plan anew") from error
    except ValueError as error:
        raise _invalid(name, f"cannot be read as JSON: {error}", "make the plan anew") from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key stands there twice")
    return dict(pairs)


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _first(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False, include_input=False))[:MOST_TOLD]


def _invalid(name: str, message: str, hint: str) -> InvalidInput:
    return InvalidInput([Problem(Source(name, 1), "plan-file", message, hint)])


def _problem(name: str, path: str, message: str) -> Problem:
    told = message[:1].lower() + message[1:]
    return Problem(Source(name, 1), "plan-file", f"`{path}`: {told}", "make the plan anew", path)
