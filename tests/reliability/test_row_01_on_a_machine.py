"""Row 1 on a real machine: a sample of hostile texts in options of every type arrives byte-equal and runs nothing."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.bench import Bench
from tests.formats.hostile_texts import SEEDS

pytestmark = pytest.mark.practice

SIDE_EFFECT = "/tmp/deskprov-side-effect"
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
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJ9RU5Yv8V5U3sE6DhWr8yO9n0m2hN5Qk0xg3b9E5mS"


def test_texts_of_every_type_arrive(bench: Bench) -> None:
    assert len(TEXTS) > 12
    plain = [text.replace("${", "$${") for text in TEXTS]
    comments = [" ".join(text.split()) for text in TEXTS[:5]]
    profile = {
        "groups": NAMES,
        "users": [
            {
                "name": f"u{number}",
                "full_name": text.rstrip(","),
                "home": f"/srv/h/{text}",
                "groups": [NAMES[number % len(NAMES)]],
                "authorized_keys": [f"{KEY} {comments[number % len(comments)]}"],
            }
            for number, text in enumerate(plain[:5])
        ],
        "folders": ["/srv/h", "/srv/f", "/srv/l", *({"path": f"/srv/f/{text}"} for text in plain)],
        "files": [{"path": f"/srv/f/{text}/{text}", "content": text} for text in plain],
        "links": [{"path": f"/srv/l/{number}", "target": f"/srv/f/{text}"} for number, text in enumerate(plain)],
    }
    bench.profile("lab", "".join(f"{k}: {json.dumps(v, ensure_ascii=False)}\n" for k, v in profile.items()))
    bench.run("setup", "practice-1", "--profile", "lab", "--yes")
    for number, text in enumerate(TEXTS):
        assert bench.on("practice-1", "cat", f"/srv/f/{text}/{text}") == text.encode()
        assert bench.on("practice-1", "readlink", f"/srv/l/{number}") == f"/srv/f/{text}\n".encode()
    for number, text in enumerate(TEXTS[:5]):
        entry = bench.on("practice-1", "getent", "passwd", f"u{number}").decode().rstrip("\n").split(":")
        assert entry[4:6] == [text.rstrip(","), f"/srv/h/{text}"]
        keys = bench.on("practice-1", "cat", f"/srv/h/{text}/.ssh/authorized_keys").decode()
        assert keys == f"{KEY} {comments[number]}\n"
    for name in NAMES:
        assert bench.on("practice-1", "getent", "group", name).startswith(f"{name}:".encode())
    assert not Path(SIDE_EFFECT).exists()
    assert bench.machines.command("practice-1", ["test", "-e", SIDE_EFFECT]).returncode == 1
