"""Wi-Fi on Windows: its profile files to look; to change, a script that hands a profile to the WLAN service in memory.

`netsh` would need a file with the password in it. All of it is for every account, in the network log-on that deskprov
has; a change may cut deskprov off, and is made after all others but those of `computer`.
"""

from collections.abc import Mapping, Sequence

from deskprov.formats.own_script import script_task
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.secret import SecretRef, SecretText
from deskprov.model.task import Task
from deskprov.resources.wifi import Options

_LOOK = Probe(script_beside(__package__, "probe_windows.ps1"))
_SECURITY: Mapping[str, str] = {"WPA2PSK": "wpa2", "WPA3SAE": "wpa3", "open": "open"}
"""learn.microsoft.com/windows/win32/nativewifi/wlan-profileschema-authentication-authencryption-element."""

_SECONDS = 10.0


def probes(options: Options) -> Sequence[Probe]:
    """The one question about all networks."""
    return [_LOOK]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`security` (as Windows calls it when it is another), `hidden` and `automatic`."""
    match answers:
        case [list(networks)]:
            for network in networks:
                match network:
                    case [str(ssid), str(protection), bool(hidden), bool(automatic)]:
                        if ssid == options.ssid:
                            security = _SECURITY.get(protection, protection)
                            return {"security": security, "hidden": hidden, "automatic": automatic}
                    case _:
                        return Sight.NOT_REPORTED
            return Sight.ABSENT
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One script. The password goes along whenever the network is set, because a profile is replaced as a whole."""
    options: Options = change.resource.options
    if change.resource.absent:
        gone = {"Ssid": options.ssid, "Forget": True}
        return [script_task("Forget the network", __package__, "change_windows.ps1", gone, seconds=_SECONDS)]
    whole = {
        "Ssid": options.ssid,
        "Replace": change.action is not Action.CREATE,
        "Authentication": next(name for name, word in _SECURITY.items() if word == options.security),
        "Hidden": options.hidden,
        "Automatic": options.automatic,
    }
    secrets = {"Password": SecretText((SecretRef(options.password),))} if options.password else None
    made = script_task(
        "Set up the network", __package__, "change_windows.ps1", whole, secrets=secrets, seconds=_SECONDS
    )
    return [made]
