"""Writes what Ansible's modules say about their options into deskprov/data/module_options/<release>.json.

    scripts/make_module_options.py [ANSIBLE_DOC…]

Each ANSIBLE_DOC is the `ansible-doc` of one release of ansible-core with the collections below; the default is the one
beside this Python. For another release make a virtual environment with that `ansible` package, name its ansible-doc
here, and add the table it writes to git: which tables there are is which releases deskprov works with.

Of a module in PowerShell the documentation does not say which options exclude or need each other. Its code does, as a
constant, which the engine's parser reads without running anything: `psengine` must be on PATH.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

COLLECTIONS = ("ansible.builtin", "ansible.posix")
"""Whole collections, so that a new resource type finds its module. A large collection gets in module by module."""

MODULES: Sequence[str] = (
    "ansible.windows.win_acl",
    "ansible.windows.win_acl_inheritance",
    "ansible.windows.win_certificate_store",
    "ansible.windows.win_computer_description",
    "ansible.windows.win_copy",
    "ansible.windows.win_dns_client",
    "ansible.windows.win_environment",
    "ansible.windows.win_feature",
    "ansible.windows.win_file",
    "ansible.windows.win_firewall",
    "ansible.windows.win_get_url",
    "ansible.windows.win_group",
    "ansible.windows.win_group_membership",
    "ansible.windows.win_hostname",
    "ansible.windows.win_optional_feature",
    "ansible.windows.win_owner",
    "ansible.windows.win_package",
    "ansible.windows.win_path",
    "ansible.windows.win_powershell",
    "ansible.windows.win_reboot",
    "ansible.windows.win_regedit",
    "ansible.windows.win_region",
    "ansible.windows.win_service",
    "ansible.windows.win_share",
    "ansible.windows.win_stat",
    "ansible.windows.win_timezone",
    "ansible.windows.win_updates",
    "ansible.windows.win_user",
    "ansible.windows.win_user_right",
    "community.windows.win_firewall_rule",
    "community.windows.win_lineinfile",
    "community.windows.win_power_plan",
    "community.windows.win_scheduled_task",
    "community.windows.win_shortcut",
    "community.windows.win_xml",
    "chocolatey.chocolatey.win_chocolatey",
    "chocolatey.chocolatey.win_chocolatey_config",
    "chocolatey.chocolatey.win_chocolatey_feature",
    "chocolatey.chocolatey.win_chocolatey_source",
    "microsoft.ad.membership",
    "microsoft.ad.offline_join",
    "deskprov.desktop.pack",
)

OURS = Path(__file__).parent.parent / "deskprov"
"""Where Ansible finds the collection that comes with the package."""

FOLDER = OURS / "data" / "module_options"
RULES = ("mutually_exclusive", "required_by", "required_if", "required_one_of", "required_together")
"""What an argument spec states beside its options: ansible.module_utils.common.arg_spec.ArgumentSpecValidator."""

FREE_FORM = {"free_form": "its text is no option", "key_value": "any option is meant"}
TYPES = {"boolean": "bool", "string": "str", "integer": "int", "any": "raw", None: "str"}


def main(programs: Sequence[str]) -> None:
    for program in programs or [str(Path(sys.executable).with_name("ansible-doc"))]:
        release = _release(program)
        documentation = _documentation(program)
        rules = _rules({name: Path(doc["doc"]["filename"]).with_suffix(".ps1") for name, doc in documentation.items()})
        modules = {name: _module(doc["doc"]) | rules.get(name, {}) for name, doc in sorted(documentation.items())}
        path = FOLDER / f"{release}.json"
        FOLDER.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(release, modules), "utf-8")
        print(f"{path}: {len(modules)} modules of ansible-core {release}")


def _release(program: str) -> str:
    found = re.search(r"\[core (\d+\.\d+)\.", _said(program, "--version"))
    if found is None:
        sys.exit(f"{program} does not say its release")
    return found[1]


def _documentation(program: str) -> Mapping[str, Any]:
    names = {name for where in COLLECTIONS for name in json.loads(_said(program, "--json", "--list", where))}
    documentation: Mapping[str, Any] = json.loads(_said(program, "--json", *sorted(names), *MODULES))
    return documentation


def _said(program: str, *arguments: str) -> str:
    surroundings = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(OURS)}
    done = subprocess.run([program, *arguments], env=surroundings, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def _rules(files: Mapping[str, Path]) -> Mapping[str, Any]:
    """What the code of a module in PowerShell states as its argument spec; some put theirs together when they run."""
    names = {str(file): name for name, file in files.items() if file.exists()}
    engine = shutil.which("psengine")
    if engine is None:
        sys.exit("psengine is not on PATH: what modules in PowerShell require would be lost")
    return {names[fact["file"]]: _stated_rules(fact) for fact in json.loads(_said(engine, "--lint", *names))}


def _stated_rules(fact: Mapping[str, Any]) -> Mapping[str, Any]:
    specs = [constant["value"] for constant in fact["constants"] if constant["name"].casefold() == "spec"]
    stated = {rule: spec[rule] for spec in specs for rule in RULES if rule in spec}
    return {"rules": stated} if stated else {}


def _module(doc: Mapping[str, Any]) -> dict[str, Any]:
    stated = doc.get("options") or {}
    options = {name: _option(option) for name, option in sorted(stated.items()) if name not in FREE_FORM}
    return {"options": options, **({"takes_any": True} if "key_value" in stated else {})}


def _option(doc: Mapping[str, Any]) -> dict[str, Any]:
    choices = doc.get("choices") or []
    stated = {
        "type": TYPES.get(doc.get("type"), doc.get("type")),
        "required": bool(doc.get("required")),
        "choices": list(choices),
        "aliases": sorted(doc.get("aliases") or []),
        "elements": TYPES.get(doc["elements"], doc["elements"]) if doc.get("elements") else "",
        "options": {name: _option(option) for name, option in sorted((doc.get("suboptions") or {}).items())},
    }
    return {name: value for name, value in stated.items() if value and (name, value) != ("type", "str")}


def _text(release: str, modules: Mapping[str, Any]) -> str:
    """One module a line, so that a refresh reads well in git."""
    lines = [f"  {json.dumps(name)}: {json.dumps(module)}" for name, module in modules.items()]
    return f'{{"release": {json.dumps(release)}, "modules": {{\n' + ",\n".join(lines) + "\n}}\n"


if __name__ == "__main__":
    main(sys.argv[1:])
