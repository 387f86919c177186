"""What is to be kept out of logs and tracebacks is in no repr, whatever prints it."""

import importlib
import pkgutil

import pytest
from rich.pretty import pretty_repr

import deskprov
from deskprov.adapters.ansible import broker, runner
from deskprov.model.discreet import Discreet
from deskprov.model.secret import Value

EVERY_MODULE = [
    module.name
    for package in ("model", "api", "adapters", "practice")
    for module in pkgutil.walk_packages([f"{deskprov.__path__[0]}/{package}"], f"deskprov.{package}.")
    if "migrations" not in module.name
]


class Account(Discreet, frozen=True):
    hidden = frozenset({"password"})

    name: str
    password: str
    note: str = ""


@pytest.mark.parametrize("printed", [repr, str, pretty_repr, lambda value: repr([value]), lambda value: f"{value}"])
def test_what_is_hidden_is_not_printed(printed) -> None:
    assert printed(Account("robin", "river-stone")).removeprefix("[").removesuffix("]") == (
        "Account(name='robin', note='')"
    )


def test_it_is_told_apart_by_it_all_the_same() -> None:
    assert Account("robin", "river-stone") != Account("robin", "another")
    assert Value("river-stone") == Value("river-stone")


def test_each_hides_fields_that_it_has() -> None:
    for name in EVERY_MODULE:
        importlib.import_module(name)
    kinds = set(_below(Discreet)) - {Account}
    assert {Value, broker.Handout, runner._Values} <= kinds
    for kind in kinds:
        assert kind.hidden
        assert kind.hidden <= set(kind.__struct_fields__), kind


def _below(kind: type[Discreet]) -> list[type[Discreet]]:
    return [each for direct in kind.__subclasses__() for each in (direct, *_below(direct))]
