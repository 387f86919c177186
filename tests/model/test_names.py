"""The one rule for names."""

import pytest
from pydantic import TypeAdapter, ValidationError

from deskprov.model.names import Name, is_name


@pytest.mark.parametrize(
    "text", ["a", "lab-01", "A.b_c-9", "0", "a" * 63, "lab.", "console", "com10", "nullable", "a.con"]
)
def test_names(text: str) -> None:
    assert is_name(text)
    assert TypeAdapter(Name).validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "-e",
            "--",
            ".a",
            "..",
            "../../x",
            "a/b",
            "a\\b",
            "~a",
            "a b",
            "a;id",
            "a\n",
            "a\0",
            "$a",
            "*",
            "a:b",
            "a,b",
        ),
        *("é", "１", "a\u202e", "a\u200b", "a" * 64, "{{a}}", "a[1:3]", "!a", "&a", "@a", "%a", "#a", "_meta"),
    ],
)
def test_what_is_no_name(text: str) -> None:
    assert not is_name(text)
    with pytest.raises(ValidationError, match="must be letters, digits"):
        TypeAdapter(Name).validate_python(text)


@pytest.mark.parametrize(
    "text",
    ["all", "ALL", "ungrouped", "localhost", "127.0.0.1", "CON", "con.yml", "Nul", "aux", "prn", "COM1", "lpt9.a.b"],
)
def test_reserved_names(text: str) -> None:
    assert not is_name(text)
    with pytest.raises(ValidationError, match="reserved"):
        TypeAdapter(Name).validate_python(text)
