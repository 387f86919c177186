"""What a practice PC says of its domain. Its module is the computer's (`resources/computer/practice_windows.py`)."""

from typing import Any

from deskprov.model.practice_models import PracticeModels, State


def look(state: State, argument: Any) -> Any:
    """In the form of probe_windows.ps1."""
    own = state["computer"]
    return {"in_domain": bool(own["domain"]), "domain": own["domain"] or own["workgroup"]}


MODELS = PracticeModels(probes={"probe_windows.ps1": look})
