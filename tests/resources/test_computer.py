"""What a practice PC says of a file for joining that is none: the words of Windows, whatever is in it."""

import base64

import pytest

from deskprov.model.practice_models import ModuleFailed
from deskprov.resources.computer.practice_windows import NOT_FOR_IT, membership


@pytest.mark.parametrize("content", [b"\xff\x00\xfe random", b"example.org LAB-08"])
def test_a_file_that_is_not_for_it_is_refused_as_windows_does(content: bytes) -> None:
    state = {"name": "LAB-07", "pending_name": "", "computer": {"domain": ""}}
    blob = base64.b64encode(content).decode()
    with pytest.raises(ModuleFailed) as refused:
        membership(state, {"state": "domain", "offline_join_blob": blob})
    assert str(refused.value) == NOT_FOR_IT
