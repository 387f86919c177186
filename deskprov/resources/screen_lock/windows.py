"""The screen lock on Windows: security options and a policy of power.admx, kept in the registry.

learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/security-policy-settings/
interactive-logon-machine-inactivity-limit and …/interactive-logon-do-not-display-last-user-name;
learn.microsoft.com/windows/client-management/mdm/policy-csp-power#requirepasswordwhencomputerwakespluggedin.
"""

from collections.abc import Sequence

from deskprov.formats.windows_registry.settings import Setting, observed_settings, setting_probes, setting_tasks
from deskprov.model.facts import Answer, Observation
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.screen_lock import Options

_SECURITY = r"HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
_WAKING = r"HKLM:\SOFTWARE\Policies\Microsoft\Power\PowerSettings\0e796bdb-100d-47d6-a2d5-f7d2daa51f51"
_YES = {True: 1, False: 0}

_SETTINGS = (
    Setting("after_minutes", _SECURITY, "InactivityTimeoutSecs", unit=60),
    Setting("password_after_sleep", _WAKING, "ACSettingIndex", words=_YES, twins=("DCSettingIndex",)),
    Setting("hide_last_user", _SECURITY, "dontdisplaylastusername", words=_YES, initial=0),
)


def probes(options: Options) -> Sequence[Probe]:
    """One question per value."""
    return setting_probes(_SETTINGS)


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """Every option that is set, or absent."""
    return observed_settings(options, _SETTINGS, answers)


def tasks(change: Change) -> Sequence[Task]:
    """One task of ansible.windows.win_regedit for each value."""
    return setting_tasks(change, _SETTINGS)
