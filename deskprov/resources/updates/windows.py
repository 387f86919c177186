"""Windows Update on Windows: policies of WindowsUpdate.admx, kept in the registry.

The values are on learn.microsoft.com/windows/deployment/update/waas-configure-wufb (deferring, drivers),
…/update/waas-restart (active hours, restarts), …/update/waas-wu-settings (AUOptions) and
learn.microsoft.com/windows/client-management/mdm/policy-csp-update (target release, pausing).
"""

from collections.abc import Mapping, Sequence

from deskprov.formats.windows_registry.settings import Setting, observed_settings, setting_probes, setting_tasks
from deskprov.model.facts import Answer, Observation
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.updates import Options

_POLICIES = r"HKLM:\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
_AUTOMATIC = rf"{_POLICIES}\AU"

_INSTALL = {"notify": 2, "download": 3, "automatic": 4}
_NOT = {True: 0, False: 1}
_WITH_HOURS = {"SetActiveHours": 1}
_WITH_RELEASE: Mapping[str, int | str] = {"TargetReleaseVersion": 1, "ProductVersion": "Windows 11"}

_SETTINGS = (
    Setting("install", _AUTOMATIC, "AUOptions", words=_INSTALL, along={"NoAutoUpdate": 0}),
    Setting("active_from", _POLICIES, "ActiveHoursStart", along=_WITH_HOURS),
    Setting("active_until", _POLICIES, "ActiveHoursEnd", along=_WITH_HOURS),
    Setting("restart_while_logged_on", _AUTOMATIC, "NoAutoRebootWithLoggedOnUsers", words=_NOT),
    Setting("defer_quality_days", _POLICIES, "DeferQualityUpdatesPeriodInDays", along={"DeferQualityUpdates": 1}),
    Setting("defer_feature_days", _POLICIES, "DeferFeatureUpdatesPeriodInDays", along={"DeferFeatureUpdates": 1}),
    Setting("target_release", _POLICIES, "TargetReleaseVersionInfo", along=_WITH_RELEASE),
    Setting("drivers", _POLICIES, "ExcludeWUDriversInQualityUpdate", words=_NOT),
    Setting("people_may_pause", _POLICIES, "SetDisablePauseUXAccess", words=_NOT),
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
