"""What is dumped is read back equal, whatever it holds, by YAML readers and by the real ansible-playbook."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from deskprov.formats.playbook_yaml import LINE_LENGTH, LONGEST_KEY, MARKERS, Expression, Remarked, dump, holds_marker
from tests.formats.hostile_texts import hostile_texts

TEXTS = hostile_texts()

texts = (
    st.text(st.characters(exclude_categories=["Cs"])) | st.text("ab {}%#\n\t\r\\\"': -!&*|>0x") | st.sampled_from(TEXTS)
)
keys = texts.filter(lambda text: not holds_marker(text) and len(repr(text)) < LONGEST_KEY / 3)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    texts | numbers | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


class _Tagged(str):
    """A text that was written with `!unsafe`."""


class _PythonLoader(yaml.SafeLoader):
    pass


class _LibyamlLoader(yaml.CSafeLoader):
    pass


def _unsafe(loader: Any, node: Any) -> Any:
    """As ansible-core does it: the type of what is tagged is guessed anew, as if nothing had been quoted."""
    guessed = yaml.ScalarNode(loader.resolve(yaml.ScalarNode, node.value, (True, False)), node.value)
    value = loader.construct_object(guessed)
    return _Tagged(value) if isinstance(value, str) else value


for _loader in (_PythonLoader, _LibyamlLoader):
    _loader.add_constructor("!unsafe", _unsafe)


def _read(text: str, loader: Any = _LibyamlLoader) -> Any:
    return yaml.load(text, Loader=loader)


@pytest.mark.parametrize("loader", [_LibyamlLoader, _PythonLoader])
def test_every_hostile_text_is_read_back_equal(loader: Any) -> None:
    assert len(TEXTS) >= 2000
    read = _read(dump([{"name": "x", "module": {"list": TEXTS, "deeper": [{"text": text} for text in TEXTS]}}]), loader)
    assert read[0]["module"]["list"] == TEXTS
    assert [item["text"] for item in read[0]["module"]["deeper"]] == TEXTS


@given(values)
@settings(max_examples=400, deadline=None)
def test_every_value_is_read_back_equal_and_of_the_same_type(value: Any) -> None:
    for loader in (_LibyamlLoader, _PythonLoader):
        read = _read(dump(value), loader)
        assert read == value
        assert _types(read) == _types(value)


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _types(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_types(item) for item in value]
    return str if isinstance(value, str) else type(value)


@given(texts)
@settings(max_examples=400, deadline=None)
def test_a_text_is_tagged_exactly_when_it_holds_a_marker(text: str) -> None:
    read = _read(dump({"key": [text]}))["key"][0]
    assert isinstance(read, _Tagged) == any(marker in text for marker in MARKERS)


@given(values)
@settings(max_examples=200, deadline=None)
def test_the_text_is_for_people(value: Any) -> None:
    lines = dump(value).split("\n")
    assert all(line.isprintable() for line in lines)
    assert not any(line.endswith(" ") for line in lines)


def test_nothing_behind_a_key_that_fills_the_line() -> None:
    key = "k" * LINE_LENGTH
    assert _read(dump({key: ""})) == {key: ""}


def test_lines_are_of_readable_length() -> None:
    texts_in_place = [text for text in TEXTS if not text.startswith("x" * 5000)]
    dumped = dump([{"name": "x", "copy": {"content": text}} for text in texts_in_place])
    assert max(map(len, dumped.split("\n"))) <= LINE_LENGTH


def test_texts_of_many_lines_are_blocks() -> None:
    assert dump({"content": "a\n\n  b: 1\n"}) == "---\ncontent: |\n  a\n\n    b: 1\n"
    assert dump({"content": "a\nb"}) == "---\ncontent: |-\n  a\n  b\n"
    assert dump({"content": "{{ a }}\nb\n"}) == "---\ncontent: !unsafe |\n  {{ a }}\n  b\n"


@pytest.mark.parametrize(
    "text", ["a\n\n", " a\nb\n", "a \nb\n", "a\nb ", "\na\n", "a\n\tb\n", "a\r\nb\n", "a\n\u202eb\n", "a\nb\n ", "a\n"]
)
def test_texts_that_a_block_would_blur_are_quoted(text: str) -> None:
    assert dump({"content": text}).startswith('---\ncontent: "')


def test_a_long_line_is_a_block_or_folded() -> None:
    assert dump({"content": "word " * 21 + "end\n"}) == "---\ncontent: |\n  " + "word " * 21 + "end\n"
    folded = '---\ncontent: "' + "word " * 21 + "\\\n  " + "word " * 9 + '\\n"\n'
    assert dump({"content": "word " * 30 + "\n"}) == folded


def test_shape() -> None:
    play = [{"name": "A", "become": True, "tasks": [{"name": "1", "m": {}}, {"name": "2", "m": {"yes": [1, None]}}]}]
    assert dump(play, "Generated.\n\nLook.") == (
        "---\n# Generated.\n#\n# Look.\n"
        '- name: "A"\n  become: true\n  tasks:\n'
        '    - name: "1"\n      m: {}\n\n'
        '    - name: "2"\n      m:\n        "yes":\n          - 1\n          - null\n'
    )


def test_only_an_expression_is_a_template() -> None:
    assert dump([Expression("{{ a }}"), "{{ a }}"]) == '---\n- "{{ a }}"\n- !unsafe "{{ a }}"\n'


@pytest.mark.parametrize(
    "value",
    [
        b"bytes",
        {1: "a"},
        {"{{ a }}": 1},
        {"a{%b": 1},
        math.nan,
        -math.inf,
        {"set"},
        object(),
        "\ud800",
        {"\udfff": 1},
        {"k" * (LONGEST_KEY + 1): 1},
    ],
)
def test_what_cannot_be_written_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        dump([value])


def test_a_comment_stays_a_comment() -> None:
    dumped = dump([1], "a\u2028b\x0bc\rd\x1b\n- injected: 1\n")
    assert _read(dumped) == [1]
    assert all(line.isprintable() for line in dumped.split("\n"))


def test_a_remark_stays_a_remark() -> None:
    dumped = dump([{"name": Remarked("a", "noqa: jinja"), "key": Remarked("{{ a }}", "b\nc: d")}])
    assert dumped == '---\n- name: "a"  # noqa: jinja\n  key: !unsafe "{{ a }}"  # b\\x0ac: d\n'
    assert _read(dumped) == [{"name": "a", "key": "{{ a }}"}]


@pytest.mark.ansible
def test_ansible_passes_every_hostile_text_on_and_executes_none(tmp_path: Path) -> None:
    side_effect, control, arrived = (tmp_path / name for name in ("side-effect", "control", "arrived"))
    hostile = hostile_texts(str(side_effect))
    alone = [*filter(holds_marker, hostile)][:6]
    alone += ["1.20", "yes", "<<", "a\r\nb ", " a\n", "~", "\0", "é"]
    arrived.mkdir()
    tasks: list[dict[str, Any]] = [
        {
            "name": f"Write {number}",
            "ansible.builtin.copy": {"content": text, "dest": f"{arrived}/{number}", "mode": "0600"},
        }
        for number, text in enumerate(alone)
    ]
    tasks += [
        {"name": "List", "ansible.builtin.copy": {"content": hostile, "dest": f"{arrived}/list", "mode": "0600"}},
        {
            "name": "Remember",
            "ansible.builtin.set_fact": {"texts": hostile, "by_key": {f"k{n}": text for n, text in enumerate(hostile)}},
        },
        {
            "name": "Write what is remembered",
            "ansible.builtin.copy": {
                "content": Expression("{{ {'texts': texts, 'by_key': by_key} }}"),
                "dest": f"{arrived}/facts",
                "mode": "0600",
            },
        },
        {
            "name": "Control",
            "ansible.builtin.debug": {
                "msg": Expression("{{ lookup('ansible.builtin.pipe', 'touch " + str(control) + "') }}")
            },
        },
    ]
    _play(tmp_path, [{"name": "All", "hosts": "localhost", "gather_facts": False, "tasks": tasks}])

    facts = json.loads((arrived / "facts").read_text("utf-8"))
    assert json.loads((arrived / "list").read_text("utf-8")) == hostile
    assert facts["texts"] == hostile
    assert list(facts["by_key"].values()) == hostile
    assert [(arrived / str(n)).read_bytes().decode() for n in range(len(alone))] == alone
    assert control.exists(), "an expression must run, or the next line proves nothing"
    assert not side_effect.exists()


def _play(folder: Path, plays: list[Any]) -> None:
    playbook = folder / "play.yml"
    playbook.write_text(dump(plays), "utf-8")
    program = Path(sys.executable).with_name("ansible-playbook")
    settings_of_ansible = {"ANSIBLE_HOME": str(folder / "ansible"), "HOME": str(folder)}
    done = subprocess.run(
        [program, "--inventory", "localhost,", "--connection", "local", playbook],
        env={
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            **settings_of_ansible,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
