"""Certificates of a practice PC: thumbprints in its state. A file is read as PEM text, as the module would read it."""

import base64
from collections.abc import Mapping
from typing import Any

from deskprov.formats.pem import thumbprint_of
from deskprov.model.practice_models import ModuleFailed, PracticeModels, State

STORES = {"Root": "ROOT", "CertificateAuthority": "CA", "TrustedPublisher": "TrustedPublisher"}
KNOWN = {"path", "thumbprint", "state", "store_name", "store_location"}


def win_certificate_store(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Takes a certificate in from a file, or out by its thumbprint."""
    if unknown := sorted(arguments.keys() - KNOWN):
        raise ModuleFailed(f"practice PC: no model of {', '.join(unknown)} of win_certificate_store")
    store = state["certificates"][STORES[arguments["store_name"]]]
    if arguments["state"] == "absent":
        thumbprint = arguments["thumbprint"].upper()
        changed = thumbprint in store
        store[:] = [each for each in store if each != thumbprint]
        return {"changed": changed, "thumbprints": [thumbprint]}
    file = state["files"].get(arguments["path"].lower())
    if file is None:
        raise ModuleFailed(f"The path {arguments['path']} does not exist")
    found = thumbprint_of(base64.b64decode(file["content"]).decode("utf-8", "replace"))
    if found is None:
        raise ModuleFailed("Failed to load cert from file")
    changed = found not in store
    store += [found] if changed else []
    return {"changed": changed, "thumbprints": [found]}


def look(state: State, argument: Any) -> Any:
    """In the form of probe_windows.ps1."""
    return {name: list(thumbprints) for name, thumbprints in state["certificates"].items()}


MODELS = PracticeModels(
    modules={"ansible.windows.win_certificate_store": win_certificate_store},
    probes={"probe_windows.ps1": look},
    fresh={"certificates": {"ROOT": [], "CA": [], "TrustedPublisher": []}},
)
