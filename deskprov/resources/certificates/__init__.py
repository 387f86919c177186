"""Certificates that a computer trusts: roots, intermediate authorities and publishers, each from a file of the site.

Private keys are not for this type: a key that lies in git, or in a file on its way, is not private any more.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from deskprov.formats.pem import thumbprint_of
from deskprov.model.platform import Platform
from deskprov.model.resource import KNOWN_BY, FromResolving, ResourceOptions, SitePath
from deskprov.model.resource_type import no_needs, no_preview, no_reboot
from deskprov.model.text import Accepts, Reach
from deskprov.model.want import Wanted

NAME = "certificates"
KEY = "thumbprint"
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

_PATTERN = r"^[0-9A-Fa-f]{40}$"

Thumbprint = Annotated[
    str,
    Field(pattern=_PATTERN),
    AfterValidator(str.upper),
    Accepts("40 hexadecimal digits, without colons and spaces", Reach.WORD, _PATTERN),
]


class Options(ResourceOptions):
    """A certificate that the whole computer trusts."""

    thumbprint: Thumbprint = Field(
        description="Its SHA-1, as Windows shows it: `openssl x509 -noout -fingerprint -sha1 -in FILE`, without colons."
    )
    store: Literal["root", "intermediate", "publisher"] = Field(
        default="root",
        json_schema_extra=KNOWN_BY,
        description="What it is trusted as: an authority of its own, one below another, or who may sign programs.",
    )
    source: SitePath | None = Field(default=None, description="The file beside the profile that holds it, as PEM text.")
    source_text: FromResolving = None

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.state == "absent":
            return self
        if self.source is None:
            raise ValueError("needs its source: the file beside the profile that holds the certificate")
        if self.source_text is not None and (problem := _misfit(self.source_text, self.thumbprint)):
            raise ValueError(f"{self.source} {problem}")
        return self


def _misfit(text: str, thumbprint: str) -> str:
    """What is wrong with the file, as the end of a sentence, or an empty text."""
    if "PRIVATE KEY" in text:
        return (
            "holds a private key, which must not lie among the files of a site: make a new key, and keep that one out"
        )
    found = thumbprint_of(text)
    if found is None:
        return (
            "must hold one certificate as PEM text: openssl x509 -inform der -in FILE -out FILE.pem makes it of another"
        )
    return "" if found == thumbprint else f"holds another certificate: its thumbprint is {found}"


def desired(options: Options) -> Mapping[str, Wanted]:
    """That it is there: nothing of a certificate can be corrected."""
    return {"store": options.store}


needs = no_needs
preview = no_preview
reboot = no_reboot
