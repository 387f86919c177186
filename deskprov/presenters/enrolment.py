"""The way in for bare machines in words: a script and a key made, files examined, machines enrolled."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.formats.known_hosts import fingerprint
from deskprov.model.asset import Asset
from deskprov.model.enrolment import WINDOWS_SCRIPT, Batch
from deskprov.model.inventory import PORTS
from deskprov.model.newcomer import Enrolled, Newcomer, Standing
from deskprov.model.result import Outcome
from deskprov.model.ssh_key import LOGIN_KEY_FILE, KeyPair
from deskprov.presenters.columns import columns
from deskprov.presenters.safe_text import safe

MOST_LISTED = 10


def after_bootstrap(batch: Batch, file: str) -> Text:
    """Until when the script's files are taken, and what comes next."""
    how = (
        f"carry {safe(file)} there on a stick; at the machine: sudo sh {safe(PurePath(file).name)}"
        if file
        else "paste it there as root (sudo -i)"
    )
    text = Text(f"✓ {batch.name}: its files are taken until {batch.ends:%Y-%m-%d}.", "green")
    text.append(f"\nNext: {how}; then here: deskprov enroll FILE or FOLDER", "not green")
    return text


def after_stick(batch: Batch, folder: str, erase_disk: bool = False) -> RenderableType:
    """The same for Windows; `folder` is empty when the script was printed for pasting."""
    text = Text(f"✓ {batch.name}: its files are taken until {batch.ends:%Y-%m-%d}.", "green")
    if erase_disk:
        text.append("\n! Windows Setup started from it erases the first disk, after a typed yes at the PC.", "yellow")
    if folder:
        text.append(
            "\n  deskprov-sheet.html says how, to print; autounattend.xml is for a fresh installation.", "not green"
        )
        return Group(
            text,
            Text(f"Next: carry what is in {safe(folder)} there on a stick; at the PC, as an administrator:"),
            Text(
                f"      powershell -NoProfile -ExecutionPolicy Bypass -File D:\\{WINDOWS_SCRIPT}",
                no_wrap=True,
                overflow="ignore",
            ),
            Text("      then here: deskprov enroll FILE or FOLDER"),
        )
    how = "paste all of it there into an administrator's PowerShell; "
    return text.append(f"\nNext: {how}then here: deskprov enroll FILE or FOLDER", "not green")


def after_login_key(pair: KeyPair) -> Text:
    """Where the halves of the key are, and what comes next."""
    text = Text("✓ The site has a log-in key: login_key in deskprov.yml.", "green")
    text.append(f"\n  {safe(pair.public)}", "not green")
    text.append(
        f"\n  Its private half is in {LOGIN_KEY_FILE}, and only there: keep a copy in a safe place.", "not green"
    )
    return text.append("\nNext: deskprov bootstrap linux", "not green")


def newcomers_view(newcomers: Sequence[Newcomer]) -> RenderableType:
    """What each file means, as a table, before anybody is asked."""
    good = sorted(
        (newcomer for newcomer in newcomers if newcomer.standing is not Standing.REFUSED),
        key=lambda newcomer: newcomer.name.casefold(),
    )
    heading = [Text(word, "bold") for word in ("", "Name", "Tag", "Serial number", "Address", "Profile")]
    view: list[RenderableType] = []
    if good:
        first, *lines = columns([heading, *map(_row, good)]).renderables
        view.append(first)
        for newcomer, line in zip(good, lines, strict=True):
            view += [line, Text(f"    {_about(newcomer)}")]
    return Group(*view, *(_refusal(one) for one in newcomers if one.standing is Standing.REFUSED))


def enrolled_line(one: Enrolled) -> Text:
    """One machine as it is through."""
    result, newcomer = one.result, one.newcomer
    if result.outcome is Outcome.OK:
        return Text(f"✓ {safe(newcomer.name)}  enrolled at {safe(_address(newcomer))}", "green")
    text = Text(f"✗ {safe(newcomer.name)}  {safe(result.message or result.outcome.value)}", "red")
    text.append(f"\n  {safe(newcomer.file)}", "dim not red")
    return text.append(f"\n  {safe(result.hint)}", "not red") if result.hint else text


