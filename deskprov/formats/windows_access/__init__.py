"""Who may do what with a file or folder of Windows: stated in words, read from its descriptor, set by a script.

Windows writes a descriptor as text (SDDL: learn.microsoft.com/windows/win32/secauthz/ace-strings). Only rules that are
set on the thing itself are compared; those that it inherits belong to the folder above.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from deskprov.formats.own_script import script_task
from deskprov.formats.windows_accounts import BUILT_IN, FORBIDDEN, group_name, sids_by_name
from deskprov.formats.windows_pack import packable
from deskprov.model.facts import Answer, Sight
from deskprov.model.platform import OnlyOn, Platform
from deskprov.model.task import Task
from deskprov.model.text import Accepts, Reach
from deskprov.model.want import Exactly, Wanted

_SIDS = {
    **BUILT_IN,
    "everyone": "S-1-1-0",
    "system": "S-1-5-18",
    "authenticated users": "S-1-5-11",
}
_SHORT = {
    "WD": "S-1-1-0",
    "SY": "S-1-5-18",
    "AU": "S-1-5-11",
    "BA": "S-1-5-32-544",
    "BU": "S-1-5-32-545",
    "BG": "S-1-5-32-546",
    "PU": "S-1-5-32-547",
    "BO": "S-1-5-32-551",
    "RE": "S-1-5-32-552",
    "RD": "S-1-5-32-555",
    "NO": "S-1-5-32-556",
    "MU": "S-1-5-32-558",
    "LU": "S-1-5-32-559",
    "IS": "S-1-5-32-568",
    "CY": "S-1-5-32-569",
    "ER": "S-1-5-32-573",
    "HA": "S-1-5-32-578",
    "AA": "S-1-5-32-579",
    "RM": "S-1-5-32-580",
}
"""How SDDL shortens SIDs: learn.microsoft.com/windows/win32/secauthz/sid-strings."""

_MASKS = {"full": "FA", "change": "0x1301bf", "read": "0x1200a9"}
"""FileSystemRights FullControl, Modify and ReadAndExecute, with Synchronize."""

_TO_ALL_BELOW = "OICI"
_DACL = re.compile(r"D:(?P<flags>[A-Z]*)(?P<rules>(\([^)]*\))*)")
_RULE = re.compile(r"\(([^;)]*);([^;)]*);([^;)]*);[^;)]*;[^;)]*;([^;)]*)\)")

Who = Annotated[
    str,
    AfterValidator(group_name),
    Accepts(f"the name of an account or group, any printable characters but {FORBIDDEN}", Reach.LINE),
]


class Rule(BaseModel):
    """Who may do what."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    who: Who = Field(
        description="An account or group of this computer, or: administrators, users, everyone, system, "
        "authenticated users."
    )
    may: Literal["read", "change", "full"] = Field(
        description="`read` lets them open and start it, `change` also write and remove it, `full` also say who may."
    )


Access = Annotated[
    list[Rule] | None,
    OnlyOn(Platform.WINDOWS),
    Field(
        description="Who may do what with it: a list of `who` (an account or group of this computer, or "
        "administrators, users, everyone, system) and `may` (read, change or full). They are all rules that are set on "
        "it itself: others go. Those of the folder above hold, too, unless `inherit` says no."
    ),
]
"""Rules as an option; those of a folder hold for all below it."""

Inherit = Annotated[
    bool | None,
    OnlyOn(Platform.WINDOWS),
    Field(description="Whether the rules of the folder above hold for it, too."),
]


def wanted_access(rules: Sequence[Rule] | None, inherit: bool | None) -> Mapping[str, Wanted]:
    """`access`, all of it: other rules that are set on the thing itself go; and `inherit`; each if it is stated."""
    stated: dict[str, Wanted] = {}
    if rules is not None:
        stated["access"] = Exactly(frozenset(f"{rule.who}: {rule.may}" for rule in rules))
    return stated if inherit is None else {**stated, "inherit": inherit}


def access_problem(rules: Sequence[Rule] | None, inherit: bool | None) -> str:
    """What is wrong with the two together, as a sentence, or an empty text."""
    sids = [_SIDS.get(rule.who.casefold(), rule.who.casefold()) for rule in rules or ()]
    if twice := [rule.who for number, rule in enumerate(rules or ()) if sids[number] in sids[:number]]:
        return f"access says twice what {twice[0]} may do"
    full = [sid for sid, rule in zip(sids, rules or (), strict=True) if rule.may == "full"]
    if inherit is False and BUILT_IN["administrators"] not in full:
        return "with inherit: false, access must give administrators `full`, or nobody could look after it"
    return ""


def needs_of(rules: Sequence[Rule] | None) -> Sequence[str]:
    """Keys of the accounts and groups that the rules may be about."""
    others = [rule.who for rule in rules or () if rule.who.casefold() not in _SIDS]
    return [f"{kind}/{who}" for who in others for kind in ("users", "groups")]


def observed_access(sddl: Any, accounts: Answer, rules: Sequence[Rule], *, folder: bool) -> Mapping[str, Any]:
    """`access`, spelt as in the rules where it is the same, and `inherit`: whether those above have a say.

    `accounts` is the answer to `windows_accounts.accounts_probe`.
    """
    found = _DACL.search(sddl) if isinstance(sddl, str) else None
    if found is None:
        return {"access": Sight.NOT_REPORTED, "inherit": Sight.NOT_REPORTED}
    names = _names(accounts, rules)
    own = [rule for rule in _RULE.findall(found["rules"]) if "ID" not in re.findall("..", rule[1])]
    return {
        "access": frozenset(_in_words(rule, names, _TO_ALL_BELOW if folder else "") for rule in own),
        "inherit": "P" not in found["flags"],
    }


def access_task(path: str, rules: Sequence[Rule] | None, inherit: bool | None) -> Task:
    """The task that sets both, where they are stated."""
    short = {sid: word for word, sid in _SHORT.items()}
    stated = list(rules or ())
    parameters = {
        "Path": path,
        "Who": [rule.who for rule in stated],
        "Known": [short.get(sid, sid) for sid in (_SIDS.get(rule.who.casefold(), "") for rule in stated)],
        "Masks": [_MASKS[rule.may] for rule in stated],
        "Replace": rules is not None,
        "Inherit": {True: "on", False: "off", None: "as it is"}[inherit],
    }
    return packable("access", script_task("Say who may use it", __package__, "change_windows.ps1", parameters))


def _names(accounts: Answer, rules: Sequence[Rule]) -> Mapping[str, str]:
    """By SID, what people call it; as the rules spell it if they do."""
    try:
        known = sids_by_name(accounts)
    except ValueError:
        known = {}
    folded = {name.casefold(): sid for name, sid in known.items()} | _SIDS
    spelt = {folded.get(rule.who.casefold(), ""): rule.who for rule in rules}
    return {**{sid: name for name, sid in {**known, **_SIDS}.items()}, **spelt}


def _in_words(rule: Sequence[str], names: Mapping[str, str], flags_wanted: str) -> str:
    kind, flags, mask, sid = rule
    whole = _SHORT.get(sid, sid)
    who = names.get(whole, whole)
    may = next((word for word, known in _MASKS.items() if known.casefold() == mask.casefold()), mask)
    if kind != "A":
        return f"{who}: {kind} {may}"
    return f"{who}: {may}" if flags == flags_wanted else f"{who}: {may} ({flags or 'here only'})"
