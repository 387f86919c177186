"""deskprov's own account on a Windows PC keeps its rights."""

from typing import Any

import pytest

from deskprov.model.platform import Platform, validated
from deskprov.model.resource import Resource
from deskprov.model.source import Source
from deskprov.resources.users import Options
from deskprov.stages.windows_way_in import losses_of_account

LINE, OTHER_LINE = Source("profiles/a.yml", 7), Source("profiles/a.yml", 9)


def losses(login: str, **spec: Any) -> list[str]:
    options = validated(Options, {"name": "Tech", **spec}, Platform.WINDOWS)
    of_options = dict.fromkeys(spec, OTHER_LINE)
    return list(map(str, losses_of_account([Resource("users", "Tech", options, LINE, of_options)], login)))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"state": "absent"}, "would be removed"),
        ({"role": "standard"}, "would no longer be an administrator"),
        ({"disabled": True}, "would be switched off"),
        ({"expires": "2027-06-30"}, "would end on a day"),
        ({"password": "first"}, "would get another password"),
    ],
)
def test_what_takes_something_from_it_is_refused(spec: dict[str, Any], words: str) -> None:
    [option] = spec
    for login in ("tech", "TECH", "PC-1\\tech", ".\\Tech", "tech@pc-1"):
        assert losses(login, **spec) == [
            f"profiles/a.yml:9:1: users/Tech is how deskprov comes in to this machine, and {words}; "
            f"take `{option}` out of this entry, or log in with another account"
        ]
    assert losses("deskprov", **spec) == []


def test_what_takes_nothing_from_it_is_not() -> None:
    kept = {"role": "administrator", "disabled": False, "expires": "never", "groups": ["Users"], "full_name": "T"}
    assert losses("tech", **kept) == []
