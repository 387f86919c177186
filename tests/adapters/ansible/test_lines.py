"""Lines of the player: however long or deep a machine makes them, one is one event and the run goes on."""

import io
import json

import pytest

from deskprov.adapters.ansible import player
from deskprov.adapters.ansible.supervision import bounded_lines, parsed


@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        (b"", []),
        (b"one\ntwo\n", [b"one\n", b"two\n"]),
        (b"one\ntw", [b"one\n", b"tw"]),
        (b"0123456789\ntwo\n", [b"01234567", b"two\n"]),
        (b"0123456\ntwo\n", [b"0123456\n", b"two\n"]),
        (b"01234567\ntwo\n", [b"01234567", b"two\n"]),
        (b"x" * 100, [b"x" * 8]),
    ],
)
def test_a_long_line_is_cut_and_the_next_is_whole(sent: bytes, lines: list[bytes]) -> None:
    assert list(bounded_lines(io.BytesIO(sent), 8)) == lines


@pytest.mark.parametrize("raw", [b"", b"no json", b'{"event": "runner', b"[]", b"[" * 100_000, b'{"a":' * 100_000])
def test_what_is_no_line_is_nothing(raw: bytes) -> None:
    assert parsed(raw) == {}


def test_of_a_huge_result_the_player_tells_how_it_went() -> None:
    huge = "x" * player.LINE_LIMIT
    result = {"rc": 3, "failed": True, "msg": "why" + huge, "stdout": huge, "changed": [huge]}
    line = {"event": "runner_on_failed", "data": {"host": "pc-1", "task": "001 Go", "res": result}, "changed": False}
    written = player.written(line)
    assert len(written) < player.LINE_LIMIT
    told = json.loads(written)["data"]
    assert (told["host"], told["task"]) == ("pc-1", "001 Go")
    assert (told["res"]["rc"], told["res"]["failed"], told["res"]["changed"]) == (3, True, None)
    assert told["res"]["msg"].startswith("why")
