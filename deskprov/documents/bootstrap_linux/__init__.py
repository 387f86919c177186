"""The script that makes a bare Debian or Ubuntu desktop reachable: pasted, or run from a stick.

Every value comes into the script as a quoted word (`finalize`), and its Python as one word, too: nothing is glued.
"""

from collections.abc import Mapping
from importlib import resources

from jinja2 import Environment, StrictUndefined

from deskprov.formats import strict_yaml
from deskprov.formats.shell import quoted
from deskprov.model.enrolment import FILE_PREFIX, NAMESPACE, BootstrapOrder

LANGUAGES = ("en", "es")


def bootstrap_linux(order: BootstrapOrder) -> str:
    """The script, for sh(1), as root. It holds no secret that opens anything: see docs/guides/first-contact.md."""
    environment = Environment(undefined=StrictUndefined, finalize=quoted, trim_blocks=True, autoescape=False)  # noqa: S701 - a shell script, every value quoted
    script = environment.from_string(_part("script.sh.j2")).render(
        site=order.site,
        user=order.user,
        login_key=" ".join(order.login_key.split(" ")[:2]),
        login_from=",".join(order.login_from),
        batch=order.batch.name,
        batch_ends=int(order.batch.ends.timestamp()),
        batch_ends_words=f"{order.batch.ends:%Y-%m-%d}",
        batch_key=order.batch_key,
        namespace=NAMESPACE,
        prefix=FILE_PREFIX,
        program=_part("probe_linux.py"),
        t=texts(order.language),
    )
    return f"{script}\n"


def texts(language: str) -> Mapping[str, str]:
    """What the script says, by the names that the template uses; `%s` stands for what is filled in there."""
    document, _ = strict_yaml.read(_part("texts.yaml"), "texts.yaml")
    words: Mapping[str, str] = document.data[language] if document else {}
    return words


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
