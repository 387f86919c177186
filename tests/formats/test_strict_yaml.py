"""The YAML reader against people's mistakes, against other readers, and against files made to hurt."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
import ruamel.yaml
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from deskprov.formats import strict_yaml
from deskprov.formats.strict_yaml import REFUSED, read, read_bytes
from deskprov.model.source import Source


def value(text: str) -> Any:
    """The data of a text that is all right."""
    document, problems = read(text, "a.yml")
    assert problems == []
    assert document is not None
    return document.data


def found(text: str) -> list[str]:
    """The problems of a text as `line:column rule`."""
    return [f"{p.source.line}:{p.source.column} {p.rule}" for p in read(text, "a.yml")[1]]


def message(text: str) -> str:
    [problem] = read(text, "a.yml")[1]
    return str(problem)


def test_plain_data() -> None:
    text = "a: 1\nb: [x, 2.5, true, null, ~, -3]\nc:\n  d: 'it''s'\n  e: |\n    one\n    two\n  f:\n"
    assert value(text) == {
        "a": 1,
        "b": ["x", 2.5, True, None, None, -3],
        "c": {"d": "it's", "e": "one\ntwo\n", "f": None},
    }
    assert [type(v) for v in value("[true, 1, 1.0, '1']")] == [bool, int, float, str]
    assert value("") is None
    assert value("# only a comment\n") is None
    assert value("---\na: 1\n...\n") == {"a": 1}


def test_places_of_values_and_keys() -> None:
    document, _ = read("a: 1\nusers:\n  - name: tech\n    groups: [x, 'y']\n", "p.yml")
    assert document is not None
    assert document.source(("users", 0, "name")) == Source("p.yml", 3, 11)
    assert document.key_source(("users", 0, "name")) == Source("p.yml", 3, 5)
    assert document.source(("users", 0)) == document.key_source(("users", 0)) == Source("p.yml", 3, 5)
    assert document.source(("users", 0, "groups", 1)) == Source("p.yml", 4, 17)
    assert document.key_source(("users",)) == Source("p.yml", 2, 1)
    assert document.source(()) == Source("p.yml", 1, 1)
    assert set(document.sources) - {()} == set(document.key_sources)


def test_what_is_missing_at_the_end_of_a_text_has_a_place_in_it() -> None:
    document, _ = read("b: 1\n? a", "x.yml")
    assert document
    assert document.source(("a",)) == Source("x.yml", 2, 4)


def test_columns_count_characters() -> None:
    assert found("a: [ñandú, 漢字🖨️, 0644]\n") == ["1:18 ambiguous-value"]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("0644", '"0644"'),
        ("0o644", '"0o644"'),
        ("0x1F", '"0x1F"'),
        ("1_000", '"1_000"'),
        ("22:30", '"22:30"'),
        ("10:11:22:33:44:55", '"10:11:22:33:44:55"'),
        ("2026-11-24", '"2026-11-24"'),
        ("2026-11-24 10:00:00", '"2026-11-24 10:00:00"'),
        ("1.10", "the number 1.1"),
        ("1e3", '"1e3"'),
        ("+15551234", '"+15551234"'),
        (".5", '".5"'),
        ("-0", '"-0"'),
        (".inf", '".inf"'),
        ("12345678901234567890", '"12345678901234567890"'),
        ("yes", "write true"),
        ("Off", "write false"),
        ("TRUE", "write true"),
        ("Null", "write null"),
        ("=", '"="'),
    ],
)
def test_what_readers_disagree_about_is_refused_with_a_way_out(written: str, hint: str) -> None:
    document, [problem] = read(f"mode: {written}\n", "a.yml")
    assert (str(problem.source), problem.source.column, problem.rule) == ("a.yml:1", 7, "ambiguous-value")
    assert hint in str(problem)
    assert document is not None
    assert document.data == {"mode": written}
    assert value(f'mode: "{written}"\n') == {"mode": written}


@pytest.mark.parametrize(
    "written", ["7zip", "1.10.2", "192.0.2.1", "00:00:5e:00:53:01", "a=b", "-", "--all", "no-reply", "y", "1.2-3", "~x"]
)
def test_ordinary_text_needs_no_quotes(written: str) -> None:
    assert value(f"k: {written}x\nl: '{written}'\n") == {"k": written + "x", "l": written}


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", "3:1", "`a` is written twice; it stands on line 1 already"),
        ("a:\n  b: {c: 1, c: 2}\n", "2:13", "`c` is written twice"),
        ("1: a\n", "1:1", 'a key must be text; put it in quotes: "1"'),
        ("? [a]\n: b\n", "1:3", "cannot begin with `{` or `[`"),
        ("a: {{ x }}\n", "1:5", "profiles know `${name}`, not `{{ name }}`"),
        ("a: &x 1\n", "1:4", "anchors and aliases are not allowed"),
        ("a: *x\n", "1:4", "`*x`: anchors and aliases"),
        ("a: !!python/object/apply:os.system [id]\n", "1:4", "tags"),
        ("a: !vault |\n  00\n", "1:4", "tags"),
        ("a: 1\n---\nb: 2\n", "2:1", "a second document"),
        ("%YAML 1.1\n---\na: 1\n", "1:1", "begin with `%`"),
        ("a:\n\tb: 1\n", "2:1", "a tab stands where YAML wants spaces; replace tabs with spaces"),
        ("a:\n  b: 1\n\tc: 2\n", "3:1", "a tab"),
        ("a:\tb\n", "1:3", "a tab outside of quotes; replace it with spaces"),
        ("a: b\tc\n", "1:5", "a tab outside of quotes"),
        ("a: |\n  \tx\n", "2:3", "needs `|2` in place of `|`"),
        ("# \t\n漢: [1, 'x\ty',\t2] # \t\n", "2:14", "a tab outside of quotes"),
        ("a: b: c\n", "1:5", "put text that holds `: ` in quotes"),
        ("a:b\nc: d\n", "2:2", "the space after each `:`"),
        ("a:\n    b: 1\n   c: 2\n", "3:4", "indentation does not fit"),
        ("- a\nb: c\n", "2:1", "indentation does not fit"),
        ('a: "x\nb: c\n', "1:4", "this quote is never closed"),
        ("a: [1, 2\nb: c\n", "1:4", "this list is not closed"),
        ("a: {b: 1\n", "1:4", "this `{` is not closed"),
        ('a: "C:\\dir"\n', "1:7", "an escape that YAML does not know; use single quotes"),
        ('a: "\\ud83d\\udda8"\n', "1:7", "write the character itself"),
        ("a: @x\n", "1:4", "cannot begin with `@`; put it in quotes"),
        ("a: %x\n", "1:4", "cannot begin with `%`"),
        ("a: | text\n", "1:6", "nothing may follow"),
        ("a: - b\n", "1:4", "begin the list on a line below"),
        ("\ufeffa: 1\n", "1:1", "save it as UTF-8 without BOM"),
        ("a: 1 # \u202e\n", "1:8", "U+202E"),
        ('a: "\\0"\n', "1:4", "U+0000"),
        ('a: "\\e[2J"\n', "1:4", "U+001B"),
        ('"\\u200f": 1\n', "1:1", "U+200F"),
        ("a: x\ry\n", "1:5", "U+000D"),
        ("a: x\u2028y\n", "1:5", "U+2028"),
    ],
)
def test_mistakes_in_words_and_at_their_place(text: str, place: str, words: str) -> None:
    shown = message(text)
    assert shown.startswith(f"a.yml:{place}: ")
    assert words in shown


def test_a_merge_key_is_named_for_what_it_is() -> None:
    assert "1:1 yaml-merge" in found("<<: {a: 1}\nb: 2\n")


def test_every_mistake_at_once() -> None:
    text = "a: yes\nb: 0644\na: x\nc: &n [no]\n1: 2\n"
    assert found(text) == [
        "1:4 ambiguous-value",
        "2:4 ambiguous-value",
        "3:1 duplicate-key",
        "4:4 yaml-anchor",
        "4:8 ambiguous-value",
        "5:1 key-not-text",
    ]


def test_problems_carry_the_way_to_the_value() -> None:
    _, problems = read('a:\n  - b: yes\n    b: 1\n    c: [x, 0644, "\\0"]\n    d: &n 1\n', "a.yml")
    assert [p.path for p in problems] == ["a[0].b", "a[0].b", "a[0].c[1]", "a[0].c[2]", "a[0].d"]


def test_no_flood_of_problems() -> None:
    document, problems = read("a: yes\n" * 5000, "a.yml")
    assert document is None
    assert len(problems) == strict_yaml.PROBLEMS + 2
    assert len(read("\x00" * 5000, "a.yml")[1]) == strict_yaml.PROBLEMS


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("#" * strict_yaml.FILE_BYTES, "#" * (strict_yaml.FILE_BYTES + 1), "larger than 256 KiB"),
        ("#" + "ñ" * 131_071, "#" + "ñ" * 131_072, "larger than 256 KiB"),
        ("[" * 32 + "]" * 32, "[" * 33 + "]" * 33, "deeper than 32 levels"),
        ("[" + "1," * 19_999 + "]", "[" + "1," * 20_000 + "]", "more than 20000 values"),
        ("'" + "x" * 65_536 + "'", "'" + "x" * 65_537 + "'", "longer than 64 KiB"),
        ("'" + "ñ" * 32_768 + "'", "'" + "ñ" * 32_769 + "'", "longer than 64 KiB"),
    ],
)
def test_limits_are_exact(good: str, bad: str, words: str) -> None:
    assert read(good, "a.yml")[1] == []
    [problem] = read(bad, "a.yml")[1]
    assert (problem.rule, words in problem.message) == ("yaml-limit", True)


def test_bytes_must_be_utf_8() -> None:
    document, problems = read_bytes("a: ñ\n".encode(), "a.yml")
    assert document is not None
    assert (document.data, problems) == ({"a": "ñ"}, [])
    for content, words in [
        (b"a: 1\nb: x\xffy\n", "a.yml:2:5: this character is not UTF-8"),
        ("a: ñ\n".encode("latin-1"), "a.yml:1:4: this character is not UTF-8"),
        ("a: 1\n".encode("utf-16"), "a.yml:1:1: the file is UTF-16"),
        ("a: 1\n".encode("utf-16-be"), "a.yml:1:1: the file is UTF-16"),
        ("a: 1\n".encode("utf-8-sig"), "a.yml:1:1: the file begins with a byte-order mark"),
    ]:
        [problem] = read_bytes(content, "a.yml")[1]
        assert str(problem).startswith(words)


def test_tabs_are_for_text_and_comments() -> None:
    text = "# \t x\na: 'x\ty' #\t\t\nb: |\n  x\ty\n  \tz\nc: |2\n  \tx\nd: \"\ty\"\n"
    assert value(text) == {"a": "x\ty", "b": "x\ty\n\tz\n", "c": "\tx\n", "d": "\ty"}


def test_windows_line_ends_are_line_ends() -> None:
    assert value("a: 1\r\nb: |\r\n  x\r\n  y\r\n") == {"a": 1, "b": "x\ny\n"}


def test_without_the_c_parser_it_says_so() -> None:
    program = """
