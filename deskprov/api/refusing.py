"""Runs that are over before they begin, because others hold all machines that there is something to do on.

The holder may be writing to the record at that moment, and so may everyone else who was refused: nobody is kept waiting
to be told no, and nobody who may work waits for those who may not.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from deskprov.api.run_log import logged
from deskprov.api.running import Request, Work, intention, run_intent, worst
from deskprov.api.site import Site
from deskprov.errors import RecordBusy
from deskprov.model.ports.progress import Watcher
from deskprov.model.result import HostResult, RunResult

NOT_FILED = "That you tried is not in the record, because others were writing to it."


def refuse(
    site: Site, verb: str, request: Request, work: Work, refused: Mapping[str, HostResult], watcher: Watcher
) -> RunResult:
    """Files the refusal if the record is free, else says that it is not filed; the result has no run id then."""
    intent = run_intent(site, verb, request, work)
    results = [refused[each.host.name] for each in work.machines]
    outcome = worst(result.outcome for result in results)
    try:
        machines = [(intention(intent, each, steps=()), refused[each.host.name]) for each in work.machines]
        site.record.file_refusal(intent, machines, outcome)
    except RecordBusy:
        results = [replace(result, hint=f"{result.hint} {NOT_FILED}".lstrip()) for result in results]
        _tell(watcher, results)
        return RunResult("", verb, intent.at, outcome, results)
    with logged(site, intent, watcher) as told:
        _tell(told, results)
    return RunResult(intent.run, verb, intent.at, outcome, results, site.log.head())


def _tell(watcher: Watcher, results: Sequence[HostResult]) -> None:
    for result in results:
        watcher.finished(result)
