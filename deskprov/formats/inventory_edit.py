"""Puts a machine into the text of an inventory file, or takes it out, without touching anything else.

Only whole lines are added or removed, at the places that the YAML parser names, so that comments, quotes, order and
odd spacing stay byte for byte. The result is read back: if it says anything else than the old text with this one
change, nothing is done. What stands in `{…}` is left to the person.
"""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from deskprov.formats import strict_yaml

STEP = 2

Entry = tuple[yaml.Node, yaml.Node]
Groups = dict[str, Any]


class CannotEdit(Exception):
    """The text is laid out in a way that this module leaves alone; the message says what, in words."""


def whole(hosts: Mapping[str, Mapping[str, Any]], heading: str, group: str = "") -> str:
    """A file with these machines and their variables, in a group or below `all`, under a comment of one line."""
    way = ["all", "children", group, "hosts"] if group else ["all", "hosts"]
    above = _nested(way if hosts else way[:-1], {}, 0, STEP)
    end = [] if hosts else [f"{' ' * STEP * (len(way) - 1)}hosts: {{}}\n"]
    column = STEP * len(way)
    lines = [line for name, variables in hosts.items() for line in _nested([name], variables, column, STEP)]
    return "".join([f"# {heading}\n", *above, *end, *lines])


def add(text: str, path: Sequence[str], name: str, variables: Mapping[str, Any]) -> str:
    """The text with the machine as the last entry of the mapping at `path` (`all`, `hosts`), which is made if needed.

    The text must have been read without problems. Raises `CannotEdit`.
    """
    root = _root(text)
    step = _step(root)
    entry: Entry | None = None
    node = root
    rest = list(path)
    while rest and node is not None and (found := _entry(node, rest[0])):
        entry, node = found, found[1]
        rest.pop(0)
    lines = text.splitlines(keepends=True)
    if node is not None and _is_block(node):
        column, after = node.value[0][0].start_mark.column, _last_line(node)
    elif entry is not None:
        column, after = entry[0].start_mark.column + step, entry[0].start_mark.line
        _open(lines, entry)
    elif node is None or _is_null(node):
        column, after = 0, len(lines) - 1
    else:
        raise CannotEdit(f"line {node.start_mark.line + 1} is written with braces")
    line_end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    new = [f"{line}{line_end}" for line in _nested([*rest, name], variables, column, step, line_end="")]
    if after >= 0 and not lines[after].endswith("\n"):
        lines[after] += line_end
    result = "".join([*lines[: after + 1], *new, *lines[after + 1 :]])
    return _checked(result, _with(_data(text), path, name, variables))


def remove(text: str, name: str) -> str:
    """The text without the lines of this machine, wherever a group lists it. Comments above it stay.

    The text must have been read without problems. Raises `CannotEdit`.
    """
    doomed: set[int] = set()
    for hosts in _hosts_nodes(_root(text)):
        found = _entry(hosts, name)
        if found is None:
            continue
        if hosts.flow_style:
            raise CannotEdit(f"line {found[0].start_mark.line + 1} is written with braces")
        first = found[0].start_mark.line
        doomed |= set(range(first, max(first, _last_line(found[1])) + 1))
    kept = [line for number, line in enumerate(text.splitlines(keepends=True)) if number not in doomed]
    return _checked("".join(kept), _without(_data(text), name))


def _data(text: str) -> Groups:
    document, _ = strict_yaml.read(text, "")
    return copy.deepcopy(document.data) if document and document.data else {}


def _checked(text: str, expected: Groups) -> str:
    document, problems = strict_yaml.read(text, "")
    if problems or document is None or _full(document.data) != _full(expected):
        raise CannotEdit("its lines are laid out in an unusual way")
    return text


def _with(data: Groups, path: Sequence[str], name: str, variables: Mapping[str, Any]) -> Groups:
    place = data
    for key in path:
        place[key] = place.get(key) or {}
        place = place[key]
    place[name] = dict(variables)
    return data


def _without(data: Groups, name: str) -> Groups:
    for group in _groups(data):
        hosts = group.get("hosts")
        if isinstance(hosts, dict):
            hosts.pop(name, None)
    return data


def _groups(data: Groups) -> Iterator[Groups]:
    for group in data.values():
        if isinstance(group, dict):
            yield group
            yield from _groups(group.get("children") or {})


def _full(data: Any) -> Any:
    """The data without what says nothing: a key with nothing after it is the same as one with `{}`."""
    if isinstance(data, dict):
        return {key: _full(value) for key, value in data.items()}
    return {} if data is None else data


def _nested(
    keys: Sequence[str], variables: Mapping[str, Any], column: int, step: int, line_end: str = "\n"
) -> list[str]:
    lines = [f"{' ' * (column + step * depth)}{_scalar(key)}:{line_end}" for depth, key in enumerate(keys)]
    indent = " " * (column + step * len(keys))
    return lines + [f"{indent}{name}: {_scalar(value)}{line_end}" for name, value in variables.items()]


def _scalar(value: Any) -> str:
    """A value on one line, plain where it reads back as it is, in quotes otherwise."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in value.items()) + "}"
    if not isinstance(value, str):
        return json.dumps(value)
    document, problems = strict_yaml.read(f"- {value}\n", "")
    plain = document is not None and not problems and document.data == [value] and not set(value) & set("{}[],#'\"")
    return value if plain else json.dumps(value, ensure_ascii=False)


def _root(text: str) -> yaml.Node | None:
    return yaml.compose(text, Loader=yaml.CSafeLoader)


def _step(root: yaml.Node | None) -> int:
    """How far the file indents, by its first nested mapping."""
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if _is_block(value):
            return int(value.value[0][0].start_mark.column - key.start_mark.column)
    return STEP


def _entry(node: yaml.Node, key: str) -> Entry | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next(((k, v) for k, v in node.value if k.value == key), None)


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and not node.flow_style and bool(node.value)


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.value


def _open(lines: list[str], entry: Entry) -> None:
    """Makes room for a block below a key that has nothing, or `{}`, after it."""
    key, value = entry
    begin, end = value.start_mark, value.end_mark
    if _is_null(value):
        return
    if isinstance(value, yaml.MappingNode) and not value.value and key.start_mark.line == end.line:
        line = lines[begin.line]
        lines[begin.line] = line[: begin.column].rstrip() + line[end.column :]
        return
    raise CannotEdit(f"line {key.start_mark.line + 1} is written with braces")


def _last_line(node: yaml.Node) -> int:
    """The last line of the value's own text; the parser's end lies behind the comments that follow."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        if isinstance(last, tuple):
            return max(int(last[0].start_mark.line), _last_line(last[1]))
        return _last_line(last)
    begin, end = int(node.start_mark.line), int(node.end_mark.line)
    return end - 1 if node.end_mark.column == 0 and end > begin else end


def _hosts_nodes(node: yaml.Node | None) -> list[yaml.MappingNode]:
    """Every `hosts:` mapping of every group of the file."""
    found = []
    waiting = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else []
    while waiting:
        group = waiting.pop()
        for key, value in group.value if isinstance(group, yaml.MappingNode) else ():
            if key.value == "hosts" and isinstance(value, yaml.MappingNode):
                found.append(value)
            elif key.value == "children" and isinstance(value, yaml.MappingNode):
                waiting += [child for _, child in value.value]
    return found
