import pytest

from deskprov.formats.endpoint_text import last_lines, one_line


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"plain", "plain"),
        ("Zo\u00eb \u00f1 \u65e5\u672c".encode(), "Zo\u00eb \u00f1 \u65e5\u672c"),
        (b"\x1b[31mred\x1b[0m\x07", "[31mred [0m"),
        ("a\u202eb\u200bc\u2028d\ufeffe".encode(), "a b c d e"),
        (b"two\nlines\tand  space\r\n", "two lines and space"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("x" * 400, "x" * 299 + "\u2026"),
        (b"", ""),
    ],
)
def test_one_line_is_harmless(raw: bytes | str, expected: str) -> None:
    assert one_line(raw) == expected
    assert one_line(raw).isprintable()


def test_last_lines_that_say_anything() -> None:
    assert last_lines(b"1\n2\n\n3\n \n4\n\n", count=3) == ["2", "3", "4"]
    assert last_lines(b"") == []


def test_last_lines_of_much_is_cheap_and_short() -> None:
    lines = last_lines(b"x" * 50_000_000, count=3, limit=100)
    assert [len(line) for line in lines] == [100]
