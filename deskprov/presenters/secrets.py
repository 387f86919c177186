"""Secrets for people and programs; a value only where it is revealed."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.model.escrow import ACCOUNT, EscrowAct, EscrowState, Kept
from deskprov.model.secret_report import Keys, LeftOut, Listed, NewKeys, Revealed, Rotation, Tested, WayToMachines
from deskprov.presenters.columns import columns
from deskprov.presenters.hint import Hint
from deskprov.presenters.safe_text import safe

USES_SHOWN = 4
UNPROVED = "not proved yet"

ACT_WORDS: Mapping[EscrowAct, str] = {
    EscrowAct.SET: "set by hand",
    EscrowAct.MADE: "made",
    EscrowAct.PROVED: "proved on the machine",
    EscrowAct.REVEALED: "REVEALED",
    EscrowAct.RESEALED: "sealed anew",
}


def secrets_view(found: Sequence[Listed]) -> RenderableType:
    """A table, or a sentence when there are none."""
    if not found:
        return Text("No secret is declared: say under `secrets` of deskprov.yml where passwords come from.")
    rows = [[Text(word, "bold") for word in ("Secret", "From", "Kept since", "Used by")]]
    rows += [
        [Text(safe(each.name)), Text(each.provider), _since(each), Text(safe(_uses(each.used)), "dim")]
        for each in found
    ]
    return columns(rows)


def unknown_uses(machines: Sequence[str]) -> RenderableType:
    """Whose uses are not in the list, and what to do."""
    told = f"What {', '.join(machines)} would use is not known: the profile has mistakes there."
    return Group(Text(safe(told), "yellow"), Hint(f"See: deskprov profile explain {safe(machines[0])}", "yellow"))


def secrets_json(found: Sequence[Listed]) -> dict[str, Any]:
    """Without values."""
    return {
        "secrets": [
            {
                "secret": each.name,
                "provider": each.provider,
                "used": list(each.used),
                "kept": [
                    {"state": kept.state.value, "at": kept.at.isoformat(), "by": kept.by, "keys": list(kept.keys)}
                    for kept in each.kept
                ],
            }
            for each in found
        ]
    }


def tests_view(found: Sequence[Tested]) -> RenderableType:
    """One line each, and what to do below it."""
    if not found:
        return Text("There is nothing to test.")
    lines = []
    for each in found:
        if each.skipped:
            lines.append(Text(f"- {safe(each.name)}  not tried: {each.skipped}", "dim"))
        elif each.problem:
            lines.append(Text(f"✗ {safe(each.name)}  ", "red").append(safe(each.problem), "not red"))
            lines += [Text(f"    {safe(each.hint)}", "dim")] if each.hint else []
        else:
            lines.append(Text(f"✓ {safe(each.name)}", "green"))
    return Group(*lines)


def tests_json(found: Sequence[Tested]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "secrets": [
            {"secret": t.name, "ok": not (t.problem or t.skipped), "problem": t.problem, "skipped": t.skipped}
            for t in found
        ]
    }


def after_set(kept: Sequence[Kept], way: WayToMachines) -> Text:
    """That the newest is kept, what else still is, and what was not done; `way` is that of a secret of the site."""
    newest, *before = kept
    owner = newest.owner
    text = Text(f"✓ Kept, sealed to {_count(len(newest.keys), 'key')}: {safe(owner.label)}", "green")
    if before:
        text.append(f"\nWhat was kept before ({_count(len(before), 'value')}) is not burned", "not green")
        shown = f": deskprov secret test --for {safe(owner.host)}" if owner.host else "."
        text.append(f" until a machine shows which is in force{shown}", "not green")
    hints = ["Nothing was changed on the machine."] if owner.host else way.words(owner.key)
    return text.append("".join(f"\n{safe(hint)}" for hint in hints), "dim not green")


def after_import(kept: Sequence[Kept]) -> Text:
    """For which machines a file is kept, and what to do with the files."""
    names = ", ".join(each.owner.host for each in kept)
    text = Text(f"✓ Kept, sealed to {_count(len(kept[0].keys), 'key')}: {safe(names)}", "green")
    text.append("\nDelete the files now: each is the password of a computer's account.", "not green")
    return text.append("\nNext: state offline_join in their profile, and: deskprov setup TARGET", "dim not green")


def left_out(found: LeftOut) -> Text:
    """What will not be written, and why; empty when there is nothing to say."""
    lines = []
    if found.missing:
        lines.append(f"Left out, no such account yet (deskprov setup makes it): {safe(', '.join(found.missing))}")
    if found.silent:
        lines.append(f"Gave no answer about passwords: {safe(', '.join(found.silent))}")
    return Text("\n".join(lines), "yellow")


def after_rotation(done: Rotation, again: str) -> Text:
    """What is proved, what is not, what deskprov keeps of it, and what to do next."""
    ours = done.provider == "escrow"
    text = Text()
    if done.proved:
        burned = ", old one burned" if ours and not done.open else ""
        text.append(f"✓ New password proved{burned}: {safe(', '.join(done.proved))}", "green")
    if done.open and done.not_begun:
        text.append("\n" if done.proved else "")
        text.append(f"Nothing was written: {safe(', '.join(done.open))}. What was in force stays in force.")
        text.append(f"\nAgain: deskprov secret rotate {safe(again)}")
    elif done.open:
        text.append("\n" if done.proved else "")
        text.append(f"✗ Not proved: {safe(', '.join(done.open))}", "red")
        text.append("".join(f"\n  {safe(trouble)}" for trouble in done.troubles))
        kept = "What was in force is kept, and what is new, too." if ours else _not_kept(done)
        text.append(f"\n{kept} Again: deskprov secret rotate {safe(again)}")
    elif not done.proved and not done.declined:
        text.append("✓ The new value is kept" if ours else "Nothing was written", "green" if ours else "")
        text.append("; no account that exists uses it.")
    if done.declined:
        text.append("\n" if text else "")
        text.append(f"Nothing was sent, because it was not confirmed: {safe(', '.join(done.declined))}")
    if not ours and not done.open:
        text.append(f"\n{_not_kept(done)}", "dim not green")
    return text


def _not_kept(done: Rotation) -> str:
    return f"deskprov keeps neither the new nor the old one: it comes from {done.provider}."


def revealed_view(shown: Revealed) -> RenderableType:
    """The value; both, with the newest first, when it is not known which is in force."""
    if len(shown.values) == 1:
        return Text(shown.values[0][1])
    return Group(*(Text(f"{value}   ({_state(kept)})") for kept, value in shown.values))


def revealed_note(shown: Revealed) -> Text:
    """That it was written down, and what to do afterwards."""
    text = Text(f"Written down that you looked at the password of {safe(shown.owner.label)}.", "dim")
    if len(shown.values) > 1:
        text.append("\nThe machine has not shown yet which of these is in force.")
        if shown.owner.host:
            text.append(f" deskprov secret test --for {safe(shown.owner.host)} asks it.")
    return text.append("".join(f"\n{safe(each)}" for each in _afterwards(shown)), "dim")


def _afterwards(shown: Revealed) -> Sequence[str]:
    """What to do when it is no longer needed that somebody knows it."""
    owner = shown.owner
    if owner.is_account:
        account = owner.key.removeprefix(ACCOUNT)
        return [f"When it is no longer needed: deskprov secret rotate --for {owner.host} {account}"]
    if owner.host:
        return [f"When it has to be another: have it made anew, then deskprov secret import {owner.host}.txt"]
    if not shown.way or shown.way.accounts:
        return [f"When it is no longer needed: deskprov secret rotate {owner.key}"]
    return [f"When it has to be another: change it where it is valid, then deskprov secret set {owner.key}"]


def revealed_json(shown: Revealed) -> dict[str, Any]:
    """The values, for a program that was explicitly to have them."""
    values = [{"state": kept.state.value, "at": kept.at.isoformat(), "value": value} for kept, value in shown.values]
    return {"secret": shown.owner.label, "values": values}


def keys_view(found: Keys) -> RenderableType:
    """Each key, what it opens, and whether this computer can open it."""
    if not found.keys:
        return Text("This site has no keys yet. deskprov secret init >> deskprov.yml makes them.")
    lines = [Text(f"{key}  opens {count} of {found.kept}") for key, count in found.keys]
    if any(count < found.kept for _, count in found.keys):
        lines.append(Text("Some of it is sealed to other keys: deskprov secret reseal", "yellow"))
    if found.problem:
        lines.append(Text(f"On this computer nothing can be opened: {safe(found.problem)}", "yellow"))
        lines.append(Text(f"  {safe(found.hint)}", "dim"))
    elif found.kept:
        lines.append(Text("✓ What is kept can be opened on this computer.", "green"))
    return Group(*lines)


def keys_json(found: Keys) -> dict[str, Any]:
    """The same for programs."""
    keys = [{"key": key, "opens": count} for key, count in found.keys]
    return {"keys": keys, "kept": found.kept, "can_open": not found.problem, "problem": found.problem}


def after_new_keys(made: NewKeys) -> Text:
    """Where the private key is, and what to do with both."""
    text = Text(f"✓ The private key is {safe(made.file)}.", "green")
    text.append("\nKeep a copy of that file in the safe, never in git: it opens what deskprov keeps.", "not green")
    if made.further:
        add = "The line above goes under escrow_keys in deskprov.yml; then: deskprov secret reseal"
    else:
        add = "The lines above go into deskprov.yml (deskprov secret init >> deskprov.yml writes them there)."
    return text.append(f"\n{add}", "not green")


def after_reseal(count: int, keys: int) -> Text:
    """How much was sealed anew."""
    text = Text(f"✓ {_count(count, 'value')} sealed to {_count(keys, 'key')}.", "green")
    return text.append(
        "\nBackups from before are still opened by the old keys. If one was stolen: rotate what it could open.",
        "dim not green",
    )


def _since(each: Listed) -> Text:
    if not each.kept:
        return Text("not set", "yellow") if each.provider == "escrow" else Text("-", "dim")
    newest = each.kept[0]
    text = Text(f"{newest.at:%Y-%m-%d} {safe(newest.by)}")
    return text.append(f", {UNPROVED}", "yellow") if newest.state is EscrowState.PENDING else text


def _uses(used: Sequence[str]) -> str:
    more = f" and {len(used) - USES_SHOWN} more" if len(used) > USES_SHOWN else ""
    return ", ".join(used[:USES_SHOWN]) + more


def _state(kept: Kept) -> str:
    words = {EscrowState.PENDING: f"new, {UNPROVED}", EscrowState.GIVEN: f"set by {safe(kept.by)}, {UNPROVED}"}
    return f"{words.get(kept.state, 'proved before')}, {kept.at:%Y-%m-%d}"


def _count(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