import sys
sys.modules["yaml._yaml"] = None
from deskprov.formats.strict_yaml import read
from deskprov.errors import DeskprovError
try:
    read("a: 1", "a.yml")
except DeskprovError as error:
    print(error.message, error.hint)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "without its C parser" in said
    assert "pip install" in said


# --- what is accepted is exactly what was written -------------------------------------------------------------------

STYLES: dict[str, Callable[[str], str]] = {
    "double": lambda text: json.dumps(text, ensure_ascii=False),
    "escaped": lambda text: '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"',
    "single": lambda text: "'" + text.replace("'", "''") + "'",
    "block": lambda text: "|2-\n" + "\n".join("  " + line for line in text.split("\n")),
}
TRICKY = [
    "{{ lookup('pipe', 'id') }}", "{% raw %}", "{# x #}", "#jinja2: x", "$(id)", "`id`", "${vars.x}", "$${", "'", '"',
    "\\", "\t", " ", "\n", "\r\n", "\r", "\x00", "\x1b[2J", "\x7f", "\x85", "\u00a0", "\u200b", "\u202e", "\u2028",
    "\ufeff", "\uffff", "\U0001f5a8\ufe0f", "\u0301", "ñ", "漢", "yes", "0644", "1.10", "<<", "=", "~", ":", "- ",
    " #", "&a", "*a", "!x", "%", "@", "|", ">", "[", "]", "{", "}", ",", "?", "x" * 300, "---", "...",
]  # fmt: skip


