"""Secrets that a run will write and that cannot be had: told before anybody is asked for a yes, and all at once.

One of the site's is missing for all machines. One of a machine's own, as its join file, is that machine's trouble.
"""

from collections.abc import Iterator, Mapping, Sequence

from deskprov.api.secret_uses import stated_secrets
from deskprov.api.site import Site
from deskprov.model.plan import HostPlan
from deskprov.model.problem import Problem, SecretsMissing, settled
from deskprov.model.secret import SecretRef, secret_for
from deskprov.model.source import Source


def check_secrets(
    site: Site, needed: Sequence[tuple[HostPlan, Sequence[SecretRef]]]
) -> Mapping[str, Sequence[Problem]]:
    """By machine, the lines that state secrets of its own that cannot be had, while others lack nothing.

    Raises `SecretsMissing` with all such lines when one of the site's secrets is missing, or each machine lacks one.
    Passwords that deskprov makes itself are not among them, nor what the person at the terminal will be asked for.
    """
    missing = {plan.host: list(_missing(site, plan, secrets)) for plan, secrets in needed}
    lacking = {host: [problem for _, problem in found] for host, found in missing.items() if found}
    of_site = any(not secret.owner for found in missing.values() for secret, _ in found)
    if lacking and (of_site or len(lacking) == len(needed)):
        raise SecretsMissing(settled(problem for problems in lacking.values() for problem in problems))
    return {host: settled(problems) for host, problems in lacking.items()}


def _missing(site: Site, plan: HostPlan, secrets: Sequence[SecretRef]) -> Iterator[tuple[SecretRef, Problem]]:
    for secret in secrets:
        error = site.secrets.lack(secret)
        if error is not None:
            for place in _places(plan, secret):
                yield secret, Problem(place, "secret-missing", error.message.rstrip("."), error.hint)


def _places(plan: HostPlan, secret: SecretRef) -> Iterator[Source]:
    """The lines that state it; that of the entry it belongs to, where a person gives it for one machine."""
    for resource in (change.resource for segment in plan.segments for change in segment.changes):
        options = [option for option, name in stated_secrets(resource) if secret_for(name, resource.key) == secret.name]
        yield from (resource.sources.get(option, resource.source) for option in options)
        if not options and resource.key == secret.owner:
            yield resource.source
