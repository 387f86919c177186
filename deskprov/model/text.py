"""What an option of text takes, said where the option is declared: for its documentation, for editors and for tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from deskprov.model.platform import Platform


class Reach(StrEnum):
    """How much text can be in an option; a test holds every option to it."""

    WORD = "word"  # harmless ASCII without spaces, quotes or signs that a shell, YAML or a template knows
    LINE = "line"  # any printable Unicode on one line, but what the words exclude
    TEXT = "text"  # whatever a file of the site may hold, line ends included


@dataclass(frozen=True, slots=True)
class Accepts:
    """An annotation of a type of text: what it takes, in words for the documentation, and as a pattern for editors.

    The pattern never refuses what the type's validator takes. `on` says where the reach is another one.
    """

    words: str
    reach: Reach
    pattern: str = ""
    on: Mapping[Platform, Reach] = field(default_factory=dict, hash=False)

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The type's schema with the pattern, and with `x-accepts` and `x-reach`, which editors pass over."""
        pattern = {"pattern": self.pattern} if self.pattern else {}
        elsewhere = {"x-reach-on": {place.value: reach.value for place, reach in self.on.items()}} if self.on else {}
        words = {"x-accepts": self.words, "x-reach": self.reach.value, **elsewhere}
        return {**handler(core_schema), **pattern, **words}