def hostile_texts(count: int) -> list[str]:
    source = random.Random(20261124)
    return ["".join(source.choices(TRICKY, k=source.randint(0, 6))) for _ in range(count)]


def test_hostile_text_is_kept_to_the_byte_or_refused() -> None:
    accepted = refused = 0
    for text in hostile_texts(2000):
        for write in STYLES.values():
            document, problems = read(f"k: {write(text)}\n", "a.yml")
            if problems:
                refused += 1
                continue
            assert document is not None
            data = document.data["k"]
            if write is STYLES["single"] and ("\n" in text or "\r" in text):
                continue  # folding of line ends is what this style is for
            if write is STYLES["block"]:
                # line ends of the file are line ends of the text, and `-` takes the last ones away
                assert data == f"{text}\n".replace("\r\n", "\n").rstrip("\n")
            else:
                assert data == text
            assert not REFUSED.search(data)
            accepted += 1
    assert accepted > 2500
    assert refused > 2500


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_in_double_quotes_is_kept_or_refused(text: str) -> None:
    document, problems = read(f"k: {STYLES['escaped'](text)}\n", "a.yml")
    assert bool(problems) == bool(REFUSED.search(text))
    assert document is not None
    assert document.data == {"k": REFUSED.sub("\N{REPLACEMENT CHARACTER}", text)}


