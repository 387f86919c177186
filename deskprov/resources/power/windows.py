"""Power on Windows: the policies of power.admx, kept in the registry.

Names and data are those of learn.microsoft.com/windows/client-management/mdm/policy-csp-power and of the power
setting GUIDs that it stands on (learn.microsoft.com/windows/win32/power/power-setting-guids); seconds there, minutes
here. Windows reads them when it starts and when group policy is refreshed.
"""

from collections.abc import Sequence

from deskprov.formats.windows_registry.settings import Setting, observed_settings, setting_probes, setting_tasks
from deskprov.model.facts import Answer, Observation
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.power import Options

_POLICIES = r"HKLM:\SOFTWARE\Policies\Microsoft\Power\PowerSettings"

_PLANS = {
    "balanced": "381b4222-f694-41f0-9685-ff5bb260df2e",
    "power-saver": "a1841308-3541-4fab-bc81-f71556f20b4a",
    "high-performance": "8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c",
}
"""learn.microsoft.com/windows/win32/power/power-policy-settings (GUID_MIN_POWER_SAVINGS and the others)."""

_IDLE = {
    "display_minutes": "3C0BC021-C8A8-4E07-A973-6B14CBCB2B7E",
    "sleep_minutes": "29F6C1DB-86DA-48C5-9FDB-F2B67B1F44DA",
    "hibernate_minutes": "9D7815A6-7EE4-497E-8888-515A05F02364",
}
_LID = "5CA83367-6E45-459F-A27B-476B1D01C936"
_LID_ACTIONS = {"nothing": 0, "sleep": 1, "hibernate": 2, "shut-down": 3}
_SUPPLIES = {"": "ACSettingIndex", "_on_battery": "DCSettingIndex"}

_SETTINGS = (
    Setting("plan", _POLICIES, "ActivePowerScheme", words=_PLANS),
    *(
        Setting(f"{option}{supply}", rf"{_POLICIES}\{guid}", name, unit=60)
        for option, guid in _IDLE.items()
        for supply, name in _SUPPLIES.items()
    ),
    *(Setting(f"lid{supply}", rf"{_POLICIES}\{_LID}", name, words=_LID_ACTIONS) for supply, name in _SUPPLIES.items()),
    Setting(
        "fast_startup",
        r"HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Power",
        "HiberbootEnabled",
        words={True: 1, False: 0},
        initial=1,
    ),
)
"""The last is no policy: that one can only force the fast start on
(learn.microsoft.com/windows/client-management/mdm/policy-csp-admx-wininit, Hiberboot)."""


def probes(options: Options) -> Sequence[Probe]:
    """One question per value."""
    return setting_probes(_SETTINGS)


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """Every option that is set, or absent."""
    return observed_settings(options, _SETTINGS, answers)


def tasks(change: Change) -> Sequence[Task]:
    """One task of ansible.windows.win_regedit for each value."""
    return setting_tasks(change, _SETTINGS)
