"""Software of a practice PC: nothing is fetched, and what is installed is a line in its state.

An installer that was fetched holds its address, and is said to have the hash that the task states: what a server would
have sent, a practice PC cannot know.
"""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State, Unanswered

UNKNOWN_VERSION = "9999"
"""What comes where nobody states a version: the newest there is, so newer than what any profile wants at least."""

FETCHING = {"url", "dest", "checksum", "checksum_algorithm"}
NO_CHOCOLATEY = (
    "Chocolatey is not installed on this computer, and deskprov does not let it come from the Internet unchecked. "
    "Put an entry `chocolatey` into the profile, with url, sha256 and product of its .msi."
)
NO_WINGET = (
    "winget is not on this computer. It is a part of App Installer, which Windows Server and LTSC editions lack, and "
    "which a new Windows 11 has when somebody has logged on. Install App Installer for all users "
    "(https://aka.ms/getwinget), or use url and sha256 of an .msi or .exe."
)
CHOCOLATEY = {"name", "state", "version", "source"}


def win_get_url(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Says that the file is there."""
    if unknown := sorted(arguments.keys() - FETCHING):
        raise ModuleFailed(f"practice PC: no model of {', '.join(unknown)} of win_get_url")
    state["software"]["fetched"][arguments["dest"].lower()] = arguments["url"]
    return {"changed": True}


def win_chocolatey(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """One package of a feed, in the version stated or in any."""
    if unknown := sorted(arguments.keys() - CHOCOLATEY):
        raise ModuleFailed(f"practice PC: no model of {', '.join(unknown)} of win_chocolatey")
    [name] = arguments["name"] if isinstance(arguments["name"], list) else [arguments["name"]]
    packages = state["software"]["packages"]
    before = packages.get(name)
    keep = before is not None and arguments["state"] == "present"
    packages[name] = (
        before if keep else arguments.get("version") or state["software"]["newest"].get(name, UNKNOWN_VERSION)
    )
    return {"changed": packages[name] != before}


def check_chocolatey(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fails where there is no Chocolatey, as check_chocolatey_windows.ps1 does."""
    if not state["software"]["chocolatey"]:
        raise ModuleFailed(NO_CHOCOLATEY)
    return {"changed": False}


def install(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Adds the program with the version that the profile states."""
    programs = state["software"]["programs"]
    product, stated = parameters["Product"], parameters.get("Version") or ""
    there = [name for name in programs if _matches(product, name)]
    if not parameters.get("Replace") and any(not stated or programs[name] == stated for name in there):
        return {"changed": False}
    if code := state["software"]["installers_end_with"]:
        raise ModuleFailed(f"The installer ended with {code}: another installation is running.")
    for name in there:
        del programs[name]
    version = stated or state["software"]["newest"].get(product, UNKNOWN_VERSION)
    programs[product.replace("*", version)] = version
    state["software"]["chocolatey"] = state["software"]["chocolatey"] or product.startswith("Chocolatey")
    return {"changed": True}


def winget(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As `install`, where App Installer is there; of winget's packages it knows only what the profile states."""
    if not state["software"]["winget"]:
        raise ModuleFailed(NO_WINGET)
    return install(state, {key: parameters[key] for key in ("Product", "Version", "Replace") if key in parameters})


def remove(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Takes a package and the programs of that name away."""
    kept = state["software"]["packages"].pop(parameters["Package"], None)
    programs = state["software"]["programs"]
    gone = [name for name in programs if parameters.get("Product") and _matches(parameters["Product"], name)]
    for name in gone:
        del programs[name]
    return {"changed": kept is not None or bool(gone)}


def remove_app(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Takes an app away, for everyone."""
    before = len(state["software"]["apps"])
    state["software"]["apps"] = [name for name in state["software"]["apps"] if name != parameters["App"]]
    return {"changed": len(state["software"]["apps"]) != before}


def look(state: State, argument: Any) -> Any:
    """In the form of probe_windows.ps1."""
    software = state["software"]
    match argument:
        case "programs":
            return [[name, version] for name, version in software["programs"].items()]
        case "packages":
            return dict(software["packages"])
        case "apps":
            return list(software["apps"])
        case _:
            raise Unanswered(f"practice PC: no model of {argument}")


def _matches(product: str, title: str) -> bool:
    name, seen = product.casefold(), title.casefold()
    return seen.startswith(name[:-1]) if name.endswith("*") else seen == name


_FRESH: State = {
    "programs": {"Microsoft Edge": "131.0.2903.86"},
    "packages": {},
    "apps": ["Microsoft.BingNews", "Microsoft.WindowsCalculator", "king.com.CandyCrushSaga"],
    "chocolatey": False,
    "winget": True,
    "fetched": {},
    "newest": {},
    "installers_end_with": 0,
}
"""`newest` are versions that an installer or a feed brings where none is stated; a test may set them, and with what
code every installer ends, also one of winget. `winget` says whether App Installer is there."""

MODELS = PracticeModels(
    modules={
        "ansible.windows.win_get_url": win_get_url,
        "chocolatey.chocolatey.win_chocolatey": win_chocolatey,
    },
    probes={"probe_windows.ps1": look},
    scripts={
        "check_chocolatey_windows.ps1": check_chocolatey,
        "change_install_windows.ps1": install,
        "change_winget_windows.ps1": winget,
        "change_removal_windows.ps1": remove,
        "change_app_windows.ps1": remove_app,
    },
    fresh={"software": _FRESH},
)