PLAIN = st.one_of(
    st.text("0123456789_.:+-eExXobT ", min_size=1, max_size=12),
    st.from_regex(r"[-+]?[0-9._]{1,8}([eE][-+]?[0-9]{1,3})?", fullmatch=True),
    st.sampled_from(["yes", "no", "on", "off", "true", "false", "null", "y", "n", "inf", "nan"]).flatmap(
        lambda word: st.sampled_from([word, word.upper(), word.title(), "." + word, word + " ", word + "x"])
    ),
    st.text(max_size=12),
)


@given(PLAIN)
def test_every_yaml_reader_agrees_about_what_is_accepted(text: str) -> None:
    document, problems = read(f"k: {text}", "a.yml")
    assume(not problems and document is not None and isinstance(document.data, dict))
    assert document is not None
    ours = document.data["k"]
    stock = yaml.load(f"k: {text}", Loader=yaml.CSafeLoader)["k"]
    newer = ruamel.yaml.YAML(typ="safe", pure=True).load(StringIO(f"k: {text}"))["k"]
    assert (type(ours), ours) == (type(stock), stock)
    assert (type(ours), ours) == (type(newer), newer)


@given(st.text("ab:-[]{}|>'\"#?,.\n 01", max_size=25))
def test_what_is_accepted_is_what_stock_readers_read(text: str) -> None:
    document, problems = read(text, "a.yml")
    assume(document is not None and not problems)
    assert document is not None
    assert repr(document.data) == repr(yaml.load(text, Loader=yaml.CSafeLoader))


