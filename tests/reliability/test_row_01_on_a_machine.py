"""Row 1 on a real machine: a sample of hostile texts in options of every type arrives byte-equal and runs nothing."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.bench import Bench
from tests.formats.hostile_texts import SEEDS, SIDE_EFFECT
from tests.reliability.deb import package

pytestmark = pytest.mark.practice

NAMES = ["yes", "null", "omit", "item"]
TEXTS = [
    text
    for text in SEEDS
    if text.isprintable()
    and not {"/", "$", "\\", ":"} & set(text)
    and text
    and text.strip(" ~.-") == text
    and len(text) < 80
][::8]
DANGEROUS = [text for text in SEEDS if SIDE_EFFECT in text and text.isprintable()]
"""Those that would leave a trace if something ran them; they hold a slash, so no name can be one."""
FULL_NAMES = [text for text in DANGEROUS if ":" not in text and not text.endswith(",")]

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJ9RU5Yv8V5U3sE6DhWr8yO9n0m2hN5Qk0xg3b9E5mS"
COMMENTS = [" ".join(text.split()) for text in TEXTS[:5]]

OF_THE_SITE = "{{ lookup('pipe', 'touch deskprov-side-effect') }}; `touch x` $(touch y) \"ñ\" #&|*"
"""The name of files beside the profile; Ansible finds them under names of ours."""
PACKAGE = "yes"
RIGHTS = {"mode": "1750", "owner": "u0", "group": "null"}
"""YAML would read the first as a number, and the last as nothing."""


def users() -> list[dict[str, Any]]:
    return [
        {
            "name": f"u{number}",
            "full_name": _stated(FULL_NAMES[number]),
            "home": _stated(f"/srv/h/{text}"),
            "shell": _stated(f"/srv/s/{text}"),
            "group": NAMES[-1 - number % len(NAMES)],
            "groups": [NAMES[number % len(NAMES)]],
            "authorized_keys": [_stated(f"{KEY} {COMMENTS[number]}")],
        }
        for number, text in enumerate(TEXTS[:5])
    ]


def _stated(text: str) -> str:
    return text.replace("${", "$${")


def test_texts_of_every_type_arrive(bench: Bench, tmp_path: Path) -> None:
    assert len(TEXTS) > 12
    assert len(DANGEROUS) > 10
    content = package(tmp_path, PACKAGE)
    for suffix, shipped in ((".deb", content), (".bin", OF_THE_SITE.encode() + b"\0\xff")):
        (bench.root / "profiles" / f"{OF_THE_SITE}{suffix}").write_bytes(shipped)
    plain = [_stated(text) for text in TEXTS]
    profile = {
        "software": [
            {"name": PACKAGE, "source": f"{OF_THE_SITE}.deb", "sha256": hashlib.sha256(content).hexdigest()},
        ],
        "groups": NAMES,
        "users": users(),
        "folders": ["/srv/h", "/srv/f", "/srv/l", *({"path": f"/srv/f/{text}", **RIGHTS} for text in plain)],
        "files": [
            {"path": "/srv/l/shipped", "source": f"{OF_THE_SITE}.bin", **RIGHTS, "mode": "4710"},
            *({"path": f"/srv/f/{text}/{text}", "content": text} for text in plain),
            *({"path": f"/srv/l/c{n}", "content": _stated(text)} for n, text in enumerate(DANGEROUS)),
        ],
        "links": [
            {"path": f"/srv/l/{number}", "target": f"/srv/f/{text}", "owner": "u1", "group": "yes"}
            for number, text in enumerate(plain)
        ],
    }
    bench.profile("lab", "".join(f"{k}: {json.dumps(v, ensure_ascii=False)}\n" for k, v in profile.items()))
    bench.run("setup", "practice-1", "--profile", "lab", "--yes")
    _accounts_are_as_stated(bench)
    _files_are_as_stated(bench)
    assert bench.on("practice-1", "dpkg-query", "-W", "-f", "${Status}", PACKAGE) == b"install ok installed"
    assert bench.on("practice-1", "ls", "/var/tmp/ran-yes")
    _nothing_ran(bench)


def _accounts_are_as_stated(bench: Bench) -> None:
    for name in NAMES:
        assert bench.on("practice-1", "getent", "group", name).startswith(f"{name}:".encode())
    for number, text in enumerate(TEXTS[:5]):
        entry = bench.on("practice-1", "getent", "passwd", f"u{number}").decode().rstrip("\n").split(":")
        assert entry[4:] == [FULL_NAMES[number], f"/srv/h/{text}", f"/srv/s/{text}"]
        belongs = set(bench.on("practice-1", "id", "-nG", f"u{number}").decode().split())
        assert belongs == {NAMES[-1 - number % len(NAMES)], NAMES[number % len(NAMES)]}
        keys = bench.on("practice-1", "cat", f"/srv/h/{text}/.ssh/authorized_keys").decode()
        assert keys == f"{KEY} {COMMENTS[number]}\n"


def _files_are_as_stated(bench: Bench) -> None:
    for number, text in enumerate(TEXTS):
        assert bench.on("practice-1", "cat", f"/srv/f/{text}/{text}") == text.encode()
        assert bench.on("practice-1", "stat", "-c", "%a %U %G", f"/srv/f/{text}") == b"1750 u0 null\n"
        assert bench.on("practice-1", "readlink", f"/srv/l/{number}") == f"/srv/f/{text}\n".encode()
        assert bench.on("practice-1", "stat", "-c", "%U %G", f"/srv/l/{number}") == b"u1 yes\n"
    for number, text in enumerate(DANGEROUS):
        assert bench.on("practice-1", "cat", f"/srv/l/c{number}") == text.encode()
    assert bench.on("practice-1", "cat", "/srv/l/shipped") == OF_THE_SITE.encode() + b"\0\xff"
    assert bench.on("practice-1", "stat", "-c", "%a %U %G", "/srv/l/shipped") == b"4710 u0 null\n"


def _nothing_ran(bench: Bench) -> None:
    """What the texts would have made is neither on the controller nor on the machine, whatever folder it ran in."""
    assert not Path(SIDE_EFFECT).exists()
    assert not [path for path in bench.root.rglob("deskprov-side-effect") if path.is_file()]
    assert bench.machines.command("practice-1", ["test", "-e", SIDE_EFFECT]).returncode == 1
    found = bench.on("practice-1", "find", "/", "-xdev", "-name", "deskprov-side-effect", "-not", "-path", "/proc/*")
    assert found == b""
