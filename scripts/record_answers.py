"""Prints what the probes of a type's examples answer on this computer, as YAML for its cases.yaml; run it as root."""

import platform
import secrets
import subprocess
import sys
from importlib import import_module
from typing import cast

import yaml

from deskprov.model.facts import ProbeError
from deskprov.model.platform import Platform
from deskprov.model.resource_type import ResourceType, naming
from deskprov.resources import cases, on_platform
from deskprov.stages.probe import compile_program, parse_answers


def main() -> None:
    [_, name] = sys.argv
    resource_type = cast(ResourceType, import_module(f"deskprov.resources.{name}"))  # not in the type table yet
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    for example in cases(resource_type).examples:
        stated = naming(resource_type.KEY, example.spec) if isinstance(example.spec, str) else example.spec
        probes = on_platform(resource_type, Platform.LINUX).probes(resource_type.Options(**stated))
        nonce = secrets.token_hex(8)
        program = compile_program(probes, nonce)
        done = subprocess.run([sys.executable, "-I", "-S", "-"], input=program, capture_output=True, check=True)
        answers = parse_answers(done.stdout, probes, nonce)
        if failed := [answer for answer in answers if isinstance(answer, ProbeError)]:
            sys.exit(f"{example.about}: {failed[0].message}")
        case = {
            "about": example.about,
            "platform": "linux",
            "recorded": system,
            "spec": example.spec,
            "answers": answers,
        }
        print(yaml.safe_dump([case], allow_unicode=True, sort_keys=False, default_flow_style=None, width=200), end="")


if __name__ == "__main__":
    main()
