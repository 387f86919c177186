"""A certificate must be the one that was reviewed, and nothing secret."""

import pytest
from pydantic import ValidationError

from deskprov.formats.pem import thumbprint_of
from deskprov.resources.certificates import Options
from tests.formats.test_pem import PEM

THUMBPRINT = str(thumbprint_of(PEM))


def test_the_file_must_hold_the_certificate_that_is_stated() -> None:
    made = Options(thumbprint=THUMBPRINT.lower(), source="profiles/a.pem", source_text=PEM)
    assert made.thumbprint == THUMBPRINT


@pytest.mark.parametrize(
    ("stated", "text", "words"),
    [
        ("0" * 40, PEM, f"holds another certificate: its thumbprint is {THUMBPRINT}"),
        (THUMBPRINT, "no PEM", "one certificate as PEM text"),
        (THUMBPRINT, PEM + PEM, "one certificate as PEM text"),
        (THUMBPRINT, PEM + "-----BEGIN RSA PRIVATE KEY-----", "holds a private key"),
    ],
)
def test_another_file_is_refused(stated: str, text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Options(thumbprint=stated, source="profiles/a.pem", source_text=text)
