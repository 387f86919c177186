"""What `doctor` found, as people read it and as programs do."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.model.check import Check, Examination, Verdict
from deskprov.presenters.hanging import Hanging
from deskprov.presenters.hint import Hint
from deskprov.presenters.safe_text import safe

SYMBOLS = {
    Verdict.OK: ("✓", "green"),
    Verdict.WARNING: ("!", "yellow"),
    Verdict.FAILED: ("✗", "bold red"),
    Verdict.NOT_LOOKED_AT: ("·", "dim"),
}
INDENT = 18
LABELS = {"host_key": "host key", "login": "log-in", "package_lock": "package lock"}


def examination_view(examination: Examination) -> RenderableType:
    """One machine: its name, then every check."""
    return Group(Text(safe(examination.host), "bold"), checks_view(examination.checks))


def checks_view(checks: Sequence[Check]) -> RenderableType:
    """Each check with what was found and, below, what to do; those that nobody looked at on one line at the end."""
    told = [check for check in checks if check.verdict is not Verdict.NOT_LOOKED_AT or check.found]
    lines: list[RenderableType] = []
    for check in told:
        lines.append(_line(check.verdict, label(check), Text(safe(check.found), _style(check))))
        lines += [Hint(safe(check.fix), "cyan", INDENT)] if check.fix else []
    if left := [label(check) for check in checks if check not in told]:
        lines.append(_line(Verdict.NOT_LOOKED_AT, "then", Text(f"not looked at: {', '.join(left)}", "dim")))
    return Group(*lines)


def _line(verdict: Verdict, name: str, words: Text) -> Hanging:
    symbol, style = SYMBOLS[verdict]
    quiet = "dim" if verdict is Verdict.OK else style
    return Hanging(Text(f"  {symbol} ", style).append(name, quiet), words, INDENT)


def _style(check: Check) -> str:
    return SYMBOLS[check.verdict][1] if check.fix else ""


def examinations_summary(examinations: Sequence[Examination]) -> Text:
    """The last line: what is to be mended, and what to type next."""
    bad = [examination.host for examination in examinations if _worst(examination.checks) is Verdict.FAILED]
    doubtful = [examination.host for examination in examinations if _worst(examination.checks) is Verdict.WARNING]
    if bad:
        names = " ".join(safe(name) for name in bad[:3]) + (" …" if len(bad) > 3 else "")
        return Text(f"✗ {_machines(len(bad))} cannot be set up yet. ", "bold red").append(
            f"Mend that, then: deskprov doctor {names}", "not bold not red"
        )
    names = " ".join(safe(examination.host) for examination in examinations[:3])
    more = " …" if len(examinations) > 3 else ""
    option = "" if all(examination.profile for examination in examinations) else " --profile PROFILE"
    next_step = f"Next: deskprov setup {names}{more}{option}"
    if doubtful:
        text = Text(f"! {_machines(len(doubtful))} can be set up, with what is marked ! in mind. ", "yellow")
    else:
        text = Text("✓ Everything is in place. ", "green")
    return text.append(next_step, "dim not green not yellow")


def examinations_json(examinations: Sequence[Examination]) -> dict[str, Any]:
    """`{"hosts": [{"host", "outcome", "checks": […]}]}`; the checks as `checks_json` gives them."""
    return {
        "hosts": [
            {"host": one.host, "outcome": one.outcome.value, "checks": checks_json(one.checks)} for one in examinations
        ]
    }


def controller_summary(checks: Sequence[Check]) -> Text:
    """The last line: what is to be mended here, and what to type next."""
    bad, doubtful = stops_work(checks), [check for check in checks if check.verdict is Verdict.WARNING]
    if bad:
        text = Text(f"✗ {len(bad)} to mend before work can begin. ", "bold red")
        return text.append("Then again: deskprov doctor", "not bold not red")
    if doubtful:
        text = Text(f"! Work can begin; {len(doubtful)} to consider. ", "yellow")
    else:
        text = Text("✓ Everything is in place here. ", "green")
    return text.append("Next, the way to a machine: deskprov doctor HOST", "dim not green not yellow")


def stops_work(checks: Sequence[Check]) -> list[str]:
    """The names of the checks that failed."""
    return [check.name for check in checks if check.verdict is Verdict.FAILED]


def controller_json(checks: Sequence[Check]) -> dict[str, Any]:
    """`{"ok", "checks": […]}`; `ok` is true when nothing would stop work."""
    return {"ok": not stops_work(checks), "checks": checks_json(checks)}


def checks_json(checks: Sequence[Check]) -> list[dict[str, Any]]:
    """`{"check", "verdict", "found", "fix"}` each; verdict: `ok`, `warning`, `failed`, `not looked at`."""
    return [
        {"check": check.name, "verdict": check.verdict.value, "found": check.found, "fix": check.fix or None}
        for check in checks
    ]


def label(check: Check) -> str:
    """The check's name as people say it."""
    return LABELS.get(check.name, check.name.replace("_", " "))


def _worst(checks: Sequence[Check]) -> Verdict:
    order = (Verdict.FAILED, Verdict.WARNING, Verdict.NOT_LOOKED_AT, Verdict.OK)
    present = {check.verdict for check in checks}
    return next((verdict for verdict in order if verdict in present), Verdict.OK)


def _machines(count: int) -> str:
    return "1 machine" if count == 1 else f"{count} machines"
