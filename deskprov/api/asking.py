"""Asks a machine a number of questions in one round trip, over a log-in of its own."""

from collections.abc import Mapping, Sequence

from deskprov.api.site import Site
from deskprov.errors import ProbeFailed
from deskprov.model.facts import Answer
from deskprov.model.inventory import Host
from deskprov.model.probe import Probe
from deskprov.stages.probe import compile_program, parse_answers


def ask(site: Site, host: Host, questions: Sequence[Probe]) -> Mapping[Probe, Answer]:
    """The answer to each question; equal ones are asked once. Raises what `Transport.ask` raises, and `ProbeFailed`."""
    probes = list(dict.fromkeys(questions))
    nonce = site.token()
    output = site.transport.ask(host, compile_program(probes, nonce))
    try:
        return dict(zip(probes, parse_answers(output, probes, nonce), strict=True))
    except ValueError as error:
        raise ProbeFailed(host.name, f"{host.name} answered, but not with facts: {error}.") from error


def ask_all(site: Site, host: Host, questions: Sequence[Probe]) -> Sequence[Answer]:
    """The answers in the order of the questions. Raises the same."""
    answers = ask(site, host, questions)
    return [answers[question] for question in questions]


def ask_one(site: Site, host: Host, question: Probe) -> Answer:
    """The answer to one question. Raises the same."""
    return ask(site, host, [question])[question]
