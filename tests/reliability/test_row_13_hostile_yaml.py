"""Row 13: hostile or huge YAML is refused with a line, in little time and memory, and never crashes anything.

The time and the memory are limits of the kernel on the process of the command: one that crosses them is killed.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from deskprov.adapters.settings_file import settings_from
from deskprov.formats import inventory, strict_yaml
from deskprov.model.problem import MOST_TOLD, InvalidInput, Problem
from deskprov.model.profile import ShippedContent
from deskprov.resources import TYPES, cases
from deskprov.stages.load import load
from deskprov.stages.resolve import Surroundings, resolve
from tests.reliability.measured import measured

MEGABYTES = 200
"""Of memory in use, for the whole corpus at once: 24 files that were made to hurt among 45."""

CPU_SECONDS = 30
"""For the whole corpus at once; a bomb that goes off takes hours."""


def _aliases() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join(lines)


def _merges() -> str:
    lines = ["m0: &m0 {k: v}"]
    lines += [f"m{n}: &m{n}\n  <<: [*m{n - 1}, *m{n - 1}]" for n in range(1, 25)]
    return "\n".join(lines)


HEAD = "profile: {name}\nplatform: linux\n"
CORPUS: dict[str, tuple[bytes, str]] = {
    "duplicate-key": (HEAD.encode() + b"groups: [a]\ngroups: [b]\n", "duplicate-key"),
    "duplicate-nested": (HEAD.encode() + b"users: [{name: ana, shell: /a, shell: /b}]\n", "duplicate-key"),
    "duplicate-in-quotes": (HEAD.encode() + b'groups: [a]\n"groups": [b]\n', "duplicate-key"),
    "duplicate-escaped": (HEAD.encode() + b'groups: [a]\n"\\x67roups": [b]\n', "duplicate-key"),
    "true-and-on": (HEAD.encode() + b"on: 1\ntrue: 2\n", "ambiguous-value"),
    "no-is-false": (HEAD.encode() + b"groups: [no]\n", "ambiguous-value"),
    "version-is-float": (HEAD.encode() + b"software: [{name: tree, version: 1.20}]\n", "ambiguous-value"),
    "mode-is-octal": (HEAD.encode() + b"folders: [{path: /srv/a, mode: 0644}]\n", "ambiguous-value"),
    "time-is-sexagesimal": (HEAD.encode() + b"description: 22:22\n", "ambiguous-value"),
    "alias-bomb": (_aliases().encode(), "yaml-anchor"),
    "merge-bomb": (_merges().encode(), "yaml-merge"),
    "brackets": (b"[" * 100_000, "yaml-syntax"),
    "braces": (b"{a: " * 60_000, "yaml-limit"),
    "dashes": (b"- " * 100_000, "yaml-limit"),
    "deep-in-a-profile": (HEAD.encode() + b"vars: " + b"{a: " * 100 + b"1" + b"}" * 100, "yaml-limit"),
    "scalar-of-10-mb": (b"a: " + b"x" * 10_000_000, "yaml-limit"),
    "list-of-10-mb": (b"a: [" + b"1," * 5_000_000 + b"1]", "yaml-limit"),
    "200000-keys": (b"".join(b"k%d: 1\n" % n for n in range(200_000)), "yaml-limit"),
    "keys-up-to-the-limit": (b"".join(b"key-%d: 1\n" % n for n in range(9_500)), "unknown-key"),
    "long-keys": (HEAD.encode() + b"".join(b"%s%d: 1\n" % (b"users" * 20, n) for n in range(2_000)), "unknown-key"),
    "near-keys": (HEAD.encode() + b"".join(b"softwar%d: 1\n" % n for n in range(9_000)), "unknown-key"),
    "near-options": (
        HEAD.encode() + b"groups: [{name: a, " + b", ".join(b"gidd%d: 1" % n for n in range(9_000)) + b"}]\n",
        "unknown-option",
    ),
    "many-wrong-resources": (HEAD.encode() + b"groups: [" + b"'A', " * 19_000 + b"]\n", "duplicate-resource"),
    "many-variables": (HEAD.encode() + b"groups: []\ndescription: '" + b"${a" * 10_000 + b"'\n", ""),
    "variables-in-content": (
        HEAD.encode() + b"files: [{path: /srv/a, content: '" + b"${nobody} " * 6_000 + b"'}]\n",
        "variable-unknown",
    ),
    "nul": (HEAD.encode() + b"groups: [a\0b]\n", "yaml-character"),
    "nul-escaped": (HEAD.encode() + b'groups: ["a\\0b"]\n', "yaml-character"),
    "escape-escaped": (HEAD.encode() + b'description: "\\e[2J"\n', "yaml-character"),
    "bidi": (HEAD.encode() + "description: a\u202eb\n".encode(), "yaml-character"),
    "bidi-escaped": (HEAD.encode() + b'description: "a\\u202eb"\n', "yaml-character"),
    "byte-order-mark": (b"\xef\xbb\xbf" + HEAD.encode(), "yaml-encoding"),
    "utf-16": (HEAD.encode("utf-16"), "yaml-encoding"),
    "utf-16-without-mark": (HEAD.encode("utf-16-le"), "yaml-encoding"),
    "utf-32": (HEAD.encode("utf-32"), "yaml-encoding"),
    "latin-1": (HEAD.encode() + b"description: \xf1\n", "yaml-encoding"),
    "half-a-character": (HEAD.encode() + b'description: "\\ud83d"\n', "yaml-syntax"),
    "tab": (HEAD.encode() + b"users:\n\t- name: ana\n", "yaml-syntax"),
    "python-tag": (HEAD.encode() + b"description: !!python/object/apply:os.system ['id']\n", "yaml-tag"),
    "unsafe-tag": (HEAD.encode() + b"description: !unsafe x\n", "yaml-tag"),
    "binary-tag": (HEAD.encode() + b"description: !!binary aWQ=\n", "yaml-tag"),
    "second-document": (HEAD.encode() + b"---\nprofile: other\n", "yaml-documents"),
    "directive": (b"%YAML 1.1\n---\n" + HEAD.encode(), "yaml-syntax"),
    "list-as-key": (HEAD.encode() + b"? [a, b]\n: c\n", "key-not-text"),
    "nothing": (b"", "profile-shape"),
    "a-text": (b"just words\n", "profile-shape"),
}
FINE = {"many-variables"}
"""Not refused: nobody takes a description for anything but text."""


def _site(root: Path) -> Path:
    (root / "profiles").mkdir(parents=True)
    (root / "inventory_hosts").mkdir()
    (root / "deskprov.yml").write_text("format: 1\nname: Example school district\n")
    (root / "inventory_hosts" / "hosts.yml").write_text("all:\n  hosts: {}\n")
    return root


def _validate(root: Path) -> tuple[int, Any]:
    """Exit status and answer of `deskprov validate`, which may not need more than the limits allow."""
    done = measured(root, "-C", str(root), "validate", "--format", "json", cpu_seconds=CPU_SECONDS)
    assert done.peak < MEGABYTES
    return done.status, json.loads(done.out)


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """All of the corpus as the profiles of one site, looked at by one process."""
    root = _site(tmp_path_factory.mktemp("site"))
    for name, (content, _) in CORPUS.items():
        (root / "profiles" / f"{name}.yml").write_bytes(content.replace(b"{name}", name.encode()))
    status, found = _validate(root)
    assert status == 3
    return found


@pytest.mark.parametrize("name", CORPUS)
def test_a_profile_is_refused_with_a_line(name: str, validated: Any) -> None:
    _, rule = CORPUS[name]
    problems = [p for p in validated["problems"] if p["file"] == f"profiles/{name}.yml"]
    assert all(problem["line"] >= 1 and problem["column"] >= 1 and problem["message"] for problem in problems)
    assert (name in FINE) == (not problems)
    assert name in FINE or rule in {problem["rule"] for problem in problems}


def test_no_file_floods_the_screen(validated: Any) -> None:
    """What is wrong a thousand times is said a hundred times."""
    for name in CORPUS:
        problems = [p for p in validated["problems"] if p["file"] == f"profiles/{name}.yml"]
        assert len(problems) <= MOST_TOLD + 1, name
        assert all(len(p["message"]) + len(p["hint"]) < 2_000 for p in problems), name


@pytest.mark.parametrize("file", ["deskprov.yml", "inventory_hosts/hosts.yml"])
@pytest.mark.parametrize("name", ["merge-bomb", "brackets", "list-of-10-mb", "200000-keys", "utf-16"])
def test_settings_and_inventory_are_read_as_strictly(file: str, name: str, tmp_path: Path) -> None:
    root = _site(tmp_path / "site")
    (root / file).write_bytes(CORPUS[name][0])
    status, found = _validate(root)
    assert status == 3
    assert [problem for problem in found["problems"] if problem["file"] == file and problem["line"] >= 1]


# --- a million files that nobody thought of --------------------------------------------------------------------------

PIECES = (
    *(
        b"\0",
        b"\n",
        b"\r",
        b"\t",
        b" ",
        b"  ",
        b"- ",
        b": ",
        b"? ",
        b"#",
        b"&a ",
        b"*a",
        b"!x ",
        b"!!str ",
        b"<<: ",
        b"|",
        b">",
    ),
    *(
        b"'",
        b'"',
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b"---\n",
        b"...\n",
        b"%YAML 1.1\n",
        b"${",
        b"}",
        b"$${",
        b"{{",
        b"\\",
        b"~",
    ),
    *(
        b"\xff",
        b"\xc3",
        b"\xe2\x80\xae",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x96\xa8",
        b"\x85",
        b"\x1b",
        b"\x7f",
    ),
    *(b"1.20", b"yes", b"null", b"0644", b"22:30", b"1e999", b"9" * 400, b"x" * 70, b"name", b"path", b"state: absent"),
)
AROUND = Surroundings(TYPES, {}, {}, frozenset(), lambda path: ShippedContent("0" * 64, None, 1))


def _seeds() -> list[bytes]:
    """Right profiles with the examples of every type, inventories, settings, and what of the corpus is short."""
    profiles = [
        (
            f"profile: p\nplatform: {min(kind.PLATFORMS)}\n"
            f"{kind.NAME}: {json.dumps([example.spec], ensure_ascii=False)}\n"
        ).encode()
        for kind in TYPES
        for example in cases(kind).examples
    ]
    machines = (
        b"all:\n  hosts:\n    pc-[01:09]: {ansible_host: 192.0.2.1, deskprov_vars: {a: b}}\n  children: {x: {}}\n"
    )
    settings = b"format: 1\nname: X\nsecrets: {a: {env: A}, b: {command: [a, b]}}\nvars: {a: b}\n"
    return [*profiles, machines, settings, *(content for content, _ in CORPUS.values() if len(content) < 1000)]


def _mutated(source: random.Random, seeds: list[bytes]) -> bytes:
    content = source.choice(seeds)
    for _ in range(source.randint(1, 4)):
        at, to = sorted((source.randint(0, len(content)), source.randint(0, len(content))))
        match source.randint(0, 5):
            case 0:
                content = content[:at] + source.choice(PIECES) + content[at:]
            case 1:
                content = content[:at] + content[min(to, at + 8) :]
            case 2:
                content = content[:to] + content[at:to] + content[to:]
            case 3:
                content = content[:at] + bytes([source.randrange(256)]) + content[at + 1 :]
            case 4:
                content = content[:at] + source.choice(seeds)[at:]
            case _:
                content = content.replace(b" ", source.choice(PIECES), 1)
    return content[:4096]


def _read_in_every_way(content: bytes) -> bool:
    """Reads it as a profile and resolves that, as an inventory and as settings; True when a right profile."""
    file, problems = load("profiles/p.yml", content, TYPES)
    resolution = resolve(file, {"p": file}, AROUND)
    _have_real_places([*problems, *resolution.problems], content)
    document, problems_of_inventory = strict_yaml.read_bytes(content, "inventory_hosts/hosts.yml")
    if document is not None:
        problems_of_inventory += inventory.read([document])[1]
    _have_real_places(problems_of_inventory, content)
    try:
        settings_from(content, {})
    except InvalidInput as error:
        assert error.problems
        _have_real_places(error.problems, content)
    return not problems and resolution.profile is not None


def _have_real_places(problems: Sequence[Problem], content: bytes) -> None:
    lines = content.count(b"\n") + content.count(b"\r") + 1
    for problem in problems:
        assert 1 <= problem.source.line <= lines, (problem, content)
        assert problem.source.column >= 1
        assert problem.message


def _fuzz(count: int, seed: int) -> None:
    source, seeds = random.Random(seed), _seeds()
    accepted = sum(_read_in_every_way(_mutated(source, seeds)) for _ in range(count))
    assert count / 100 < accepted < count * 99 / 100  # both sides are tried


def test_five_thousand_mutations_crash_nothing() -> None:
    _fuzz(5_000, seed=20261125)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(10))
def test_a_million_mutations_crash_nothing(seed: int) -> None:
    """In ten parts, so that several processes share them."""
    _fuzz(100_000, seed)
