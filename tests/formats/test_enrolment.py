"""Enrolment files: what the script writes is read, anything else is said in words."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskprov.adapters.enrolment_seals import RsaSeals
from deskprov.formats.certificates import certificate_der
from deskprov.formats.enrolment import MOST_BYTES, read
from deskprov.formats.known_hosts import certificate_line
from deskprov.model.platform import Platform

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE4kK9q/nZnXb92zv771qaL/m2jwWfJICGm4V5UlfyDi"
SAID: dict[str, Any] = {
    "site": "O'Neil école",
    "batch": "batch-20261125-00aa11",
    "user": "deskprov",
    "name": "debian",
    "port": 22,
    "addresses": ["192.0.2.7", "2001:db8::7"],
    "host_key": KEY,
    "serial": "PF-4 2X",
    "uuid": "4c4c4544-0042-4c10-8051-b4c04f565432",
    "machine_id": "3ff013a417dd41aa980bffd247c0f091",
    "macs": ["02:fc:00:00:00:01"],
    "os": "Debian GNU/Linux 12 (bookworm)",
    "made": "2026-11-25T13:10:29Z",
}


CERTIFICATE = RsaSeals().new_pair("PC-1").certificate
OF_WINDOWS: dict[str, Any] = {
    **{name: value for name, value in SAID.items() if name != "host_key"},
    "platform": "windows",
    "transport": "winrm",
    "machine_id": "0f3a1c52-9d7e-4b8a-8c11-5a6b7c8d9e0f",
    "certificate": CERTIFICATE,
    "one_time": "A" * 512,
}


def paper(text: str | None = None, **changed: Any) -> dict[str, Any]:
    said = json.dumps({**SAID, **changed}) if text is None else text
    return {"deskprov_enrolment": 1, "enrolment": said, "by_machine": "one", "by_batch": "two"}


def written(**changed: Any) -> bytes:
    return json.dumps(paper(**changed)).encode()


def copied(content: bytes) -> bytes:
    lines = base64.encodebytes(content).decode()
    begin, end = (f"-----{word} DESKPROV ENROLMENT-----" for word in ("BEGIN", "END"))
    return f"root@debian:~# …\n{begin}\n{lines}{end}\nmore\n".encode()


@pytest.mark.parametrize("content", [written(), copied(written()), copied(written()).replace(b"\n", b"\r\n")])
def test_what_the_script_writes_is_read(content: bytes) -> None:
    signed, problems = read(content, "a.json")
    assert not problems
    assert signed
    assert signed.text == json.dumps(SAID)
    enrolment = signed.enrolment
    assert (enrolment.serial, enrolment.port, enrolment.addresses[1]) == ("PF-4 2X", 22, "2001:db8::7")
    assert enrolment.made.isoformat() == "2026-11-25T13:10:29+00:00"


def test_a_windows_pc_states_its_certificate_and_a_sealed_password() -> None:
    signed, problems = read(json.dumps(paper(json.dumps(OF_WINDOWS))).encode(), "a.json")
    assert signed, problems
    assert signed.enrolment.platform is Platform.WINDOWS
    assert signed.enrolment.host_key == certificate_line(certificate_der(CERTIFICATE))
    assert signed.machine_key.startswith("ssh-rsa AAAA")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"certificate": "AAAA"}, "`certificate` is no certificate with an RSA key"),
        ({"certificate": "no base64"}, "`certificate` is no certificate with an RSA key"),
        ({"one_time": "secret"}, "`one_time` is no sealed password"),
        ({"one_time": None}, "`one_time` must be text"),
        ({"host_key": KEY}, "there is no option `host_key`"),
        ({"platform": "linux"}, "`platform` must be"),
        ({"transport": "ssh"}, "there is no option `certificate`"),
        ({"transport": ["winrm"]}, "`transport`"),
        ({"machine_id": "0f3a1c52"}, "`machine_id` must be"),
    ],
)
def test_each_thing_of_a_windows_pc_must_be_what_it_is(changed: dict[str, Any], words: str) -> None:
    signed, problems = read(json.dumps(paper(json.dumps({**OF_WINDOWS, **changed}))).encode(), "a.json")
    assert signed is None
    assert words in " ".join(map(str, problems))


def test_what_a_maker_left_in_is_no_serial_number() -> None:
    signed, _ = read(written(serial="To Be Filled By O.E.M.", uuid="0000"), "a.json")
    assert signed
    assert (signed.enrolment.serial, signed.enrolment.uuid) == ("", "")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "a b"}, "`name` must be a host name"),
        ({"name": "$(id)"}, "`name` must be a host name"),
        ({"addresses": []}, "`addresses` needs at least 1 entry"),
        ({"addresses": ["example.org"]}, "must be an IP address"),
        ({"addresses": ["192.0.2.7"] * 17}, "`addresses` may have at most 16 entries"),
        ({"port": 0}, "`port` must be at least 1"),
        ({"port": "22"}, "`port` must be a whole number"),
        ({"user": "Root; id"}, "`user` must be small letters"),
        ({"host_key": "ssh-ed25519 AAAA"}, "`host_key` is no host key"),
        ({"host_key": f"{KEY} comment"}, "`host_key` is no host key"),
        ({"host_key": f"{KEY}\nsigner2 {KEY}"}, "`host_key` is no host key"),
        ({"serial": "a\x1b[2J"}, "`serial` holds what cannot be printed"),
        ({"serial": "a\u202eb"}, "`serial` holds what cannot be printed"),
        ({"serial": "x" * 201}, "`serial` must have at most 200 characters"),
        ({"machine_id": ""}, "`machine_id` must be 32 hexadecimal digits"),
        ({"macs": ["00:11"]}, "must be a hardware address"),
        ({"made": "yesterday"}, "`made` must be a moment"),
        ({"batch": "../x"}, "`batch` must be letters"),
        ({"more": 1}, "there is no option `more`"),
    ],
)
def test_each_thing_must_be_what_it_is(changed: dict[str, Any], words: str) -> None:
    signed, problems = read(written(**changed), "stick/a.json")
    assert signed is None
    assert words in str(problems[0])
    assert str(problems[0]).startswith("stick/a.json:1:1: ")


def test_everything_that_is_wrong_is_said_at_once() -> None:
    _, problems = read(written(port=0, made="", serial=1), "a.json")
    assert len(problems) == 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b"[" * 60000,
        b"{" * 100 + b'"a":' * 100,
        b'{"deskprov_enrolment": 1,' + written()[1:],
        b'{"deskprov_enrolment": NaN}',
        b'{"deskprov_enrolment": 1' + b"0" * 5000 + b"}",
        written()[:-20],
        written() + b" " * MOST_BYTES,
        copied(written())[:-60],
        copied(written())[:200] + b"\n-----END DESKPROV ENROLMENT-----",
        json.dumps(paper("[" * 30000)).encode(),
        json.dumps(paper('{"port": 22, "port": 23}')).encode(),
        json.dumps({**paper(), "deskprov_enrolment": 2}).encode(),
        json.dumps({**paper(), "by_batch": "x" * 9000}).encode(),
    ],
)
def test_a_file_that_is_none_is_said_to_be(content: bytes) -> None:
    signed, problems = read(content, "a.json")
    assert signed is None
    assert problems
    assert all(len(str(problem)) < 500 for problem in problems)


@settings(max_examples=300)
@given(st.binary(max_size=300), st.integers(0, 800), st.integers(1, 40))
def test_a_spoiled_file_never_raises(noise: bytes, at: int, cut: int) -> None:
    good = written()
    for content in (noise, good[:at] + noise + good[at + cut :], copied(good[:at] + noise + good[at:])):
        signed, problems = read(content, "a.json")
        assert (signed is None) == bool(problems)
