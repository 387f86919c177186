"""The probes that a practice PC has a model of: from the probe's file to a function from state and argument to answer.

Each answers in the form of its probe on Windows; a test puts its answer through the parser that reads that one's.
"""

from collections.abc import Callable, Mapping
from typing import Any

from deskprov.practice.windows.answers import environment, facts, registry, services
from deskprov.practice.windows.answers.unanswered import Unanswered
from deskprov.practice.windows.computer import State

__all__ = ["MODELS", "Unanswered"]

MODELS: Mapping[str, Callable[[State, Any], Any]] = {
    "deskprov.stages.facts/probe_windows.ps1": facts.look,
    "deskprov.resources.environment/probe_windows.ps1": environment.look,
    "deskprov.resources.registry/probe_windows.ps1": registry.look,
    "deskprov.resources.services/probe_windows.ps1": services.look,
}
