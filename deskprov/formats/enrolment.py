"""Reads enrolment files, which come from anywhere: what the bootstrap script wrote, or what was copied from a terminal.

An enrolment is one text with two signatures below it; what is checked is that text, byte for byte. Whether the
signatures are good is not said here.
"""

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from msgspec import Struct
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from deskprov.formats.certificates import certificate_der, ssh_key_of
from deskprov.formats.known_hosts import certificate_line, key_blob
from deskprov.formats.option_problems import Places, option_problems
from deskprov.formats.posix import AccountName
from deskprov.model.enrolment import Enrolment
from deskprov.model.inventory import WINRM
from deskprov.model.names import Name
from deskprov.model.placeholder import is_placeholder
from deskprov.model.platform import Platform
from deskprov.model.problem import Problem
from deskprov.model.source import Source

MOST_BYTES = 64 * 1024

_BEGIN, _END = "-----BEGIN DESKPROV ENROLMENT-----", "-----END DESKPROV ENROLMENT-----"
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_AGAIN = "write it anew: run the bootstrap script on that machine again"

_Model = TypeVar("_Model", bound=BaseModel)


class SignedEnrolment(Struct, frozen=True):
    """An enrolment, the very text that was signed, and the signatures below it, in OpenSSH's format.

    `machine_key` is the public key that `by_machine` must be of: the host key, or that of the certificate.
    """

    file: str
    enrolment: Enrolment
    text: str
    by_machine: str
    by_batch: str
    machine_key: str


def read(content: bytes, file: str) -> tuple[SignedEnrolment | None, list[Problem]]:
    """The enrolment, or everything that is wrong with the file."""
    try:
        outer = _json(_copied(_decoded(content)))
        paper, problems = _checked(_Paper, outer, file)
        if paper is None:
            return None, problems
        data = _json(paper.enrolment)
        said, problems = _checked(_form(data), data, file)
    except ValueError as error:
        return None, [Problem(Source(file, 1), "enrolment", str(error), _AGAIN)]
    if said is None:
        return None, problems
    stated = said.model_dump() | {
        "made": datetime.strptime(said.made, _TIME).replace(tzinfo=UTC),
        "platform": Platform(said.platform),
        "host_key": said.pinned,
    }
    signed = (paper.enrolment, paper.by_machine, paper.by_batch, said.machine_key)
    return SignedEnrolment(file, Enrolment(**stated), *signed), []


def _form(data: dict[str, Any]) -> "type[_SaidOfSsh | _SaidOfWindowsSsh | _SaidOfWinRm]":
    if data.get("transport") == WINRM:
        return _SaidOfWinRm
    return _SaidOfWindowsSsh if data.get("platform") == Platform.WINDOWS else _SaidOfSsh


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise ValueError(f"the file is larger than {MOST_BYTES // 1024} KiB, so it is no enrolment")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("the file is no text") from error


def _copied(text: str) -> str:
    """What stands between the markers, if they are there."""
    if _BEGIN not in text:
        return text
    inside, end, _ = text.partition(_BEGIN)[2].partition(_END)
    if not end:
        raise ValueError("the last lines are missing: the marker END is not there")
    try:
        return base64.b64decode("".join(inside.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("what stands between the markers was not copied whole") from error


def _json(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_no_constant)
    except (RecursionError, json.JSONDecodeError) as error:
        raise ValueError("the file is no enrolment, or was not copied whole") from error
    if not isinstance(data, dict):
        raise ValueError("the file is no enrolment")
    return data


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise ValueError("the file states something twice")
    return data


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"the file holds {word}, which is no number")


def _checked(model: type[_Model], data: dict[str, Any], file: str) -> tuple[_Model | None, list[Problem]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        place = Source(file, 1)
        return None, option_problems(error, model, data, Places(lambda _: place, lambda _: place))


def _test(good: Callable[[str], object], words: str) -> AfterValidator:
    def check(text: str) -> str:
        try:
            accepted = good(text)
        except ValueError:
            accepted = False
        if accepted is False or accepted is None:
            raise ValueError(words)
        return text

    return AfterValidator(check)


def _real(text: str) -> str:
    line = " ".join(text.split())
    return "" if is_placeholder(line) else line


_Line = Annotated[str, Field(max_length=200), _test(str.isprintable, "holds what cannot be printed")]
_ByMaker = Annotated[_Line, AfterValidator(_real)]
_Address = Annotated[str, _test(ipaddress.ip_address, "must be an IP address")]
_Key = Annotated[
    str, Field(max_length=3000), _test(lambda text: text.count(" ") == 1 and key_blob(text), "is no host key")
]
_Mac = Annotated[str, _test(re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}\Z").match, "must be a hardware address")]
_MachineId = Annotated[
    str,
    _test(
        re.compile(r"(?:[0-9a-f]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\Z").match,
        "must be 32 hexadecimal digits",
    ),
]
_Certificate = Annotated[str, Field(max_length=8 * 1024), _test(certificate_der, "is no certificate with an RSA key")]
_Sealed = Annotated[str, _test(re.compile(r"[A-Za-z0-9+/]{200,1000}={0,2}\Z").match, "is no sealed password")]
_HostName = Annotated[str, _test(re.compile(r"[A-Za-z0-9_.-]{1,64}\Z").match, "must be a host name")]
_Moment = Annotated[
    str, _test(lambda text: datetime.strptime(text, _TIME), "must be a moment such as 2026-11-25T09:00:00Z")
]


class _Paper(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    deskprov_enrolment: Literal[1]
    enrolment: Annotated[str, Field(max_length=32 * 1024)]
    by_machine: Annotated[str, Field(max_length=8 * 1024)]
    by_batch: Annotated[str, Field(max_length=8 * 1024)]


class _Said(BaseModel):
    """What every script says of a machine."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: _HostName
    addresses: Annotated[list[_Address], Field(min_length=1, max_length=16)]
    port: Annotated[int, Field(ge=1, le=65535)]
    user: AccountName
    serial: _ByMaker
    uuid: _ByMaker
    machine_id: _MachineId
    macs: Annotated[list[_Mac], Field(max_length=16)]
    os: _Line
    made: _Moment
    site: _Line
    batch: Name


class _SaidWithHostKey(_Said):
    """Of a machine that is known by its host key."""

    host_key: _Key

    @property
    def pinned(self) -> str:
        return self.host_key

    @property
    def machine_key(self) -> str:
        return self.host_key


class _SaidOfSsh(_SaidWithHostKey):
    """Of a machine that takes the site's key."""

    platform: Literal["linux"] = "linux"
    transport: Literal["ssh"] = "ssh"


class _SaidOfWindowsSsh(_SaidWithHostKey):
    """Of a Windows PC that takes the site's key."""

    platform: Literal["windows"]
    transport: Literal["ssh"]
    shell: Literal["powershell", "cmd"]


class _SaidOfWinRm(_Said):
    """Of a machine that shows a certificate and takes a password."""

    platform: Literal["windows"]
    transport: Literal["winrm"]
    certificate: _Certificate
    one_time: _Sealed

    @property
    def pinned(self) -> str:
        return certificate_line(certificate_der(self.certificate))

    @property
    def machine_key(self) -> str:
        return ssh_key_of(certificate_der(self.certificate))
