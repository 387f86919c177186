"""Decides what edits and imports of assets mean for the record, before anything is stored."""

from collections.abc import Mapping, Sequence

from deskprov.formats.asset_csv import AssetRow, shown
from deskprov.model.asset import Asset, differences
from deskprov.model.history import EventKind
from deskprov.model.ports.assets import AssetChange
from deskprov.model.problem import Problem

NAMES = ("host", "tag", "serial")
"""The fields by which an asset is found."""

Owners = Mapping[str, Sequence[Asset]]


def plan_import(existing: Sequence[Asset], rows: Sequence[AssetRow]) -> tuple[Sequence[AssetChange], Sequence[Problem]]:
    """What a table would change, with rows that change nothing left out; and every problem.

    A row is the asset that has its host name, tag or serial number; a row that no asset fits makes one. The record of
    a practice machine is none that a table means.
    """
    existing = [asset for asset in existing if not asset.practice]
    owners = _by_name(existing)
    changes: list[tuple[AssetRow, AssetChange]] = []
    problems: list[Problem] = []
    for row in rows:
        found = _meant(row, owners)
        if not any(name in row.values for name in NAMES):
            problems.append(_problem(row, "tag", "no-name", "the line has no tag, serial or host", "fill in one"))
        elif len(found) > 1:
            told = f"the line fits several assets: {', '.join(asset.label for asset in found)}"
            problems.append(_problem(row, "tag", "ambiguous", told, "correct the tag, serial or host"))
        else:
            before = found[0] if found else None
            after = (before or Asset()).with_values(row.values)
            changes.append((row, AssetChange(before, after, EventKind.IMPORTED)))
    problems += _clashes(existing, changes)
    problems.sort(key=lambda problem: problem.source)
    return [change for _, change in changes if _changes_something(change)], problems


def taken_names(existing: Sequence[Asset], change: AssetChange) -> Sequence[tuple[str, Asset]]:
    """Names that a change would give an asset although another one has them, each with that other one.

    Practice machines may share the tags and serial numbers of real ones: those they practise with.
    """
    owners = _by_name([asset for asset in existing if asset.practice == change.after.practice])
    own_id = change.before.id if change.before else 0
    taken = []
    for name, key in _new_names(change):
        taken += [(name, owner) for owner in owners.get(key, ()) if owner.id != own_id]
    return taken


def _clashes(existing: Sequence[Asset], changes: Sequence[tuple[AssetRow, AssetChange]]) -> list[Problem]:
    """Names that two assets would have after the import, told where the table gives them."""
    replaced = {change.before.id for _, change in changes if change.before}
    kept = _by_name([asset for asset in existing if asset.id not in replaced])
    seen: dict[str, AssetRow] = {}
    problems = []
    for row, change in changes:
        keys = {key: name for name in NAMES if (key := _key(change.after, name))}
        for key, name in keys.items():
            given = shown(change.after.value(name))
            if key in seen:
                told = f"{name} {given} is on line {seen[key].source.line} too"
                problems.append(_problem(row, name, "twice", told, "each asset once"))
            elif key in kept and key != _key(change.before or Asset(), name):
                told = f"{name} {given} belongs to {kept[key][0].label}"
                problems.append(_problem(row, name, "taken", told, "correct it"))
        for key in keys:
            seen.setdefault(key, row)
    return problems


def _meant(row: AssetRow, owners: Owners) -> list[Asset]:
    """The assets that the row's names belong to; a name that several share decides nothing beside one that does not."""
    found = [
        [
            asset
            for asset in owners.get(row.values[name].casefold(), ())
            if _key(asset, name) == row.values[name].casefold()
        ]
        for name in NAMES
        if name in row.values
    ]
    clear = [assets for assets in found if len(assets) == 1]
    return list({asset.id: asset for assets in clear or found for asset in assets}.values())


def _by_name(assets: Sequence[Asset]) -> dict[str, list[Asset]]:
    owners: dict[str, list[Asset]] = {}
    for asset in assets:
        for key in dict.fromkeys(key for name in NAMES if (key := _key(asset, name))):
            owners.setdefault(key, []).append(asset)
    return owners


def _new_names(change: AssetChange) -> list[tuple[str, str]]:
    before = change.before or Asset()
    keys = [(name, _key(change.after, name)) for name in NAMES]
    return [(name, key) for name, key in keys if key and key != _key(before, name)]


def _key(asset: Asset, name: str) -> str:
    return str(asset.value(name)).casefold()


def _changes_something(change: AssetChange) -> bool:
    return change.before is None or bool(differences(change.before, change.after))


def _problem(row: AssetRow, name: str, rule: str, message: str, hint: str) -> Problem:
    return Problem(row.at(name), rule, message, hint, name)
