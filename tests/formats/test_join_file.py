"""What `djoin /provision` makes, what the module of Ansible gives, and what is neither."""

import base64
import codecs

import pytest

from deskprov.formats.join_file import LONGEST_JOIN_TEXT, join_text

TEXT = base64.b64encode(bytes(range(256)) * 8).decode()


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF16_LE + f"{TEXT}\0".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        f"{TEXT}\r\n".encode(),
        "\n".join(TEXT[n : n + 76] for n in range(0, len(TEXT), 76)).encode(),
    ],
)
def test_the_base64_alone(content: bytes) -> None:
    assert join_text(content) == TEXT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        codecs.BOM_UTF16_LE,
        codecs.BOM_UTF16_LE + b"a",
        b"-----BEGIN CERTIFICATE-----",
        b"s3cret words",
        b"\xff\xd8\xff",
        ("A" * (LONGEST_JOIN_TEXT + 4)).encode(),
    ],
)
def test_what_is_none_is_refused_without_a_word_of_it(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"is no file of `djoin|is longer than 65,536") as caught:
        join_text(content)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None
