"""Which secret is used where: by options of profiles that take one, and by the inventory to get into machines."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from pydantic import BaseModel

from deskprov.api.profiles import ProfileFiles
from deskprov.api.site import Site
from deskprov.errors import WrongUsage
from deskprov.model.escrow import ACCOUNT
from deskprov.model.inventory import Host
from deskprov.model.problem import InvalidInput
from deskprov.model.resource import Resource
from deskprov.model.secret_report import WayToMachines
from deskprov.model.settings import SecretProvider
from deskprov.resources import BY_NAME
from deskprov.stages.resolve.check import GUARDED, marked


class Uses(Struct, frozen=True):
    """Per secret: what takes it as (machine, resource key), and the machines that deskprov gets into with it.

    `broken` are machines whose profile has mistakes, so that nothing is known of them.
    """

    resources: Mapping[str, Sequence[tuple[Host, str]]]
    ways_in: Mapping[str, Sequence[Host]]
    broken: Sequence[Host]


def uses(site: Site) -> Uses:
    """The uses of every secret, over all machines of the inventory. Raises `InvalidInput` for the inventory itself."""
    files = ProfileFiles(site)
    resources: dict[str, list[tuple[Host, str]]] = {}
    ways_in: dict[str, list[Host]] = {}
    broken = []
    for host in site.inventory.read().hosts.values():
        for name in dict.fromkeys((host.connection.password, host.connection.become_password)):
            if name:
                ways_in.setdefault(name, []).append(host)
        if not host.profile:
            continue
        try:
            profile = files.for_host(host)
        except InvalidInput:
            broken.append(host)
            continue
        for resource in profile.resources:
            for name in secrets_in(resource):
                resources.setdefault(name, []).append((host, resource.key))
    return Uses(resources, ways_in, broken)


def way_to_machines(used: Uses, name: str) -> WayToMachines:
    """How a secret of the site gets to machines."""
    way = WayToMachines()
    for host, key in used.resources.get(name, ()):
        kind = BY_NAME[key.partition("/")[0]]
        if key.startswith(ACCOUNT):
            way.accounts.append(key)
        elif kind.UNOBSERVABLE & marked(kind.Options, GUARDED):
            way.written.setdefault(key, []).append(host.name)
        else:
            way.only_used.append(key)
    return way


def refuse_no_account(used: Uses, name: str) -> None:
    """Raises `WrongUsage` for a secret that machines use, and no account of theirs."""
    way = way_to_machines(used, name)
    if way and not way.accounts:
        users = ", ".join(dict.fromkeys([*way.written, *way.only_used]))
        raise WrongUsage(
            f"{name} is the password of no account on machines, so that there is nothing to rotate; {users} takes it.",
            hint=" ".join([f"After a change: deskprov secret set {name}.", *way.words(name)]),
        )


def provider_of(provider: SecretProvider) -> str:
    """The word by which deskprov.yml names it."""
    return next(iter(provider.model_dump(exclude_defaults=True)))


def secrets_in(resource: Resource) -> Iterator[str]:
    """The names of secrets that the options of a resource state."""
    return (name for _, name in stated_secrets(resource))


def stated_secrets(resource: Resource) -> Iterator[tuple[str, str]]:
    """Each option of a resource that takes a secret, and the name that is stated for it."""
    if not resource.absent:
        options: type[BaseModel] = type(resource.options)
        for option in sorted(marked(options, GUARDED)):
            if isinstance(name := getattr(resource.options, option), str):
                yield option, name
