"""Whether the machine that answers is the one that the record means, by what its maker and its installation gave it.

The serial number decides; where the record or the machine has none, the firmware's UUID does. What is unknown on either
side contradicts nothing: many firmwares give a placeholder. A new installation has another machine-id and is the same
machine all the same.
"""

from collections.abc import Mapping

from deskprov.model.asset import Asset
from deskprov.model.asset_text import printable
from deskprov.model.facts import Facts
from deskprov.model.placeholder import is_placeholder

_BY_MAKER = ("serial", "uuid")


def serial_of(facts: Facts) -> str:
    """The serial number that the machine gives, as it may stand in a record; empty for a placeholder."""
    return given_by_maker(facts)["serial"]


def given_by_maker(facts: Facts) -> Mapping[str, str]:
    """`serial` and `uuid` as they may stand in a record; empty for a placeholder."""
    texts = {name: printable(getattr(facts, name)) for name in _BY_MAKER}
    return {name: "" if is_placeholder(text) else text for name, text in texts.items()}


def contradictions(asset: Asset, facts: Facts) -> dict[str, list[str]]:
    """What the record and the machine both state, and state differently: by field, the record's and the machine's."""
    its = given_by_maker(facts)
    return {name: [asset.value(name), its[name]] for name in _BY_MAKER if _differ(asset.value(name), its[name])}


def is_another(asset: Asset, facts: Facts) -> bool:
    """True when these are facts of another machine than the record's."""
    different = contradictions(asset, facts)
    compared_by_serial = bool(asset.serial and serial_of(facts))
    return "serial" in different if compared_by_serial else "uuid" in different


def is_same(first: Facts, second: Facts) -> bool:
    """False when two looks within one run have met two machines, or two installations."""
    return not any(_differ(getattr(first, name), getattr(second, name)) for name in (*_BY_MAKER, "machine_id"))


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one.casefold() != other.casefold())