def enrolled_summary(enrolled: Sequence[Enrolled], missing: Sequence[Asset], batch: Sequence[str] | None) -> Text:
    """How many are in, who is on one list only, and what comes next. `batch` is None when it was left as it was."""
    good = [one for one in enrolled if one.result.outcome is Outcome.OK]
    text = Text(f"{len(good)} of {len(enrolled)} enrolled.", "bold")
    strangers = [one.newcomer.name for one in good if one.newcomer.asset is None]
    for words, names in (
        ("Enrolled, and on no packing list", strangers),
        ("In stock, and not enrolled", [asset.label for asset in missing]),
    ):
        if names:
            text.append(f"\n{words}: {safe(_some(names))}", "not bold yellow")
    if lines := [one.newcomer.asset.label for one in good if one.newcomer.practised and one.newcomer.asset]:
        text.append(f"\nFor practice, so that these stay in stock on the list: {safe(_some(lines))}", "not bold")
    if good:
        practice = batch is not None and all(one.newcomer.host and one.newcomer.host.practice for one in good)
        target = "@practice" if practice else "@batch" if batch else good[0].result.host
        named = all(one.newcomer.host and one.newcomer.host.profile for one in good)
        text.append(f"\nNext: deskprov setup {safe(target)}{'' if named else ' --profile PROFILE'}", "not bold")
    return text


def enrolled_json(
    enrolled: Sequence[Enrolled], missing: Sequence[Asset], batch: Sequence[str] | None
) -> dict[str, Any]:
    """All of it for programs."""
    return {
        "machines": [_machine_json(one) for one in enrolled],
        "batch": None if batch is None else list(batch),
        "not_enrolled": [{"tag": asset.tag, "serial": asset.serial, "asset": asset.label} for asset in missing],
    }


def _machine_json(one: Enrolled) -> dict[str, Any]:
    newcomer, result = one.newcomer, one.result
    return {
        "file": newcomer.file,
        "host": newcomer.name,
        "outcome": result.outcome.value,
        "new": newcomer.standing is Standing.NEW,
        "serial": newcomer.enrolment.serial,
        "tag": newcomer.asset.tag if newcomer.asset else "",
        "on_list": newcomer.asset is not None,
        "fingerprint": fingerprint(newcomer.enrolment.host_key),
        "message": result.message,
        "hint": result.hint,
    }


def _row(newcomer: Newcomer) -> list[Text]:
    enrolment = newcomer.enrolment
    there = newcomer.standing is Standing.THERE
    cells = (
        newcomer.name,
        newcomer.asset.tag if newcomer.asset else "-",
        enrolment.serial or "-",
        _address(newcomer),
        (newcomer.host.profile if newcomer.host else "") or "-",
    )
    return [Text("=" if there else "+", "dim" if there else "green"), *(Text(safe(cell)) for cell in cells)]


def _about(newcomer: Newcomer) -> str:
    """The fingerprint to compare, or why there is nothing to do."""
    if newcomer.standing is Standing.THERE:
        return f"{safe(newcomer.message)}: nothing to do"
    return fingerprint(newcomer.enrolment.host_key)


def _refusal(newcomer: Newcomer) -> Text:
    text = Text(f"✗ {safe(newcomer.file)}: {safe(newcomer.message)}", "red")
    return text.append(f"\n  {safe(newcomer.hint)}", "not red")


def _address(newcomer: Newcomer) -> str:
    if newcomer.host is None:
        return ""
    way = newcomer.host.connection
    return way.address if way.port == PORTS[way.transport] else f"{way.address} port {way.port}"


def _some(names: Sequence[str]) -> str:
    listed = ", ".join(names[:MOST_LISTED])
    return listed if len(names) <= MOST_LISTED else f"{listed} and {len(names) - MOST_LISTED} more"
