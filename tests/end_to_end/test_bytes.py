"""Text of a profile arrives on the machine as it was written, and is never executed."""

import json

import pytest

from tests.end_to_end.bench import Bench

pytestmark = pytest.mark.practice

SIDE_EFFECT = "/tmp/deskprov-was-here"
CONTENTS = [
    "{{ lookup('pipe', 'touch /tmp/deskprov-was-here') }}\n",
    "{% for x in ''.__class__.__mro__ %}{{ x }}{% endfor %}",
    "{# a comment #} #jinja2: variable_start_string: '[['\n",
    "$(touch /tmp/deskprov-was-here) `touch /tmp/deskprov-was-here` ; | && > < * ? ~ ! \\ \n",
    "'single' \"double\" \\\"both\\\" '''\n",
    "no line end",
    "",
    "\n\n  leading and trailing  \n\n\n",
    "CRLF line\r\nand another\r\n",
    "\ttabs\tand: colons: {a: 1}\n- looks: like\n- yaml\n",
    "Ünïcödé ñ 漢字 🖨️ é (combining) \u00a0 nbsp\n",
    "yes\n1.20\n0644\n<<\n=\n",
    "x" * 5000 + "\n",
    '{"json": "looks", "like": [1, 2]}',
    "%s %d ${HOME} $HOME $$ $1 \\1\n",
]
FULL_NAMES = [
    "{{ 7 * 7 }} {% raw %}",
    'O\'Neill "Sam" & <Söhne>',
    "$(id) `id` ;|",
    "María José Núñez 漢字",
    "yes",
    "{# x #} #jinja2",
]


@pytest.fixture(scope="module")
def set_up(bench: Bench) -> Bench:
    files = [
        {"path": f"/srv/bytes/{number}", "content": content.replace("${", "$${")}
        for number, content in enumerate(CONTENTS)
    ]
    users = [{"name": f"u{number}", "full_name": name} for number, name in enumerate(FULL_NAMES)]
    body = {"folders": [{"path": "/srv/bytes"}], "files": files, "users": users}
    bench.profile("bytes", "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in body.items()))
    bench.run("setup", "practice-1", "--profile", "bytes", "--yes")
    return bench


def test_file_contents_arrive_byte_equal(set_up: Bench) -> None:
    arrived = [set_up.on("practice-1", "cat", f"/srv/bytes/{number}") for number in range(len(CONTENTS))]
    assert arrived == [content.encode() for content in CONTENTS]


def test_full_names_arrive_byte_equal(set_up: Bench) -> None:
    lines = [set_up.on("practice-1", "getent", "passwd", f"u{number}") for number in range(len(FULL_NAMES))]
    assert [line.split(b":")[4] for line in lines] == [name.encode() for name in FULL_NAMES]


def test_nothing_was_executed(set_up: Bench) -> None:
    from pathlib import Path

    assert not Path(SIDE_EFFECT).exists()
    assert set_up.machines.command("practice-1", ["test", "-e", SIDE_EFFECT]).returncode == 1


def test_a_second_look_agrees(set_up: Bench) -> None:
    run = set_up.data("verify", "practice-1", "--profile", "bytes", "--json", "--detailed-exitcode")
    assert run["hosts"][0]["verified"]
