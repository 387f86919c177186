"""How a secret travels to a Windows PC inside a question: sealed to a key that the PC makes for that and throws away.

The program of a question is logged by whoever has Windows log script blocks (event 4104), and its data with it. So what
is secret in it can be opened by that PC alone, and by nobody after the answer.
"""

from deskprov.model.facts import Answer
from deskprov.model.probe import Probe, ProbeScript, script_beside


def opening(package: str | None, file: str) -> ProbeScript:
    """The probe file beside a package, with `Open-Sealed` and `Remove-SealingKey` before it."""
    own = script_beside(str(package), file)
    return ProbeScript(own.name, f"{script_beside(__package__, 'sealing_windows.ps1').text}\n{own.text}")


NEW_KEY = Probe(opening(__package__, "make_windows.ps1"))
"""Makes the key; its certificate is the answer. What an earlier, interrupted question left is thrown away first."""

FORGET_KEY = Probe(opening(__package__, "forget_windows.ps1"))
"""Throws the key away."""


def sealing_certificate(answer: Answer) -> str:
    """The certificate in base64 out of the answer to `NEW_KEY`. Raises `ValueError` with the machine's words."""
    if not isinstance(answer, str):
        raise ValueError(getattr(answer, "message", "it gave no certificate"))
    return answer
