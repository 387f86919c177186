"""Changes as playbooks: for a run on one machine, and a whole profile for anyone to run."""

from collections.abc import Sequence
from dataclasses import dataclass

from deskprov.api.site import Site
from deskprov.formats.module_options import option_table, supported_releases
from deskprov.model.inventory import Host
from deskprov.model.plan import Change
from deskprov.model.playbook import PlaybookJob
from deskprov.model.profile import Profile
from deskprov.model.task import ResourceTasks, Task
from deskprov.resources import BY_NAME, on_platform
from deskprov.stages.render import checked, entries, run_playbook


@dataclass(frozen=True, slots=True)
class RenderedRun:
    """A job for the runner, and the numbered entries that its playbook was made from."""

    entries: Sequence[ResourceTasks]
    job: PlaybookJob


def render_run(site: Site, host: Host, profile: Profile, changes: Sequence[Change], verbosity: int) -> RenderedRun:
    """These changes of one machine as a job. Every task is checked against its module's documented options first."""
    made = entries(changes, lambda change: tasks_of(change, profile))
    checked(made, [option_table(release) for release in supported_releases()])
    step_seconds = site.settings.step_minutes * 60
    playbook = run_playbook(host.name, made, become=host.connection.user != "root", step_seconds=step_seconds)
    job = PlaybookJob(
        host=host,
        playbook=playbook.text,
        files={name: site.files.read_bytes(path) for name, path in playbook.files.items()},
        secrets=playbook.secrets,
        verbosity=verbosity,
        step_seconds=step_seconds,
        run_seconds=site.settings.run_minutes * 60,
    )
    return RenderedRun(made, job)


def tasks_of(change: Change, profile: Profile) -> Sequence[Task]:
    """The tasks of a change, as its type makes them on this platform."""
    return on_platform(BY_NAME[change.resource.type], profile.platform).tasks(change)
