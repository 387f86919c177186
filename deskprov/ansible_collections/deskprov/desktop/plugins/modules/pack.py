#!/usr/bin/python
# Copyright: The deskprov contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes many small changes in one run of a module, because each run costs the machine the same, whatever it does."""

from __future__ import annotations

import grp
import hashlib
import os
import stat
import tempfile
import time
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: pack
author: The deskprov contributors
version_added: "0.1.0"
short_description: Folders, files, symbolic links and groups, many in one run
description:
  - Does for each item what C(ansible.builtin.file), C(ansible.builtin.copy), C(ansible.builtin.group) or
    C(ansible.builtin.command) would do. One that fails does not stop the others, only those that need it.
  - The run itself fails only when it cannot go on at all. How each item went is in RV(items).
  - Nothing of it is censored, so an item must not hold a secret.
attributes:
  check_mode:
    support: none
    description: Is skipped then, because items that need others could not be told truly.
  diff_mode:
    support: none
    description: Shows none.
  platform:
    platforms: posix
    support: full
    description: Linux.
options:
  items:
    description: What to do, in this order.
    type: list
    elements: dict
    required: true
    suboptions:
      number:
        description: What the item is called in the result. Several of one number are steps of one thing.
        type: int
        required: true
      needs:
        description: Numbers of items, here or before this run, without which it is not begun.
        type: list
        elements: int
        default: []
      kind:
        description: What there shall be. With V(command), a program is run.
        type: str
        required: true
        choices: [folder, file, link, group, command]
      path:
        description: Where a folder, file or link shall be; a command is run only if something is there.
        type: str
      mode:
        description: Permissions in octal.
        type: str
      owner:
        description: The account it shall belong to.
        type: str
      group:
        description: The group it shall belong to.
        type: str
      content:
        description: The whole text of a file.
        type: str
      target:
        description: Where a link leads, which need not be there.
        type: str
      name:
        description: The name of a group.
        type: str
      gid:
        description: The number of a group.
        type: int
      system:
        description: Whether the number of a new group is from the range for services.
        type: bool
        default: false
      argv:
        description: A program and its arguments.
        type: list
        elements: str
      changed_output:
        description: What the program prints when it has changed something; without it, each run is a change.
        type: str
      looks_only:
        description: Whether the program changes nothing, whatever it prints.
        type: bool
        default: false
  failed:
    description: Numbers of what has failed before this run.
    type: list
    elements: int
    default: []
"""

EXAMPLES = r"""
- name: Make folders, files, links and groups
  deskprov.desktop.pack:
    items:
      - {number: 1, kind: group, name: staff}
      - {number: 2, kind: folder, path: /srv/share, mode: "2775", group: staff, needs: [1]}
      - {number: 3, kind: file, path: /srv/share/README, content: "Hello\n", needs: [1, 2]}
"""

RETURN = r"""
items:
  description: How each item went, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    number:
      description: As given.
      type: int
    changed:
      description: Whether something was changed.
      type: bool
    failed:
      description: Whether it failed.
      type: bool
    skipped:
      description: Whether it was not begun, because what it needs had failed.
      type: bool
    msg:
      description: Why it failed.
      type: str
