"""Secrets that a run will write and that cannot be had: told before anybody is asked for a yes, and all at once."""

from collections.abc import Iterator, Sequence

from deskprov.api.secret_uses import stated_secrets
from deskprov.api.site import Site
from deskprov.model.plan import HostPlan
from deskprov.model.problem import Problem, SecretsMissing, settled
from deskprov.model.secret import SecretRef, secret_for
from deskprov.model.source import Source


def check_secrets(site: Site, needed: Sequence[tuple[HostPlan, Sequence[SecretRef]]]) -> None:
    """Raises `SecretsMissing` with the line that states each of these that cannot be had.

    Passwords that deskprov makes itself are not among them, nor what the person at the terminal will be asked for.
    """
    found = [problem for plan, secrets in needed for problem in _missing(site, plan, secrets)]
    if found:
        raise SecretsMissing(settled(found))


def _missing(site: Site, plan: HostPlan, secrets: Sequence[SecretRef]) -> Iterator[Problem]:
    for secret in secrets:
        error = site.secrets.lack(secret)
        if error is not None:
            for place in _places(plan, secret):
                yield Problem(place, "secret-missing", error.message.rstrip("."), error.hint)


def _places(plan: HostPlan, secret: SecretRef) -> Iterator[Source]:
    """The lines that state it; that of the entry it belongs to, where a person gives it for one machine."""
    for resource in (change.resource for segment in plan.segments for change in segment.changes):
        options = [option for option, name in stated_secrets(resource) if secret_for(name, resource.key) == secret.name]
        yield from (resource.sources.get(option, resource.source) for option in options)
        if not options and resource.key == secret.owner:
            yield resource.source