@given(st.binary(max_size=200))
def test_any_bytes_give_an_answer(content: bytes) -> None:
    document, problems = read_bytes(content, "a.yml")
    assert document is not None or problems


@given(st.text("ab:-[]{}&*!|>'\"%@`#?,.\n\t 0\\\ufeff\u2028", max_size=60))
def test_any_yaml_like_text_gives_an_answer_with_real_places(text: str) -> None:
    document, problems = read(text, "a.yml")
    assert document is not None or problems
    lines = text.split("\n")
    for problem in problems:
        assert 1 <= problem.source.line <= len(lines)
        assert 1 <= problem.source.column <= len(lines[problem.source.line - 1]) + 1


# --- files made to hurt ---------------------------------------------------------------------------------------------


def alias_bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join(lines)


def merge_bomb() -> str:
    lines = ["m0: &m0 {k: v}"]
    lines += [f"m{n}: &m{n}\n  <<: [*m{n - 1}, *m{n - 1}]" for n in range(1, 25)]
    return "\n".join(lines)


HOSTILE = {
    "aliases": alias_bomb(),
    "merges": merge_bomb(),
    "brackets": "[" * 200_000,
    "braces": "{a: " * 60_000,
    "dashes": "- " * 100_000,
    "question marks": "? " * 100_000,
    "long line": "a: " + "x" * 10_000_000,
    "long text": "a: '" + "x" * 200_000 + "'",
    "many keys": "".join(f"k{n}: 1\n" for n in range(25_000)),
    "many items": "[" + "1," * 120_000 + "1]",
    "same key": "a: 1\n" * 40_000,
    "anchors": "".join(f"a{n}: &b{n} 1\n" for n in range(15_000)),
    "quotes": '"' * 200_000,
    "controls": "\x00" * 200_000,
    "tabs": "\t" * 200_000,
    "tabs in a comment": "#" + "\t" * 200_000,
    "tabs in a text": "a: '" + "\t" * 60_000 + "'",
    "tabs in a block": "a: |\n" + "  \t\n" * 20_000,
    "tabs after commas": "a: [" + "1,\t" * 15_000 + "1]",
    "comments": "#" * 250_000,
    "blank lines": "\n" * 250_000,
    "digits": "a: " + "1" * 200_000,
    "colons": "a: " + "1:" * 100_000,
    "underscores": "a: 1" + "_" * 200_000 + "x",
    "points": "a: 1" + ".1" * 100_000,
    "exponents": "a: 1" + "e1" * 100_000 + "x",
    "dates": "a: 2026-11-24" + " " * 200_000 + "x",
    "spaces": "a: '" + "\n   " * 60_000 + "'",
}


HARMLESS = {"tabs in a comment", "tabs in a text", "tabs in a block"}


def seconds(text: str) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        read(text, "a.yml")
        best = min(best, time.process_time() - start)
    return best


@pytest.fixture(scope="module")
def ordinary_seconds() -> float:
    """What a file takes that is as large as an ordinary file may be."""
    text = "".join(f"- name: user-{n}\n  full_name: Somebody\n  state: present\n" for n in range(2_800))
    assert read(text, "a.yml")[1] == []
    return seconds(text)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_no_more_than_a_large_ordinary_one(name: str, ordinary_seconds: float) -> None:
    assert seconds(HOSTILE[name]) < 3 * ordinary_seconds


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"comments", "blank lines", "spaces", *HARMLESS}))
def test_a_hostile_file_is_refused_with_a_line(name: str) -> None:
    _, problems = read(HOSTILE[name], "a.yml")
    assert problems
    assert all(problem.source.line >= 1 and problem.message for problem in problems)