"""

LONGEST_MESSAGE = 200

ITEM = {
    "number": {"type": "int", "required": True},
    "needs": {"type": "list", "elements": "int", "default": []},
    "kind": {"type": "str", "required": True, "choices": ["folder", "file", "link", "group", "command"]},
    "path": {"type": "str"},
    "mode": {"type": "str"},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "content": {"type": "str"},
    "target": {"type": "str"},
    "name": {"type": "str"},
    "gid": {"type": "int"},
    "system": {"type": "bool", "default": False},
    "argv": {"type": "list", "elements": "str"},
    "changed_output": {"type": "str"},
    "looks_only": {"type": "bool", "default": False},
}
NEEDED_BY_KIND = [
    ("kind", "folder", ["path"]),
    ("kind", "file", ["path", "content"]),
    ("kind", "link", ["path", "target"]),
    ("kind", "group", ["name"]),
    ("kind", "command", ["path", "argv"]),
]
SPEC = {
    "items": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": ITEM,
        "required_if": NEEDED_BY_KIND,
    },
    "failed": {"type": "list", "elements": "int", "default": []},
}


class ItemFailed(Exception):
    """One item cannot be done; the text says why."""


class PackModule(AnsibleModule):
    """The module; while an item is at work, what would end the whole run ends the item."""

    at_work = False

    def fail_json(self, msg: str, **more: Any) -> NoReturn:
        """Says that the run failed, or raises `ItemFailed`."""
        if self.at_work:
            raise ItemFailed(msg)
        super().fail_json(msg=msg, **more)
        raise AssertionError("fail_json returned")


def main() -> None:
    """Makes the items one after the other."""
    module = PackModule(argument_spec=SPEC, supports_check_mode=False)
    failed = set(module.params["failed"])
    done: list[dict[str, Any]] = []
    for item in module.params["items"]:
        done.append(_done(module, item, failed))
        if done[-1]["failed"]:
            failed.add(item["number"])
    module.exit_json(changed=any(one["changed"] for one in done), items=done)


def _done(module: PackModule, item: dict[str, Any], failed: set[int]) -> dict[str, Any]:
    told = {"number": item["number"], "changed": False, "failed": False, "skipped": False, "msg": ""}
    if failed.intersection([item["number"], *item["needs"]]):
        return {**told, "skipped": True}
    module.at_work = True
    try:
        return {**told, "changed": KINDS[item["kind"]](module, item)}
    except (ItemFailed, OSError, ValueError) as error:
        return {**told, "failed": True, "msg": str(error)[:LONGEST_MESSAGE]}
    finally:
        module.at_work = False


def folder(module: PackModule, item: dict[str, Any]) -> bool:
    """As ansible.builtin.file with C(state=directory): folders above that are missing get the same rights."""
    path, kind = item["path"], _kind(item["path"])
    if kind == "folder":
        return _rights(module, item, path, changed=False)
    if kind:
        raise ItemFailed(f"{path} already exists as a {kind}")
    made = ""
    for part in path.strip("/").split("/"):
        made = f"{made}/{part}"
        if not os.path.exists(made):
            os.mkdir(made)
            _rights(module, item, made, changed=True)
    return True


def file(module: PackModule, item: dict[str, Any]) -> bool:
    """As ansible.builtin.copy with C(content); a link is replaced, and a folder or device stays."""
    path, content = item["path"], item["content"].encode()
    kind = _kind(path)
    if kind not in ("", "file", "link"):
        raise ItemFailed(f"{path} already exists as a {kind}")
    if not os.path.exists(os.path.dirname(path)):
        raise ItemFailed(f"Destination directory {os.path.dirname(path)} does not exist")
    if kind == "file" and _sha256(path) == hashlib.sha256(content).hexdigest():
        return _rights(module, item, path, changed=False)
    place = _beside(path) if kind == "link" else path
    descriptor, new = tempfile.mkstemp(dir=module.tmpdir)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    try:
        module.atomic_move(new, place)
    except Exception as error:  # Ansible raises nothing narrower when a disk is full
        raise ItemFailed(str(error.__cause__ or error)) from error
    if place != path:
        os.rename(place, path)
    return _rights(module, item, path, changed=True)


def link(module: PackModule, item: dict[str, Any]) -> bool:
    """As ansible.builtin.file with C(state=link), but what is no link stays."""
    path, target, kind = item["path"], item["target"], _kind(item["path"])
    if kind not in ("", "link"):
        raise ItemFailed(f"{path} already exists as a {kind}")
    changed = kind == "" or os.readlink(path) != target
    if changed:
        new = _beside(path)
        os.symlink(target, new)
        os.rename(new, path)
    return _rights(module, item, path, changed=changed)


def group(module: PackModule, item: dict[str, Any]) -> bool:
    """As ansible.builtin.group with C(state=present)."""
    name, number = item["name"], [] if item["gid"] is None else ["-g", str(item["gid"])]
    try:
        there = grp.getgrnam(name)
    except KeyError:
        _run(module, [module.get_bin_path("groupadd", True), *number, *(["-r"] if item["system"] else []), name])
        return True
    if not number or there.gr_gid == item["gid"]:
        return False
    _run(module, [module.get_bin_path("groupmod", True), *number, name])
    return True


def command(module: PackModule, item: dict[str, Any]) -> bool:
    """As ansible.builtin.command with C(removes)."""
    if not os.path.lexists(item["path"]):
        return False
    said = _run(module, item["argv"])
    return not item["looks_only"] and item["changed_output"] in (None, said.rstrip("\r\n"))


KINDS = {"folder": folder, "file": file, "link": link, "group": group, "command": command}


def _rights(module: PackModule, item: dict[str, Any], path: str, *, changed: bool) -> bool:
    rights = {**module.load_file_common_arguments(item, path=path), "path": path}
    return bool(module.set_fs_attributes_if_different(rights, changed, expand=False))


def _run(module: PackModule, argv: list[str]) -> str:
    code, out, err = module.run_command(argv, expand_user_and_vars=False)
    if code != 0:
        raise ItemFailed((err or out).strip() or f"{argv[0]} ended with {code}")
    return str(out)


def _beside(path: str) -> str:
    """A name in the same folder that nothing has, for what then takes the place of the path."""
    return os.path.join(os.path.dirname(path), f".{os.getpid()}.{time.time()}.tmp")


def _kind(path: str) -> str:
    """What is at the path itself; empty for nothing."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    kinds = ((stat.S_ISREG, "file"), (stat.S_ISDIR, "folder"), (stat.S_ISLNK, "link"))
    return next((kind for is_kind, kind in kinds if is_kind(mode)), "device")


def _sha256(path: str) -> str:
    with open(path, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()


if __name__ == "__main__":
    main()
